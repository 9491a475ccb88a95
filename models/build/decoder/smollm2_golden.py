"""Writes tests/golden/smollm2/references.json: what the float32 model does with the prompts of prompts.json.

    python -m decoder.smollm2_golden            writes the references
    python -m decoder.smollm2_golden --check    also tells how well models/smollm2-135m-instruct agrees

Each reference holds `mode`, `prompt`, `text` (what is tokenised: the prompt, or the chat template around it),
`promptIds`, `greedyIds` (up to 32 greedy tokens; ends early after an end-of-sequence token), `argmaxIds` (the most
likely next token after each position of promptIds + greedyIds, so its last entry lies behind both) and `logProbs`
(natural logarithms of the probability of each token of promptIds + greedyIds after the first).
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch

from .smollm2 import CHAT_END, END_OF_TEXT, FOLDER, ROOT, load
from .check import Decoder, store
from .checkpoint import read_config

GOLDEN = ROOT / "tests" / "golden" / "smollm2"
NEW_TOKENS = 32
EOS = [CHAT_END, END_OF_TEXT]
COMPARED = 16  # greedy tokens that --check compares


@torch.no_grad()
def reference(model, tokenizer, mode: str, prompt: str) -> dict:
    text = prompt
    if mode == "chat":
        turn = [{"role": "user", "content": prompt}]
        text = tokenizer.apply_chat_template(turn, tokenize=False, add_generation_prompt=True)
    prompt_ids = tokenizer(text).input_ids
    ids = model.generate(
        torch.tensor([prompt_ids]), do_sample=False, max_new_tokens=NEW_TOKENS, eos_token_id=EOS, pad_token_id=CHAT_END
    )[0].tolist()
    log_probs = torch.log_softmax(model(torch.tensor([ids])).logits[0].double(), -1)
    return {
        "mode": mode,
        "prompt": prompt,
        "text": text,
        "promptIds": prompt_ids,
        "greedyIds": ids[len(prompt_ids) :],
        "argmaxIds": log_probs.argmax(-1).tolist(),
        "logProbs": [round(float(log_probs[i, ids[i + 1]]), 5) for i in range(len(ids) - 1)],
    }


def check(decoder: Decoder, references: list[dict]) -> None:
    """Prints both agreements that the model has to reach."""
    same, positions, free, compared = 0, 0, 0, 0
    for entry in references:
        ids = entry["promptIds"] + entry["greedyIds"]
        past, size = decoder.empty_past(1, 192), len(entry["promptIds"])
        predictions = []
        for index, token in enumerate(ids):
            logits, _, new_kv = decoder.run(np.array([[token]]), [index], past)
            store(past, new_kv, [index])
            predictions.append(int(logits[0].argmax()))
        same += sum(a == b for a, b in zip(predictions, entry["argmaxIds"], strict=True))
        positions += len(ids)

        expected = entry["greedyIds"][:COMPARED]
        token, index, written = predictions[size - 1], size, []
        while len(written) < len(expected):
            written.append(token)
            logits, _, new_kv = decoder.run(np.array([[token]]), [index], past)
            store(past, new_kv, [index])
            token, index = int(logits[0].argmax()), index + 1
        differs = [a != b for a, b in zip(written, expected)]
        kept = differs.index(True) if True in differs else len(differs)
        free += kept
        compared += len(expected)
        print(f"{kept:3} of {len(expected)}  {entry['prompt']!r}", flush=True)
    print(f"same next token when fed the same text: {same} of {positions} = {same / positions:.4f}")
    print(f"greedy tokens before the first difference: {free} of {compared} = {free / compared:.4f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    arguments = parser.parse_args()
    model, tokenizer = load()
    path = GOLDEN / "references.json"
    prompts = json.loads((GOLDEN / "prompts.json").read_text())
    references = [reference(model, tokenizer, mode, prompt) for mode in prompts for prompt in prompts[mode]]
    lines = ",\n".join(json.dumps(entry, ensure_ascii=False) for entry in references)
    path.write_text(f"[\n{lines}\n]\n")
    if arguments.check:
        check(Decoder(arguments.folder, read_config(model.config)), references)


if __name__ == "__main__":
    main()
