"""Trains the recurrent language model on the masked model's text. Resumable: run it again with the same --out.

    python ../masked/prepare.py ... --out DATA          (see there)
    python tokenizer.py --data DATA/train.txt --out DIR
    python train.py --data DATA --out DIR --minutes 40

Documents follow each other in parallel streams whose state is carried over (truncated back-propagation through time).
Of the documents 60 % carry the memory probe (probe.py), whose answers count more and whose cues do not count. The learning rate follows the
time spent. Writes OUT/last.pt and OUT/curve.json.
"""

import argparse
import json
import math
import os
import random
import time
from pathlib import Path

import torch
from model import RecurrentModel
from probe import TELL, WORDS, with_cues
from tokenizers import Tokenizer
from torch.nn import functional as F

END = 0
ANSWER_WEIGHT = 20.0


def read_documents(path):
    return [d.splitlines() for d in Path(path).read_text(encoding="utf-8").split("\n\n") if d.strip()]


def longer(documents, rng):
    """Documents of a few sentences (a gloss, an example) are joined, so that probes have something to look back over."""
    order = documents[:]
    rng.shuffle(order)
    joined = []
    for document in order:
        if joined and len(joined[-1]) + len(document) <= 8:
            joined[-1] = joined[-1] + document
        else:
            joined.append(document)
    rng.shuffle(joined)
    return [d[i : i + 30] for d in joined for i in range(0, len(d), 30)]


def answer_places(ids, cue):
    """Where the next token begins the told word. The telling itself, at a document's start, has no blank before it and
    so begins with another token than the cue."""
    return [i + len(cue) for i in range(len(ids) - len(cue)) if ids[i : i + len(cue)] == cue]


def token_stream(documents, tokenizer, rng, cue):
    """(id, weight) of one document after another, for ever."""
    while True:
        for document in longer(documents, rng):
            probed = rng.random() < 0.6
            ids = tokenizer.encode(" ".join(with_cues(document, rng) if probed else document)).ids
            weights = [1.0] * len(ids)
            if probed:
                weights[: len(cue) + 1] = [0.0] * (len(cue) + 1)  # nobody can foresee the telling, nor should the model write it
                for place in answer_places(ids, cue):
                    weights[place - len(cue) : place + 1] = [0.0] * len(cue) + [ANSWER_WEIGHT]
            yield from zip([END, *ids], [1.0, *weights])


@torch.no_grad()
def perplexity(model, documents, tokenizer, limit=12_000):
    """Per token and per word over the held-out documents, read one after another; {tokens, perToken, perWord}."""
    text = [" ".join(d) for d in documents]
    ids, words = [], 0
    for one in text:
        ids += [END, *tokenizer.encode(one).ids]
        words += len(one.split())
        if len(ids) > limit:
            break
    hidden, _ = model(torch.tensor([ids[:-1]]))
    loss = sum(F.cross_entropy(model.logits(h), t, reduction="sum").item() for h, t in zip(hidden[0].split(2048), torch.tensor(ids[1:]).split(2048)))
    return {"tokens": len(ids) - 1, "perToken": round(math.exp(loss / (len(ids) - 1)), 1), "perWord": round(math.exp(loss / words), 1)}


@torch.no_grad()
def probe_accuracy(model, documents, tokenizer, distances=(0, 8, 32, 128), trials=48):
    """Share of trials in which the told word's first token is the likeliest of all words', by filler tokens."""
    rng = random.Random(7)
    first = {word: tokenizer.encode(TELL.format(word=word)).ids[len(cue_of(tokenizer))] for word in WORDS}
    measured = {}
    for distance in distances:
        hits = 0
        rows = []
        for _ in range(trials):
            filler = []
            while len(filler) < distance:
                filler += tokenizer.encode(" " + " ".join(rng.choice(documents))).ids
            word = rng.choice(WORDS)
            told = tokenizer.encode(TELL.format(word=word)).ids
            rows.append((word, [END, *told, *filler[:distance], *tokenizer.encode(" " + TELL.split(" {")[0]).ids]))
        for word, ids in rows:
            hidden, _ = model(torch.tensor([ids]))
            logits = model.logits(hidden[0, -1])
            hits += max(WORDS, key=lambda w: logits[first[w]].item()) == word
        measured[distance] = round(hits / trials, 3)
    return measured


def cue_of(tokenizer):
    return tokenizer.encode(TELL.split(" {")[0]).ids


def rate_at(progress, step):
    return min(1.0, (step + 1) / 50) * min(1.0, max(0.0, (1 - progress) / 0.5))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--rate", type=float, default=4e-3)
    parser.add_argument("--streams", type=int, default=16)
    parser.add_argument("--length", type=int, default=64, help="tokens of each stream a step")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--steps", type=int, help="stop after so many steps (for comparisons)")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(1)
    out = Path(args.out)
    tokenizer = Tokenizer.from_file(str(out / "tokenizer.json"))
    cue = tokenizer.encode(" " + TELL.split(" {")[0]).ids
    documents = read_documents(Path(args.data, "train.txt"))
    held_out = {n: read_documents(Path(args.data, f"heldout-{n}.txt")) for n in ("brown", "written")}
    model = RecurrentModel()
    optimizer = torch.optim.AdamW(model.parameters(), lr=args.rate, betas=(0.9, 0.98), weight_decay=0.01)
    state = {"step": 0, "elapsed": 0.0, "starts": 0, "curve": []}
    saved = out / "last.pt"
    if saved.exists():
        loaded = torch.load(saved, weights_only=False)
        model.load_state_dict(loaded["model"])
        optimizer.load_state_dict(loaded["optimizer"])
        state = loaded["state"]
        state["starts"] += 1
    streams = [token_stream(documents, tokenizer, random.Random(1000 * state["starts"] + i), cue) for i in range(args.streams)]

    def measure(running):
        point = {
            "step": state["step"],
            "tokens": state["step"] * args.streams * args.length,
            "seconds": round(state["elapsed"]),
            "cpuSeconds": round(time.process_time()),
            "loss": running and round(running, 4),
            **{n: perplexity(model, d, tokenizer) for n, d in held_out.items()},
            "probe": probe_accuracy(model, held_out["written"], tokenizer),
        }
        state["curve"].append(point)
        print(json.dumps(point), flush=True)
        torch.save({"model": model.state_dict(), "state": state, "optimizer": optimizer.state_dict()}, out / "next.pt")
        os.replace(out / "next.pt", saved)
        (out / "curve.json").write_text(json.dumps(state["curve"]))

    budget, begun, running, carried = args.minutes * 60, time.time() - state["elapsed"], None, None
    last = torch.zeros(args.streams, 1, dtype=torch.long)
    while state["elapsed"] < budget and not (args.steps and state["step"] >= args.steps):
        for settings in optimizer.param_groups:
            settings["lr"] = args.rate * rate_at(state["elapsed"] / budget, state["step"])
        taken = [[next(stream) for _ in range(args.length)] for stream in streams]
        targets = torch.tensor([[t for t, _ in row] for row in taken])
        weights = torch.tensor([[w for _, w in row] for row in taken])
        ids = torch.cat([last, targets[:, :-1]], 1)
        last = targets[:, -1:]
        hidden, carried = model(ids, carried)
        carried = tuple(s.detach() for s in carried)
        losses = F.cross_entropy(model.logits(hidden.flatten(0, 1)), targets.flatten(), reduction="none")
        (losses * weights.flatten()).mean().backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        plain = losses.mean().item()
        running = plain if running is None else 0.98 * running + 0.02 * plain
        state["step"] += 1
        state["elapsed"] = time.time() - begun
        if state["step"] % 300 == 0:
            measure(running)
    measure(running)


if __name__ == "__main__":
    main()
