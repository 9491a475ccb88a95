"""Makes tests/golden/hub: a repository of each family with random weights, in the layout of transformers.js.

    python -m venv .venv-hub && .venv-hub/bin/pip install -r hub/requirements.txt
    python -m hub.tiny_models

Configurations and models are transformers' own, the graphs are Optimum's exports. The checkpoints go to --checkpoints,
for the recipes that need the same weights in PyTorch (hub.golden, decoder.tiny_olmo2).
"""

import argparse
import json
import shutil
import tempfile
from pathlib import Path

import onnx
import torch
import transformers
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.transformers.float16 import convert_float_to_float16
from optimum.exporters.onnx import main_export

from .old_graph import write_merged
from .tokenizers_for_tests import byte_level, unigram, word_piece

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "tests" / "golden" / "hub"
BYTES = 256 + 3

LLAMA_LIKE = dict(
    vocab_size=BYTES,
    hidden_size=32,
    intermediate_size=64,
    num_hidden_layers=2,
    num_attention_heads=4,
    num_key_value_heads=2,
    max_position_embeddings=256,
    rope_theta=10000.0,
    bos_token_id=1,
    eos_token_id=2,
    pad_token_id=0,
)


def configurations() -> dict[str, tuple]:
    """Name to (configuration, model class, tokenizer, Optimum's task)."""
    words, pieces = word_piece(), unigram()
    bert = dict(
        vocab_size=words.get_vocab_size(),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        max_position_embeddings=64,
    )
    return {
        "tiny-gpt2": (
            transformers.GPT2Config(
                vocab_size=BYTES, n_positions=256, n_embd=32, n_layer=2, n_head=4, bos_token_id=0, eos_token_id=0
            ),
            transformers.GPT2LMHeadModel, byte_level(), "text-generation-with-past",
        ),
        "tiny-llama": (
            transformers.LlamaConfig(**LLAMA_LIKE, tie_word_embeddings=True),
            transformers.LlamaForCausalLM, byte_level(), "text-generation-with-past",
        ),
        "tiny-olmo2": (
            transformers.Olmo2Config(**{**LLAMA_LIKE, "num_key_value_heads": 4}, tie_word_embeddings=False),
            transformers.Olmo2ForCausalLM, byte_level(), "text-generation-with-past",
        ),
        "tiny-qwen2": (
            transformers.Qwen2Config(**LLAMA_LIKE, tie_word_embeddings=True),
            transformers.Qwen2ForCausalLM, byte_level(), "text-generation-with-past",
        ),
        "tiny-qwen3": (
            transformers.Qwen3Config(**LLAMA_LIKE, head_dim=16, tie_word_embeddings=True),
            transformers.Qwen3ForCausalLM, byte_level(), "text-generation-with-past",
        ),
        "tiny-bert": (
            transformers.BertConfig(**bert), transformers.BertForMaskedLM, words, "fill-mask",
        ),
        "tiny-distilbert": (
            transformers.DistilBertConfig(
                vocab_size=words.get_vocab_size(), dim=32, hidden_dim=64, n_layers=2, n_heads=4, max_position_embeddings=64
            ),
            transformers.DistilBertForMaskedLM, words, "fill-mask",
        ),
        "tiny-sentence": (
            transformers.BertConfig(**bert), transformers.BertModel, words, "feature-extraction",
        ),
        "tiny-t5": (
            transformers.T5Config(
                vocab_size=pieces.get_vocab_size(), d_model=32, d_kv=16, d_ff=64, num_layers=2, num_heads=4,
                decoder_start_token_id=0, pad_token_id=0, eos_token_id=1,
            ),
            transformers.T5ForConditionalGeneration, pieces, "text2text-generation-with-past",
        ),
    }  # fmt: skip


def random_model(config, model_class, seed: int):
    """Weights large enough for clear preferences: a flat distribution would hide mistakes."""
    torch.manual_seed(seed)
    model = model_class(config).float().eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "norm" in name.lower() or "ln_" in name:
                parameter.uniform_(0.5, 1.5) if name.endswith("weight") else parameter.normal_(0, 0.1)
            else:
                parameter.normal_(0, 0.2)
    return model


def save_checkpoint(folder: Path, model, tokenizer) -> None:
    model.save_pretrained(folder)
    tokenizer.save(str(folder / "tokenizer.json"))
    settings = {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": 256}
    if tokenizer.token_to_id("[MASK]") is not None:
        settings |= {"mask_token": "[MASK]", "cls_token": "[CLS]", "sep_token": "[SEP]", "pad_token": "[PAD]"}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings, indent=2) + "\n")


def export(checkpoint: Path, repository: Path, task: str) -> None:
    """Writes config.json, tokenizer files and onnx/*.onnx, as the repositories of transformers.js have them."""
    with tempfile.TemporaryDirectory() as work:
        main_export(str(checkpoint), output=work, task=task, do_validation=False)
        (repository / "onnx").mkdir(parents=True, exist_ok=True)
        for path in Path(work).iterdir():
            if path.suffix == ".onnx":
                # T5's unmerged decoders are in some repositories too, but nobody needs them.
                if path.stem in ("decoder_model", "decoder_with_past_model"):
                    continue
                shutil.copy(path, repository / "onnx" / path.name)
    for name in ("config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json"):
        if (checkpoint / name).exists():
            shutil.copy(checkpoint / name, repository / name)


def add_variants(folder: Path) -> None:
    """An 8-bit file, half-precision keys and values, external data, the older merged graph, and pooling settings."""
    llama = folder / "tiny-llama" / "onnx"
    quantize_dynamic(llama / "model.onnx", llama / "model_quantized.onnx", weight_type=QuantType.QUInt8)
    half = convert_float_to_float16(onnx.load(llama / "model.onnx"), keep_io_types=False, disable_shape_infer=True)
    onnx.save(half, llama / "model_fp16.onnx")
    qwen = folder / "tiny-qwen2" / "onnx" / "model.onnx"
    model = onnx.load(qwen)
    qwen.unlink()
    onnx.save(model, qwen, save_as_external_data=True, location="model.onnx_data", size_threshold=256)
    gpt2, merged = folder / "tiny-gpt2", folder / "tiny-gpt2-merged"
    shutil.copytree(gpt2, merged, dirs_exist_ok=True, ignore=shutil.ignore_patterns("onnx"))
    write_merged(gpt2 / "onnx" / "model.onnx", merged / "onnx" / "decoder_model_merged.onnx")
    pooling = folder / "tiny-sentence" / "1_Pooling"
    pooling.mkdir(exist_ok=True)
    (pooling / "config.json").write_text(
        json.dumps({"word_embedding_dimension": 32, "pooling_mode_mean_tokens": True, "pooling_mode_cls_token": False})
        + "\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, default=FOLDER)
    parser.add_argument("--checkpoints", type=Path, required=True)
    arguments = parser.parse_args()
    for seed, (name, (config, model_class, tokenizer, task)) in enumerate(configurations().items()):
        checkpoint = arguments.checkpoints / name
        save_checkpoint(checkpoint, random_model(config, model_class, seed), tokenizer)
        export(checkpoint, arguments.output / name, task)
    add_variants(arguments.output)


if __name__ == "__main__":
    main()
