"""Converts a checkpoint of Llama, OLMo 2, Qwen 2 or Qwen 3 into Cloze's layout; `cloze models convert` calls it.

    python -m decoder.convert allenai/OLMo-2-0425-1B --output FOLDER --id olmo-2-1b

The checkpoint is a local folder, or a name on the Hub, whose files transformers then downloads. Weights become 8-bit
blocks by rounding to the nearest level, or stay float32 with --float32. What is written is compared with PyTorch on a
short text, and the differences are printed. It takes the memory of the whole checkpoint in float32, about twice.
"""

import argparse
import json
import re
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, GenerationConfig

from .check import Decoder
from .checkpoint import read_config, read_weights
from .export import write_graphs
from .graph import build_decoder, build_score
from .layout import decoder_layout
from .matrices import merge_matrices

BLOCKS = [32, 16]  # the first that divides all columns
SAMPLE = "The capital of France is Paris. A language model gives each next word a probability, given the words before."
# As in src/engine/models/hub/describe-repository.ts, whose list says where this is known from.
RELEASED = [(r"olmo|smollm|pythia", True), (r"llama|qwen|gemma|mistral", False)]


def read_tokenizer(source: str):
    tokenizer = AutoTokenizer.from_pretrained(source)
    backend = getattr(tokenizer, "backend_tokenizer", None)
    if backend is None or "ByteLevel" not in json.dumps(json.loads(backend.to_str()).get("decoder")):
        raise SystemExit(f"{source} has no byte-level tokenizer (as GPT-2, OLMo 2, Llama 3, SmolLM2 and Qwen have), which Cloze needs")
    return tokenizer, backend


def token_ids(model, source: str) -> tuple[int | None, list[int]]:
    """Beginning and ends of a text; generation_config.json names all ends where it is there."""
    try:
        generation = GenerationConfig.from_pretrained(source)
    except OSError:
        generation = model.generation_config
    eos = generation.eos_token_id if generation.eos_token_id is not None else model.config.eos_token_id
    bos = generation.bos_token_id if generation.bos_token_id is not None else model.config.bos_token_id
    return bos, [] if eos is None else eos if isinstance(eos, list) else [eos]


def block_size(config) -> int:
    columns = [config.hidden, config.intermediate, config.heads * config.head_dim]
    for block in BLOCKS:
        if all(size % block == 0 for size in columns):
            return block
    raise SystemExit(f"the columns {columns} do not divide into blocks of {BLOCKS}; convert with --float32")


def compare(decoder: Decoder, model, tokenizer) -> None:
    """Prints how far the graph's log-probabilities are from PyTorch's."""
    ids = torch.tensor([tokenizer(SAMPLE).input_ids])
    with torch.no_grad():
        reference = torch.log_softmax(model(ids).logits[0].float(), -1)
    targets = ids[0, 1:]
    expected = reference[:-1].gather(1, targets[:, None])[:, 0].numpy()
    logits, hidden, _ = decoder.run(ids.numpy(), [0], decoder.empty_past(1, 0))
    found = decoder.score(hidden[0, :-1], targets.numpy())
    difference = abs(found - expected)
    same = int(logits[0].argmax()) == int(reference[-1].argmax())
    print(
        f"Log-probabilities of {len(targets)} tokens differ from PyTorch's by {difference.mean():.2g} in the mean and "
        f"{difference.max():.2g} at most; the next token is {'the same' if same else 'another'}."
    )


def licence_of(source: str) -> str:
    readme = Path(source) / "README.md"
    if not readme.exists():
        try:
            from huggingface_hub import ModelCard

            return str(ModelCard.load(source).data.license or "licence not stated")
        except Exception:
            return "licence not stated"
    found = re.search(r"^license:\s*(\S+)", readme.read_text(), re.MULTILINE)
    return found[1] if found else "licence not stated"


def describe(source: str, identifier: str, parameters: int, context: int, has_template: bool) -> dict:
    name = Path(source).name
    is_instruct = re.search(r"instruct|chat|sft|dpo", name, re.IGNORECASE) or (
        has_template and not re.search("base", name, re.IGNORECASE)
    )
    released = next((value for pattern, value in RELEASED if re.search(pattern, name, re.IGNORECASE)), "unknown")
    kind = "instruct" if is_instruct else "base"
    return {
        "id": identifier,
        "name": name.replace("-", " "),
        "family": "decoder-only",
        "kind": kind,
        "parameters": parameters,
        "contextLength": context,
        "licence": licence_of(source),
        "source": f"converted from {name if Path(source).exists() else source}",
        "trainingDataReleased": released,
        "purpose": "Continues text and answers in chat; tuned to follow instructions, so not a foundation model."
        if is_instruct
        else "Continues text; a foundation model, not tuned to follow instructions.",
    }


def write_json(path: Path, value: dict) -> None:
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", help="a folder with config.json and weights, or a name on the Hub")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--id", required=True, help="what the model is called in Cloze")
    parser.add_argument("--float32", action="store_true", help="keep the weights in float32")
    arguments = parser.parse_args()
    folder, source = arguments.output, arguments.source

    print(f"Reading {source}", flush=True)
    tokenizer, backend = read_tokenizer(source)
    model = AutoModelForCausalLM.from_pretrained(source, dtype=torch.float32, use_safetensors=True).eval()
    try:
        config = read_config(model.config)
    except ValueError as error:
        raise SystemExit(f"{source} can't be converted: {error}") from None
    block = None if arguments.float32 else block_size(config)
    print("Writing the graphs", flush=True)
    matrices = merge_matrices(config, read_weights(model), block)
    files = write_graphs(folder, {"decoder": build_decoder(config, matrices), "score": build_score(config, matrices)})
    del matrices

    backend.save(str(folder / "tokenizer.json"), pretty=False)
    template = tokenizer.chat_template
    if isinstance(template, str):
        (folder / "chat_template.jinja").write_text(template)
    bos, eos = token_ids(model, source)
    weights = "float32" if block is None else f"8-bit blocks of {block}; activations are quantised to 8 bits too"
    layout = decoder_layout(
        config, bos=bos, eos=eos, files=files, weights=weights, chat_template=isinstance(template, str)
    )
    write_json(folder / "config.json", layout)
    parameters = sum(parameter.numel() for parameter in model.parameters())
    write_json(
        folder / "model.json", describe(source, arguments.id, parameters, config.context, isinstance(template, str))
    )
    compare(Decoder(folder, config), model, tokenizer)


if __name__ == "__main__":
    main()
