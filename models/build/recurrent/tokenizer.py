"""Trains the byte-level BPE vocabulary of the recurrent model.

    python tokenizer.py --data DIR/train.txt --out DIR
"""

import argparse
from pathlib import Path

from model import VOCABULARY
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

END_OF_TEXT = "<|endoftext|>"

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True)
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=VOCABULARY, special_tokens=[END_OF_TEXT], initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    tokenizer.train([args.data], trainer)
    tokenizer.save(str(Path(args.out, "tokenizer.json")))
    print(tokenizer.get_vocab_size(), "tokens")
