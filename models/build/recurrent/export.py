"""Writes models/lstm-reader: graphs, config, tokenizer, and golden outputs computed by PyTorch.

    python export.py --trained DIR --out models/lstm-reader --golden tests/golden/lstm-reader
"""

import argparse
import json
import shutil
import sys
from pathlib import Path

import torch
from graph import build_decoder, build_score
from model import STATE, VOCABULARY, WIDTH, RecurrentModel
from tokenizers import Tokenizer
from train import END

sys.path.append(str(Path(__file__).parent.parent))
from decoder.export import write_graphs  # noqa: E402
from manifest import update_manifest  # noqa: E402

CONTEXT = 4096
PROMPTS = ["The", "The President said that", "A bird is an animal that " * 30]
NEW_TOKENS = 20


def greedy(model, ids):
    hidden, state = model(torch.tensor([ids]))
    written = []
    while len(written) < NEW_TOKENS and END not in written:
        written.append(int(model.logits(hidden[0, -1]).argmax()))
        hidden, state = model(torch.tensor([[written[-1]]]), state)
    return written


@torch.no_grad()
def golden(model, tokenizer):
    cases = []
    for prompt in PROMPTS:
        ids = tokenizer.encode(prompt).ids
        hidden, (h, c) = model(torch.tensor([ids]))
        written = greedy(model, ids)
        whole, _ = model(torch.tensor([[*ids, *written]]))
        log_probs = model.logits(whole[0]).log_softmax(-1)
        cases.append({
            "prompt": prompt,
            "promptIds": ids,
            "logits": [round(x, 4) for x in model.logits(hidden[0, -1]).tolist()],
            "greedy": written,
            "logProbs": [round(log_probs[len(ids) + i - 1, token].item(), 5) for i, token in enumerate(written)],
        })  # fmt: skip
    return cases


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("trained", "out", "golden"):
        parser.add_argument(f"--{name}", required=True)
    args = parser.parse_args()
    torch.set_num_threads(1)
    out, model = Path(args.out), RecurrentModel().eval()
    model.load_state_dict(torch.load(Path(args.trained, "last.pt"), weights_only=False)["model"])
    out.mkdir(parents=True, exist_ok=True)
    weights = {name: value.detach().numpy() for name, value in model.state_dict().items()}
    write_graphs(out, {"decoder": build_decoder(weights), "score": build_score(weights)})
    shutil.copy(Path(args.trained, "tokenizer.json"), out)
    config = {
        "layout": "cloze-decoder-1",
        "family": "recurrent",
        "layers": 1,
        "kvHeads": 1,
        "headDim": STATE,
        "hiddenSize": WIDTH,
        "vocabSize": VOCABULARY,
        "contextLength": CONTEXT,
        "bosTokenId": 0,
        "eosTokenIds": [0],
        "files": {"decoder": "decoder.onnx", "score": "score.onnx", "tokenizer": "tokenizer.json"},
        "tensors": {
            "inputIds": "input_ids",
            "pastLengths": "past_lengths",
            "pastKey": "past_key.{layer}",
            "pastValue": "past_value.{layer}",
            "logits": "logits",
            "hidden": "hidden",
            "newKeyValue": "new_kv",
            "scoreHidden": "hidden",
            "scoreTargets": "targets",
            "scoreLogProbs": "log_probs",
        },
    }
    (out / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    entry = {
        "id": out.name,
        "name": "LSTM reader",
        "family": "recurrent",
        "kind": "base",
        "parameters": sum(p.numel() for p in model.parameters()),
        "contextLength": CONTEXT,
        "licence": "Apache-2.0",
        "source": "trained from random weights on the Brown Corpus, WordNet, the World English Bible and State of the Union addresses",
        "trainingDataReleased": True,
        "purpose": "A small LSTM to set beside transformers: reads token by token, keeps one state; its text is poor.",
        "recipe": "models/build/recurrent/train.py",
    }
    (out / "model.json").write_text(json.dumps(entry, indent=2, ensure_ascii=False) + "\n")
    Path(args.golden).mkdir(parents=True, exist_ok=True)
    tokenizer = Tokenizer.from_file(str(out / "tokenizer.json"))
    Path(args.golden, "references.json").write_text(json.dumps(golden(model, tokenizer)) + "\n")
    update_manifest(out)
    print(sum(f.stat().st_size for f in out.iterdir()), "bytes")


if __name__ == "__main__":
    main()
