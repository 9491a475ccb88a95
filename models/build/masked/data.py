"""Blocks of token ids for masked language modelling, and their masking."""

import random
from pathlib import Path

import torch

CLS, SEP, MASK, PAD = 101, 102, 103, 0


def read_documents(path):
    return [d.splitlines() for d in Path(path).read_text(encoding="utf-8").split("\n\n")]


def make_blocks(documents, tokenizer, rng, longest=64):
    """[CLS] consecutive sentences of one document [SEP]. How much a block may hold is drawn for each block, so that
    single sentences, as people ask about them, are as usual as full blocks; longer sentences are split."""
    sentences = [s for d in documents for s in d]
    ids = iter([e.ids for e in tokenizer.encode_batch(sentences, add_special_tokens=False)])
    blocks = []
    for document in documents:
        block, room = [], 0
        for _ in document:
            tokens = next(ids)
            while tokens:
                if not block:
                    room = rng.choice((12, 30, longest - 2, longest - 2))
                if block and len(block) + len(tokens) > room:
                    blocks.append(block)
                    block = []
                    continue
                block = block + tokens[: longest - 2 - len(block)]
                tokens = tokens[longest - 2 :]
                if len(block) >= room:
                    blocks.append(block)
                    block = []
        if block:
            blocks.append(block)
    return [[CLS, *b, SEP] for b in blocks if len(b) >= 3]


def batches(blocks, tokens_per_batch, rng):
    """Batches of like length (little padding), in random order."""
    order = sorted(range(len(blocks)), key=lambda i: (len(blocks[i]), rng.random()))
    groups, group = [], []
    for i in order:
        if group and (len(group) + 1) * len(blocks[i]) > tokens_per_batch:
            groups.append(group)
            group = []
        group.append(i)
    groups.append(group)
    rng.shuffle(groups)
    for group in groups:
        yield pad([blocks[i] for i in group])


def mixed_batches(blocks, tokens_per_batch, rng, mix=3):
    """As `batches`, each step a list of `mix` smaller groups of different length."""
    step = []
    for batch in batches(blocks, tokens_per_batch // mix, rng):
        step.append(batch)
        if len(step) == mix:
            yield step
            step = []


def pad(rows):
    width = max(map(len, rows))
    ids = torch.full((len(rows), width), PAD)
    for i, row in enumerate(rows):
        ids[i, : len(row)] = torch.tensor(row)
    return ids, (ids != PAD).long()


def mask_tokens(ids, share, generator):
    """Replaces `share` of the tokens by [MASK] (always [MASK]: keeping some, as BERT does, teaches copying).
    Returns the masked ids, the flat places and their true ids."""
    can = (ids != CLS) & (ids != SEP) & (ids != PAD)
    chosen = can & (torch.rand(ids.shape, generator=generator) < share)
    places = chosen.flatten().nonzero().squeeze(1)
    return ids.masked_fill(chosen, MASK), places, ids.flatten()[places]


def held_out_batches(path, tokenizer, blocks=None, share=0.15, seed=7):
    """The fixed held-out set: the same blocks and masks whenever it is made."""
    made = make_blocks(read_documents(path), tokenizer, random.Random(seed))
    random.Random(seed).shuffle(made)
    generator = torch.Generator().manual_seed(seed)
    result = []
    for ids, mask in batches(made[:blocks], 4096, random.Random(seed)):
        result.append((mask, *mask_tokens(ids, share, generator)))
    return result
