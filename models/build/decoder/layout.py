"""config.json of a decoder-only model in Cloze's layout: everything the runtime must know without opening the graph."""

from .checkpoint import DecoderConfig
from .graph import LOGITS_BLOCK


def decoder_layout(config: DecoderConfig, *, bos: int | None, eos: list[int], files: list[str], weights: str, chat_template: bool) -> dict:
    """`files` are the graph and data files; `weights` says how they are stored, in words."""
    return {
        "layout": "cloze-decoder-1",
        "family": "decoder-only",
        "layers": config.layers,
        "heads": config.heads,
        "kvHeads": config.kv_heads,
        "headDim": config.head_dim,
        "hiddenSize": config.hidden,
        "vocabSize": config.vocab,
        "contextLength": config.context,
        "bosTokenId": bos,
        "eosTokenIds": eos,
        "weights": weights,
        "files": {
            "decoder": "decoder.onnx",
            "score": "score.onnx",
            "data": [name for name in files if name.endswith(".data")],
            "tokenizer": "tokenizer.json",
            "chatTemplate": "chat_template.jinja" if chat_template else None,
        },
        "tensors": {
            "inputIds": "input_ids",
            "pastLengths": "past_lengths",
            "pastKey": "past_key.{layer}",
            "pastValue": "past_value.{layer}",
            "logits": "logits",
            "hidden": "hidden",
            "newKeyValue": "new_kv",
            **({"blockMaxima": "block_maxima", "logSumExp": "log_sum_exp"} if config.vocab % LOGITS_BLOCK == 0 else {}),
            "scoreHidden": "hidden",
            "scoreTargets": "targets",
            "scoreLogProbs": "log_probs",
        },
    }
