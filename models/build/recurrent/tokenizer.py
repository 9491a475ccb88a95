"""Trains the byte-level BPE vocabulary of the recurrent model.

    python tokenizer.py --data DIR/train.txt --out DIR
"""

import argparse
from pathlib import Path

from model import VOCABULARY
from probe import TELL, WORDS
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
    # Said often enough, each word of the probe becomes one token, so that an answer is a single prediction.
    words = [" ".join(TELL.format(word=word) for _ in range(3000)) for word in WORDS]
    tokenizer.train_from_iterator([*Path(args.data).read_text(encoding="utf-8").splitlines(), *words], trainer)
    assert all(len(tokenizer.encode(" " + word).ids) == 1 for word in WORDS)
    tokenizer.save(str(Path(args.out, "tokenizer.json")))
    print(tokenizer.get_vocab_size(), "tokens")
