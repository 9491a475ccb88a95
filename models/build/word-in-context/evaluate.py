"""Measures representations of words in context.

- `pair_auc`: area under the ROC curve of cosines, same-sense pairs against different-sense pairs of the same lemma.
- `sense_accuracy`: leave-one-out nearest centroid among the senses of a lemma that have at least `least` texts (at most 8
  taken), averaged over lemmas.
"""

import itertools
import random
import re
from collections import defaultdict
from pathlib import Path

import numpy as np
import torch
from sklearn.metrics import roc_auc_score
from tokens import encode_rows
from wordnet import held_out_lemma


def read_senses(path=Path(__file__).parent / "senses.txt"):
    """The everyday sentences of senses.txt: 20 held-out words, two senses each, eight sentences a sense."""
    rows = []
    for line in path.read_text().splitlines():
        heading = re.fullmatch(r"(\w+): (\w+)", line)
        if heading:
            lemma, sense = heading.groups()
            assert held_out_lemma(lemma), f"{lemma} is in the training set"
        else:
            place = re.search(rf"\b{lemma}(?:s|es)?\b", line, re.I)
            rows.append({"text": line, "span": list(place.span()), "lemma": lemma, "pos": "", "sense": f"{lemma}: {sense}"})
    return rows


@torch.no_grad()
def view_vectors(model, rows, tokenizer, view, batch=64):
    order = sorted(range(len(rows)), key=lambda i: len(rows[i]["text"]))
    vectors = np.zeros((len(rows), 384), np.float32)
    for start in range(0, len(rows), batch):
        part = order[start : start + batch]
        ids, mask, weights = encode_rows([rows[i] for i in part], tokenizer, masked=view == "mask")
        vectors[part] = model.view(ids, mask, weights, view).numpy()
    return vectors


def unit(x):
    return x / np.linalg.norm(x, axis=-1, keepdims=True)


def pair_auc(rows, vectors, pairs_per_lemma=60, seed=5):
    rng = random.Random(seed)
    groups = defaultdict(list)
    for i, row in enumerate(rows):
        groups[row["lemma"], row["pos"]].append(i)
    same, cosine = [], []
    for members in groups.values():
        pairs = [p for p in itertools.combinations(members, 2) if rows[p[0]]["text"] != rows[p[1]]["text"]]
        alike = [p for p in pairs if rows[p[0]]["sense"] == rows[p[1]]["sense"]]
        other = [p for p in pairs if rows[p[0]]["sense"] != rows[p[1]]["sense"]]
        if not alike or not other:
            continue
        # As many of each kind from a lemma, so that the curve is about context and not about which lemma it is.
        count = min(len(alike), len(other), pairs_per_lemma)
        for label, chosen in ((1, rng.sample(alike, count)), (0, rng.sample(other, count))):
            for a, b in chosen:
                same.append(label)
                cosine.append(float(vectors[a] @ vectors[b]))
    return {"pairAuc": round(roc_auc_score(same, cosine), 4), "pairs": len(same)}


def sense_accuracy(rows, vectors, least=8, most=8, seed=5):
    rng = random.Random(seed)
    groups = defaultdict(lambda: defaultdict(list))
    for i, row in enumerate(rows):
        groups[row["lemma"], row["pos"]][row["sense"]].append(i)
    results = []
    for senses in groups.values():
        kept = [rng.sample(m, min(most, len(m))) for m in senses.values() if len(m) >= least]
        if len(kept) < 2:
            continue
        right = total = 0
        for k, members in enumerate(kept):
            for i in members:
                centroids = [unit(sum(vectors[j] for j in other if j != i)) for other in kept]
                right += int(np.argmax([vectors[i] @ c for c in centroids]) == k)
                total += 1
        results.append(right / total)
    return {"senseAccuracy": round(float(np.mean(results)), 4), "lemmas": len(results)}


def measure(rows, vectors, least=8):
    return {**pair_auc(rows, vectors), **sense_accuracy(rows, vectors, least)}
