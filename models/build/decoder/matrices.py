"""Merges a checkpoint's matrices into those of the graph, and quantises them."""

from dataclasses import dataclass

import numpy as np

from .calibrate import Grams
from .checkpoint import DecoderConfig, DecoderWeights, LayerWeights
from .quantise import BlockQuantised, quantise

Matrix = np.ndarray | BlockQuantised  # (outputs, inputs)


@dataclass(frozen=True)
class LayerMatrices:
    attention_norm: np.ndarray
    query_key_value: Matrix
    output: Matrix
    feed_forward_norm: np.ndarray
    gate_up: Matrix
    down: Matrix
    query_key_value_bias: np.ndarray | None
    query_norm: np.ndarray | None
    key_norm: np.ndarray | None


@dataclass(frozen=True)
class DecoderMatrices:
    layers: list[LayerMatrices]
    final_norm: np.ndarray
    head: Matrix  # (vocab, hidden)
    embedding: Matrix  # (vocab, hidden); the same object as `head` when the two are tied
    head_scale: np.ndarray | None  # see DecoderWeights


def merge_matrices(
    config: DecoderConfig, weights: DecoderWeights, block: int | None = None, grams: Grams | None = None
) -> DecoderMatrices:
    """Float32 matrices without `block`; otherwise 8-bit blocks, rounded with the help of `grams` where given."""

    def store(parts: list[np.ndarray], gram: np.ndarray | None) -> Matrix:
        matrix = np.concatenate(parts)
        return matrix if block is None else quantise(matrix, block, gram)

    # 1/sqrt(D) moves into the query; rotating it is linear, so the scores are the same. A norm of the queries would
    # undo it, so there it moves into the norm's weight.
    scale = np.float32(1 / np.sqrt(config.head_dim))
    query_scale = np.float32(1) if config.query_key_norm else scale

    def bias(layer: LayerWeights) -> np.ndarray | None:
        if layer.query_bias is None:
            return None
        return np.concatenate([layer.query_bias * query_scale, layer.key_bias, layer.value_bias])

    layers = [
        LayerMatrices(
            attention_norm=layer.attention_norm,
            query_key_value=store([layer.query * query_scale, layer.key, layer.value], grams and grams.attention[i]),
            output=store([layer.output], grams and grams.output[i]),
            feed_forward_norm=layer.feed_forward_norm,
            gate_up=store([layer.gate, layer.up], grams and grams.feed_forward[i]),
            down=store([layer.down], grams and grams.down[i]),
            query_key_value_bias=bias(layer),
            query_norm=None if layer.query_norm is None else layer.query_norm * scale,
            key_norm=layer.key_norm,
        )
        for i, layer in enumerate(weights.layers)
    ]
    head = store([weights.head], grams and grams.head)
    return DecoderMatrices(
        layers=layers,
        final_norm=weights.final_norm,
        head=head,
        embedding=head if config.tied_embedding else store([weights.embedding], None),
        head_scale=weights.head_scale,
    )
