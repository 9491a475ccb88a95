"""Perplexities and recall of the trained recurrent model on all held-out text; the figures of the CARD.md.

    python evaluate.py --data DATA --trained DIR
"""

import argparse
import json
from pathlib import Path

import torch
from model import RecurrentModel
from tokenizers import Tokenizer
from train import perplexity, probe_accuracy, read_documents

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True)
    parser.add_argument("--trained", required=True)
    args = parser.parse_args()
    torch.set_num_threads(1)
    model = RecurrentModel().eval()
    model.load_state_dict(torch.load(Path(args.trained, "last.pt"), weights_only=False)["model"])
    tokenizer = Tokenizer.from_file(str(Path(args.trained, "tokenizer.json")))
    held_out = {n: read_documents(Path(args.data, f"heldout-{n}.txt")) for n in ("brown", "written")}
    for name, documents in held_out.items():
        print(json.dumps({name: perplexity(model, documents, tokenizer, limit=100_000)}))
    print(json.dumps(probe_accuracy(model, held_out["written"], tokenizer, distances=(0, 8, 32, 96, 192), trials=200)))
