"""Fits the grading model on human-graded answers and measures it on questions that it has not seen.

    node features.ts graded-answers.jsonl features.jsonl
    python fit.py features.jsonl ../../../src/engine/encoding/grading/grading-model.json

Data: SemEval-2013 Task 7, training part, 3-way (Dzikovska et al. 2013, aclanthology.org/S13-2045; CC BY-SA 3.0). It is
read here and not copied; the fitted weights and the figures are kept. The model is a sum of small trees of depth 3
(gradient boosting on the log-loss): each asks up to three questions about named features and adds a number to the log-odds
of "correct". The figures come from ten-fold cross-validation in which no question is in both parts.
"""

import json
import sys

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

TREES, RATE, DEPTH = 150, 0.05, 3
BANDS = {"correct": 0.65, "borderline": 0.35}


def boosted():
    return HistGradientBoostingClassifier(
        max_iter=TREES, learning_rate=RATE, max_depth=DEPTH, min_samples_leaf=60, l2_regularization=10, max_bins=64, early_stopping=False, random_state=1
    )


def linear():
    return make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=3000))


def cross_validated(make, x, y, groups):
    scores = np.zeros(len(y))
    for train, test in GroupKFold(10).split(x, y, groups):
        scores[test] = make().fit(x[train], y[train]).predict_proba(x[test])[:, 1]
    return scores


def describe(scores, y, corpus):
    by_corpus = {name: round(roc_auc_score(y[corpus == name], scores[corpus == name]), 4) for name in sorted(set(corpus))}
    return {"auc": round(roc_auc_score(y, scores), 4), "pearson": round(float(np.corrcoef(scores, y)[0, 1]), 4), "aucByCorpus": by_corpus}


def tree(nodes, names, at=0):
    node = nodes[at]
    if node["is_leaf"]:
        return round(float(node["value"]), 5)
    return {
        "feature": names[node["feature_idx"]],
        "atMost": round(float(node["num_threshold"]), 5),
        "then": tree(nodes, names, node["left"]),
        "else": tree(nodes, names, node["right"]),
    }


def main():
    source, target = sys.argv[1:]
    lines = open(source).read().splitlines()
    names = json.loads(lines[0])["features"]
    rows = [json.loads(line) for line in lines[1:]]
    x = np.array([r["values"] for r in rows])
    y = np.array([r["label"] == "correct" for r in rows]).astype(int)
    groups = np.array([r["question"] for r in rows])
    corpus = np.array([r["question"].split(":")[0] for r in rows])
    scores = cross_validated(boosted, x, y, groups)
    bands = {}
    for name, chosen in {
        "correct": scores >= BANDS["correct"],
        "borderline": (scores < BANDS["correct"]) & (scores >= BANDS["borderline"]),
        "incorrect": scores < BANDS["borderline"],
    }.items():
        bands[name] = {"share": round(float(chosen.mean()), 3), "gradedCorrect": round(float(y[chosen].mean()), 3)}
    figures = {
        "answers": len(y),
        "questions": len(set(groups)),
        "crossValidated": describe(scores, y, corpus),
        "sentenceCosineAlone": describe(x[:, names.index("cosineMax")], y, corpus),
        "logisticRegression": describe(cross_validated(linear, x, y, groups), y, corpus),
        "bands": bands,
    }
    print(json.dumps(figures, indent=2))
    model = boosted().fit(x, y)
    trees = [tree(stage[0].nodes, names) for stage in model._predictors]
    document = {
        "about": "Log-odds that a human grader calls an answer correct: bias plus one number from every tree. Written by models/build/grading/fit.py.",
        "data": "SemEval-2013 Task 7, training part, 3-way (Dzikovska et al. 2013, aclanthology.org/S13-2045; CC BY-SA 3.0)",
        "figures": figures,
        "bands": BANDS,
        "bias": round(float(model._baseline_prediction.item()), 5),
        "trees": trees,
    }
    text = json.dumps({k: v for k, v in document.items() if k != "trees"}, indent=2)[:-2]
    text += ',\n  "trees": [\n    ' + ",\n    ".join(json.dumps(t) for t in trees) + "\n  ]\n}\n"
    open(target, "w").write(text)


if __name__ == "__main__":
    main()
