"""Measures how large each channel of the activations is on real text, for `decoder_smooth`."""

from dataclasses import dataclass

import numpy as np
import torch


@dataclass
class ChannelSizes:
    """Root mean square of every channel that enters a linear layer, for each layer of the model."""

    attention: list[np.ndarray]  # (hidden), the input of query, key and value
    output: list[np.ndarray]  # (heads * head_dim)
    feed_forward: list[np.ndarray]  # (hidden), the input of gate and up
    down: list[np.ndarray]  # (intermediate)
    head: np.ndarray  # (hidden)


@torch.no_grad()
def measure_channels(model, sequences: list[list[int]]) -> ChannelSizes:
    """Runs the token sequences through a transformers Llama and gathers the statistics of each linear's input.

    Every token's activations are first divided by their own root mean square, because the quantiser scales each
    token by itself: without that, the first token's huge activations would drown all the others.
    """
    sums: dict[torch.nn.Module, torch.Tensor] = {}
    counts: dict[torch.nn.Module, int] = {}

    def record(module, inputs):
        x = inputs[0].reshape(-1, inputs[0].shape[-1]).double()
        x = x / x.pow(2).mean(-1, keepdim=True).sqrt().clamp_min(1e-12)
        sums[module] = sums.get(module, 0) + x.pow(2).sum(0)
        counts[module] = counts.get(module, 0) + len(x)

    layers = model.model.layers
    watched = [model.lm_head]
    for layer in layers:
        watched += [layer.self_attn.q_proj, layer.self_attn.o_proj, layer.mlp.gate_proj, layer.mlp.down_proj]
    handles = [module.register_forward_pre_hook(record) for module in watched]
    try:
        for sequence in sequences:
            model(torch.tensor([sequence]))
    finally:
        for handle in handles:
            handle.remove()

    def size(module) -> np.ndarray:
        return (sums[module] / counts[module]).sqrt().numpy()

    return ChannelSizes(
        attention=[size(layer.self_attn.q_proj) for layer in layers],
        output=[size(layer.self_attn.o_proj) for layer in layers],
        feed_forward=[size(layer.mlp.gate_proj) for layer in layers],
        down=[size(layer.mlp.down_proj) for layer in layers],
        head=size(model.lm_head),
    )
