"""Makes tests/golden/tiny-llama: a random Llama small enough to commit, as a transformers checkpoint and in Cloze's layout.

Its tokenizer has one token a byte, so the whole engine can run on it. Its weights are large enough to give it
clear preferences: a flat next-token distribution would hide mistakes.
"""

import argparse
import json
from pathlib import Path

import torch
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM

from .check import Decoder, check_against_torch
from .checkpoint import read_config, read_weights
from .export import write_graphs
from .graph import build_decoder, build_score
from .layout import decoder_layout
from .matrices import merge_matrices

SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
CHAT_TEMPLATE = """{% for message in messages %}{{ '<|im_start|>' + message['role'] + '
' + message['content'] + '<|im_end|>' + '
' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant
' }}{% endif %}"""
FOLDER = Path(__file__).parents[3] / "tests" / "golden" / "tiny-llama"


def tiny_model() -> LlamaForCausalLM:
    config = LlamaConfig(
        vocab_size=256 + len(SPECIAL),
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=256,
        rms_norm_eps=1e-5,
        rope_parameters={"rope_type": "default", "rope_theta": 10000.0},
        tie_word_embeddings=True,
        bos_token_id=1,
        eos_token_id=2,
        pad_token_id=0,
    )
    torch.manual_seed(20240817)
    model = LlamaForCausalLM(config).float().eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "norm" in name:
                parameter.uniform_(0.5, 1.5)
            else:
                parameter.normal_(0, 0.25)
    return model


def byte_tokenizer() -> Tokenizer:
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet(), key=ord)
    vocab = {token: index for index, token in enumerate([*SPECIAL, *alphabet])}
    tokenizer = Tokenizer(models.BPE(vocab=vocab, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in SPECIAL])
    return tokenizer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=FOLDER)
    folder = parser.parse_args().output
    model = tiny_model()
    model.save_pretrained(folder / "checkpoint")
    config = read_config(model.config)
    matrices = merge_matrices(config, read_weights(model))
    files = write_graphs(
        folder,
        {
            "decoder": build_decoder(config, matrices),
            "score": build_score(config, matrices),
        },
    )
    byte_tokenizer().save(str(folder / "tokenizer.json"))
    (folder / "chat_template.jinja").write_text(CHAT_TEMPLATE)
    layout = decoder_layout(config, bos=1, eos=[2], files=files, weights="float32", chat_template=True)
    (folder / "config.json").write_text(json.dumps(layout, indent=2) + "\n")
    for name, difference in check_against_torch(Decoder(folder, config), model, tolerance=1e-4).items():
        print(f"{name}: {difference:.1e}")


if __name__ == "__main__":
    main()
