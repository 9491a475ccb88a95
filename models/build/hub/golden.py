"""Makes tests/golden/hub/expected.json: what PyTorch computes from the checkpoints of `hub.tiny_models`.

    python -m hub.golden --checkpoints CHECKPOINTS

Runs with the requirements of this folder's parent (transformers 5), whose generation Cloze's decoders follow.
"""

import argparse
import json
from pathlib import Path

import torch
import transformers
from transformers import AutoModel, AutoModelForCausalLM, AutoModelForMaskedLM, AutoModelForSeq2SeqLM, AutoTokenizer

FOLDER = Path(__file__).parents[3] / "tests" / "golden" / "hub"
DECODERS = ["tiny-gpt2", "tiny-llama", "tiny-olmo2", "tiny-qwen2", "tiny-qwen3"]
PROMPTS = ["The nice woman", "Hello", "a longer prompt, of more than one piece: " + "the cat sat on the mat. " * 5]
MASKED = "Paris is the [MASK] of France."
SENTENCES = ["The nice woman sat down.", "The doctor was late."]
SOURCES = ["translate English to German: The house is wonderful.", "The cat sat on the mat."]


def numbers(tensor) -> list[float]:
    return [round(value, 5) for value in tensor.flatten().tolist()]


def searches(model, inputs: dict, skip: int) -> dict:
    """Greedy and beam search, 20 new tokens; tokens after the end are left out."""
    end = model.generation_config.eos_token_id

    def cut(row):
        ids = row[skip:].tolist()
        return ids[: ids.index(end) + 1] if end in ids else ids

    settings = dict(max_new_tokens=20, do_sample=False, return_dict_in_generate=True, output_scores=True, pad_token_id=0)
    greedy = model.generate(**inputs, **settings)
    beam = model.generate(**inputs, **settings, num_beams=4, num_return_sequences=4)
    return {
        "greedy": cut(greedy.sequences[0]),
        "beam": [
            {"tokenIds": cut(row), "score": round(float(score), 5)}
            for row, score in zip(beam.sequences, beam.sequences_scores)
        ],
    }


def decoder(checkpoint: Path) -> list[dict]:
    model, tokenizer = AutoModelForCausalLM.from_pretrained(checkpoint).eval(), AutoTokenizer.from_pretrained(checkpoint)
    cases = []
    for prompt in PROMPTS:
        ids = tokenizer(prompt, return_tensors="pt").input_ids
        logits = model(ids).logits[0]
        log_probs = torch.log_softmax(logits, -1)[torch.arange(ids.shape[1] - 1), ids[0, 1:]]
        cases.append(
            {
                "prompt": prompt,
                "promptIds": ids[0].tolist(),
                "logits": numbers(logits[-1]),
                "promptLogProbs": numbers(log_probs),
                **searches(model, {"input_ids": ids, "attention_mask": torch.ones_like(ids)}, ids.shape[1]),
            }
        )
    return cases


def masked(checkpoint: Path) -> dict:
    model, tokenizer = AutoModelForMaskedLM.from_pretrained(checkpoint).eval(), AutoTokenizer.from_pretrained(checkpoint)
    ids = tokenizer(MASKED, return_tensors="pt").input_ids
    place = ids[0].tolist().index(tokenizer.mask_token_id)
    return {"text": MASKED, "ids": ids[0].tolist(), "place": place, "logits": numbers(model(ids).logits[0, place])}


def sentences(checkpoint: Path) -> list[dict]:
    """Mean of the last layer's states, length 1."""
    model, tokenizer = AutoModel.from_pretrained(checkpoint).eval(), AutoTokenizer.from_pretrained(checkpoint)
    result = []
    for text in SENTENCES:
        states = model(tokenizer(text, return_tensors="pt").input_ids).last_hidden_state[0]
        result.append({"text": text, "vector": numbers(torch.nn.functional.normalize(states.mean(0), dim=0))})
    return result


def transduction(checkpoint: Path) -> list[dict]:
    model, tokenizer = AutoModelForSeq2SeqLM.from_pretrained(checkpoint).eval(), AutoTokenizer.from_pretrained(checkpoint)
    cases = []
    for text in SOURCES:
        ids = tokenizer(text, return_tensors="pt").input_ids
        logits = model(ids, decoder_input_ids=torch.tensor([[0]])).logits[0, 0]
        found = searches(model, {"input_ids": ids, "attention_mask": torch.ones_like(ids)}, 1)
        cases.append(
            {
                "text": text,
                "ids": ids[0].tolist(),
                "logits": numbers(logits),
                **found,
                "greedyText": tokenizer.decode(found["greedy"], skip_special_tokens=True),
            }
        )
    return cases


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoints", type=Path, required=True)
    parser.add_argument("--output", type=Path, default=FOLDER / "expected.json")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    with torch.no_grad():
        expected = {
            "transformers": transformers.__version__,
            "decoders": {name: decoder(arguments.checkpoints / name) for name in DECODERS},
            "masked": {name: masked(arguments.checkpoints / name) for name in ("tiny-bert", "tiny-distilbert")},
            "sentences": sentences(arguments.checkpoints / "tiny-sentence"),
            "transduction": transduction(arguments.checkpoints / "tiny-t5"),
        }
    arguments.output.write_text(json.dumps(expected, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
