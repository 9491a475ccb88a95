"""Makes a checkpoint of an exported encoder, so that training can go on where the shipped model stands.

    python restore.py --graph ../../minilm-l6-v2/masked.onnx --out DIR    # then masked/train.py --out DIR --phase whole
    python restore.py --graph ../../minilm-l6-v2/word.onnx --out DIR      # then word-in-context/train.py --out DIR

Writes DIR/last.pt. Weights come back as they are stored, in 8 bits; the optimizer starts anew.
"""

import argparse
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper

LAYER_PARTS = {
    "query": "attention.self.query.weight",
    "key": "attention.self.key.weight",
    "value": "attention.self.value.weight",
    "out": "attention.output.dense.weight",
    "up": "intermediate.dense.weight",
    "down": "output.dense.weight",
}


def stored_weights(path):
    """The graph's own constants by name, matrices as NAME with their codes undone; not the shared embeddings."""
    model = onnx.load(path, load_external_data=False)
    arrays = {t.name: numpy_helper.to_array(t) for t in model.graph.initializer if t.data_location != onnx.TensorProto.EXTERNAL}
    for name in [n.removesuffix(".codes") for n in arrays if n.endswith(".codes")]:
        codes, scales = arrays.pop(f"{name}.codes"), arrays.pop(f"{name}.scales")
        blocks = codes.reshape(*scales.shape, -1).astype(np.float32) - 128
        arrays[name] = (blocks * scales[:, :, None]).reshape(len(codes), -1)
    return arrays


def layer_state(arrays, layer):
    """One layer's weights under the names that they have in training."""
    prefix = f"encoder.layer.{layer}"
    state = {part: arrays[f"{prefix}.{name}"] for name, part in LAYER_PARTS.items()}
    for part, bias in zip(("query", "key", "value"), np.split(arrays[f"{prefix}.qkv_bias"], 3)):
        state[f"attention.self.{part}.bias"] = bias
    for norm, dense in (("attention.output.LayerNorm", "attention.output.dense"), ("output.LayerNorm", "output.dense")):
        state[f"{dense}.bias"] = arrays[f"{prefix}.{norm}.skip_bias"]
        state[f"{norm}.weight"], state[f"{norm}.bias"] = arrays[f"{prefix}.{norm}.weight"], arrays[f"{prefix}.{norm}.bias"]
    state["intermediate.dense.bias"] = arrays[f"{prefix}.up.bias"]
    return {f"encoder.{prefix}.{name}": array for name, array in state.items()}


def top_state(arrays):
    """The weights above the encoder: an MLM head, or the mixes and maps of the two views of a word."""
    if "transform" in arrays:
        return {"transform.weight": arrays["transform"], **{n: arrays[n] for n in ("transform.bias", "norm.weight", "norm.bias", "bias")}}
    state = {}
    for view in ("word", "mask"):
        # The stored mix is a softmax; its logarithm gives the same one.
        state[f"mixes.{view}"] = np.log(arrays[f"{view}.mix"][0])
        state[f"maps.{view}.weight"], state[f"maps.{view}.bias"] = arrays[f"{view}.map"], arrays[f"{view}.map.bias"]
    return state


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--graph", required=True)
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    arrays = stored_weights(args.graph)
    layers = len([n for n in arrays if n.endswith(".qkv_bias")])
    model = top_state(arrays)
    for layer in range(layers):
        model.update(layer_state(arrays, layer))
    state = {"phase": "exported", "step": 0, "elapsed": 0.0, "epoch": 1, "tokens": 0, "curve": []}
    Path(args.out).mkdir(parents=True, exist_ok=True)
    torch.save({"model": {n: torch.tensor(a) for n, a in model.items()}, "state": state}, Path(args.out, "last.pt"))


if __name__ == "__main__":
    main()
