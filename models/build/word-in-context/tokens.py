"""Texts with a marked word, as token ids: the text around the word and the word are tokenised apart, so that the word's
pieces are known. BERT's pre-tokeniser splits at spaces and punctuation, so this changes nothing at word borders."""

import torch
from tokenizers import Tokenizer

CLS, SEP, MASK, PAD = 101, 102, 103, 0
LONGEST = 64


def load_tokenizer(path):
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def encode_rows(rows, tokenizer, masked):
    """Returns ids [B, S], mask [B, S], weights [B, S]."""
    parts = [t for r in rows for t in (r["text"][: r["span"][0]], r["text"][slice(*r["span"])], r["text"][r["span"][1] :])]
    encoded = [e.ids for e in tokenizer.encode_batch(parts, add_special_tokens=False)]
    sequences = []
    for i in range(len(rows)):
        left, word, right = encoded[3 * i : 3 * i + 3]
        word = [MASK] if masked else word
        room = LONGEST - 2 - len(word)
        left = left[-max(0, room - min(len(right), room // 2)) :] if len(left) + len(right) > room else left
        right = right[: max(0, room - len(left))]
        start = 1 + len(left)
        sequences.append(([CLS, *left, *word, *right, SEP], start, start + len(word)))
    width = max(len(s[0]) for s in sequences)
    ids = torch.full((len(rows), width), PAD)
    weights = torch.zeros(len(rows), width)
    for i, (sequence, start, end) in enumerate(sequences):
        ids[i, : len(sequence)] = torch.tensor(sequence)
        weights[i, start:end] = 1 / (end - start)
    return ids, (ids != PAD).long(), weights
