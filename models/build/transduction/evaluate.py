"""Error rates of the trained pronouncer on the test words, greedily decoded; those of the CARD.md.

    python evaluate.py --trained DIR --dictionary package/index.js
"""

import argparse
import json

import torch
from dictionary import read_dictionary, split_dictionary
from export import load
from score import error_rates
from train import greedy

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trained", required=True)
    parser.add_argument("--dictionary", required=True)
    args = parser.parse_args()
    torch.set_num_threads(1)
    parts = split_dictionary(read_dictionary(args.dictionary))
    test = parts["test"]
    rates = error_rates(greedy(load(args.trained), list(test)), test.values())
    print(json.dumps({"words": {name: len(part) for name, part in parts.items()}, **rates}))
