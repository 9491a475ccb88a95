"""Rescales and reorders channels so that 8-bit blocks lose less, without changing the function the model computes.

Rescaling is SmoothQuant (Xiao et al. 2023, https://arxiv.org/abs/2211.10438): a channel j of the activations is
divided by s_j and the weights that read it are multiplied by it, with s_j = size(x_j)^alpha / size(w_j)^(1-alpha).
The division costs nothing, because it moves into what produces the channel: the norm before query, key, value, gate,
up and the head; the up projection before down; the value projection before output, with one factor for all query
heads that share a key/value head. Different from the paper, sizes are root mean squares and not maxima (see
`decoder_calibrate`).
"""

import numpy as np

from decoder_calibrate import ChannelSizes
from decoder_checkpoint import DecoderConfig, DecoderWeights


def smooth(config: DecoderConfig, weights: DecoderWeights, sizes: ChannelSizes, alpha: float) -> None:
    """Rescales `weights` in place. Only for a tied embedding, which it keeps tied."""
    for index, layer in enumerate(weights.layers):
        s = _factors(sizes.attention[index], [layer.query, layer.key, layer.value], alpha)
        layer.attention_norm /= s
        for matrix in (layer.query, layer.key, layer.value):
            matrix *= s

        s = _factors(sizes.feed_forward[index], [layer.gate, layer.up], alpha)
        layer.feed_forward_norm /= s
        layer.gate *= s
        layer.up *= s

        s = _factors(sizes.down[index], [layer.down], alpha)
        layer.up /= s[:, None]
        layer.down *= s

        shape = (config.kv_heads, config.group, config.head_dim)
        shared = np.sqrt((sizes.output[index].reshape(shape) ** 2).mean(axis=1)).reshape(-1)
        columns = layer.output.reshape(-1, *shape).transpose(0, 2, 1, 3).reshape(-1, shared.size)
        s = _factors(shared, [columns], alpha)
        layer.value /= s[:, None]
        layer.output *= np.repeat(s.reshape(config.kv_heads, 1, config.head_dim), config.group, axis=1).reshape(-1)

    s = _factors(sizes.head, [weights.head], alpha)
    weights.final_norm /= s
    weights.head *= s
    if config.tied_embedding:  # the same array, so the look-up has to undo the factor
        weights.embedding_scale = (1 / s).astype(np.float32)


def _factors(activation: np.ndarray, matrices: list[np.ndarray], alpha: float) -> np.ndarray:
    """One factor a channel, with geometric mean 1 so that scales stay within the range of float16."""
    weight = np.sqrt(sum((matrix.astype(np.float64) ** 2).sum(axis=0) for matrix in matrices))
    tiny = 1e-8
    logarithm = alpha * np.log(np.maximum(activation, tiny)) - (1 - alpha) * np.log(np.maximum(weight, tiny))
    logarithm -= logarithm.mean()
    return np.exp(np.clip(logarithm, np.log(1e-3), np.log(1e3))).astype(np.float32)
