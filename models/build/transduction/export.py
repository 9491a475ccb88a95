"""Writes models/cmudict-pronouncer: graphs, config, and golden outputs computed by PyTorch.

    python export.py --trained DIR --dictionary package/index.js --out models/cmudict-pronouncer --golden tests/golden/pronouncer

The error rates are measured by evaluate.py; here the layer whose cross-attention is the most one-to-one is chosen for
the alignment, on the development set.
"""

import argparse
import json
import sys
from pathlib import Path

import onnx
import torch
from dictionary import BOS, EOS, LETTERS, MAX_LETTERS, MAX_PHONEMES, PHONEMES, encode_phonemes, encode_word, read_dictionary, split_dictionary
from graph import HEAD, build_decoder, build_encoder
from model import HEADS, LAYERS, Transducer

sys.path.append(str(Path(__file__).parent.parent))
from manifest import update_manifest  # noqa: E402

GOLDEN_WORDS = ["a", "phone", "knight", "through", "psychology", "cloze", "o'neil", "zzyzx", "antidisestablishmentarianism"]
BEAMS = 5
NEW_PHONEMES = MAX_PHONEMES


def load(folder):
    model = Transducer().eval()
    model.load_state_dict(torch.load(Path(folder, "last.pt"), weights_only=False)["kept"])
    return model


def cross_attention(model, word, phonemes):
    """[LAYERS, S, I]: the mean over heads, while the phonemes (BOS first) are read."""
    letters, written = torch.tensor([encode_word(word)]), torch.tensor([phonemes])
    states, mask = model.encode(letters)
    x = model.phonemes(written) + model.phoneme_places.weight[: written.shape[1]]
    found = []
    for layer in model.decoder:
        normed = layer.norm1(x)
        x = x + layer.attention(normed, normed, causal=True)
        normed = layer.norm2(x)
        keys, _ = layer.cross.keys_values(states)
        found.append((layer.cross.queries(normed) @ keys.mT * HEAD**-0.5).softmax(-1)[0].mean(0))
        x = x + layer.cross(normed, states, mask)
        x = x + layer.inner(layer.norm3(x))
    return torch.stack(found)


def alignment_layer(model, dev):
    """The layer whose attention follows the letters from left to right: the highest share of steps that do not go back,
    weighed by how sharp they are."""
    scores = torch.zeros(LAYERS)
    for word, known in dev:
        rows = cross_attention(model, word, encode_phonemes(known[0])[:-1])
        places = rows.argmax(-1).float()
        forward = (places[:, 1:] >= places[:, :-1]).float().mean(-1) if rows.shape[1] > 1 else torch.ones(LAYERS)
        scores += forward * rows.max(-1).values.mean(-1)
    return int(scores.argmax()), [round(s, 3) for s in (scores / len(dev)).tolist()]


def beam_search(model, word, beams):
    """transformers' rules with a length penalty of 1 and early_stopping=True over this model: [(score, ids without BOS)]."""
    letters = torch.tensor([encode_word(word)])
    running, finished = [(0.0, [])], []
    for _ in range(NEW_PHONEMES):
        phonemes = torch.tensor([[BOS, *ids] for _, ids in running])
        log_probs = model(letters.expand(len(running), -1), phonemes)[:, -1].log_softmax(-1)
        totals = log_probs + torch.tensor([[s] for s, _ in running])
        best = totals.flatten().topk(2 * beams)
        fresh = []
        for rank, (score, place) in enumerate(zip(best.values.tolist(), best.indices.tolist())):
            ids = [*running[place // len(PHONEMES)][1], place % len(PHONEMES)]
            if ids[-1] == EOS:
                if rank < beams:
                    finished.append((score / len(ids), ids))
            elif len(fresh) < beams:
                fresh.append((score, ids))
        running = fresh
        if len(finished) >= beams:
            break
    else:
        finished += [(score / len(ids), ids) for score, ids in running]
    return sorted(finished, reverse=True)[:beams]


@torch.no_grad()
def golden(model, layer):
    cases = []
    for word in GOLDEN_WORDS:
        letters = torch.tensor([encode_word(word)])
        ids = [BOS]
        while ids[-1] != EOS and len(ids) <= NEW_PHONEMES:
            ids.append(int(model(letters, torch.tensor([ids]))[0, -1].argmax()))
        logits = model(letters, torch.tensor([ids[:-1]]))[0]
        log_probs = logits.log_softmax(-1)[range(len(ids) - 1), ids[1:]]
        beams = beam_search(model, word, BEAMS)
        cases.append({
            "word": word,
            "letters": letters[0].tolist(),
            "greedy": ids[1:],
            "logProbs": [round(p, 6) for p in log_probs.tolist()],
            "firstLogits": [round(p, 5) for p in logits[0].tolist()],
            "attention": [[round(w, 5) for w in row] for row in cross_attention(model, word, ids[:-1])[layer].tolist()],
            "beams": [{"tokenIds": ids, "score": round(score, 6)} for score, ids in beams],
        })  # fmt: skip
    return cases


@torch.no_grad()
def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("trained", "dictionary", "out", "golden"):
        parser.add_argument(f"--{name}", required=True)
    args = parser.parse_args()
    torch.set_num_threads(1)
    out, model = Path(args.out), load(args.trained)
    out.mkdir(parents=True, exist_ok=True)
    weights = {name: value.numpy() for name, value in model.state_dict().items()}
    for name, graph in (("encoder", build_encoder(weights)), ("decoder", build_decoder(weights))):
        onnx.save(graph, out / f"{name}.onnx")
    dev = list(split_dictionary(read_dictionary(args.dictionary))["dev"].items())[:300]
    layer, scores = alignment_layer(model, dev)
    print("alignment by layer", scores)
    config = {
        "layout": "cloze-transducer-1",
        "family": "encoder-decoder",
        "layers": LAYERS,
        "heads": HEADS,
        "headDim": HEAD,
        "startTokenId": BOS,
        "eosTokenIds": [EOS],
        "maxInput": MAX_LETTERS,
        "maxOutput": NEW_PHONEMES,
        "alignmentLayer": layer,
        "input": LETTERS,
        "output": PHONEMES,
    }
    (out / "config.json").write_text(json.dumps(config, indent=2, ensure_ascii=False) + "\n")
    parameters = sum(p.numel() for p in model.parameters())
    entry = {
        "id": out.name,
        "name": "CMUdict pronouncer",
        "family": "encoder-decoder",
        "kind": "task",
        "parameters": parameters,
        "contextLength": MAX_LETTERS,
        "licence": "Apache-2.0",
        "source": "trained from random weights on the CMU Pronouncing Dictionary (BSD-like licence), npm cmu-pronouncing-dictionary 3.0.0",
        "trainingDataReleased": True,
        "purpose": "Turns an English word's spelling into its phonemes: a small encoder–decoder to look into.",
        "recipe": "models/build/transduction/train.py",
    }
    (out / "model.json").write_text(json.dumps(entry, indent=2, ensure_ascii=False) + "\n")
    Path(args.golden).mkdir(parents=True, exist_ok=True)
    Path(args.golden, "references.json").write_text(json.dumps(golden(model, layer)) + "\n")
    update_manifest(out)
    print(parameters, "parameters;", sum(f.stat().st_size for f in out.iterdir()), "bytes")


if __name__ == "__main__":
    main()
