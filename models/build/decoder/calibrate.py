"""Measures the activations that enter each linear layer on real text, for `equalise` and `quantise`."""

from dataclasses import dataclass

import numpy as np
import torch


@dataclass
class Grams:
    """Mean outer products x xᵀ over tokens of what enters the linear layers: their diagonals say how large each
    channel is, the rest how channels go together. `attention`, `feed_forward` and `head` are taken after the norm
    but before its weight."""

    attention: list[np.ndarray]  # (hidden, hidden), before query, key and value
    output: list[np.ndarray]  # (heads * head_dim, heads * head_dim)
    feed_forward: list[np.ndarray]  # (hidden, hidden), before gate and up
    down: list[np.ndarray]  # (intermediate, intermediate)
    head: np.ndarray  # (hidden, hidden)


@torch.no_grad()
def measure_grams(model, sequences: list[list[int]]) -> Grams:
    """Runs token sequences through a transformers Llama.

    Every token's activations are divided by their own root mean square, because the quantiser scales each token by
    itself: without that, the first token's huge activations would drown all the others.
    """
    sums: dict[torch.nn.Module, torch.Tensor] = {}

    def record(module, inputs):
        x = inputs[0].reshape(-1, inputs[0].shape[-1])
        x = x / x.pow(2).mean(-1, keepdim=True).sqrt().clamp_min(1e-12)
        sums[module] = sums.get(module, 0) + x.T @ x

    layers = model.model.layers
    watched = [model.model.norm]
    for layer in layers:
        watched += [layer.input_layernorm, layer.self_attn.o_proj, layer.post_attention_layernorm, layer.mlp.down_proj]
    handles = [module.register_forward_pre_hook(record) for module in watched]
    try:
        for sequence in sequences:
            model(torch.tensor([sequence]))
    finally:
        for handle in handles:
            handle.remove()
    tokens = sum(map(len, sequences))

    def gram(module) -> np.ndarray:
        return (sums[module] / tokens).numpy()

    return Grams(
        attention=[gram(layer.input_layernorm) for layer in layers],
        output=[gram(layer.self_attn.o_proj) for layer in layers],
        feed_forward=[gram(layer.post_attention_layernorm) for layer in layers],
        down=[gram(layer.mlp.down_proj) for layer in layers],
        head=gram(model.model.norm),
    )
