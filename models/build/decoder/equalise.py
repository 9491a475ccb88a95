"""Spreads large channels out so that 8-bit blocks lose less, without changing the function the model computes.

Rescaling is SmoothQuant (Xiao et al. 2023, https://arxiv.org/abs/2211.10438): a channel j of the activations is
divided by s_j and the weights that read it are multiplied by it, with s_j = size(x_j)^alpha / size(w_j)^(1-alpha).
Sizes are root mean squares here, maxima in the paper.

It costs nothing when the model runs, except at the two ends, where embedding and head share one table: a
multiplication each (`DecoderWeights.head_scale`). Elsewhere the norms' weights, the up projection (against down) and
the value projection (against output, with one factor for all query heads that share a key/value head) carry it.
"""

import numpy as np

from .calibrate import Grams
from .checkpoint import DecoderConfig, DecoderWeights


def equalise(config: DecoderConfig, weights: DecoderWeights, grams: Grams, alpha: float = 0.5) -> None:
    """Rescales `weights` in place, and changes `grams` to be those of the new activations."""
    if not config.tied_embedding:
        raise ValueError("equalise is written for an embedding that is tied to the head")
    for index, layer in enumerate(weights.layers):
        _value_and_output(config, layer, grams.output[index], alpha)

        s = _factors(grams.down[index], [layer.down], alpha)
        layer.up /= s[:, None]
        layer.down *= s
        grams.down[index] /= np.outer(s, s)

        # The norm's weight moves into the matrices, the norm keeps the rescaling.
        for norm, readers, gram in (
            (layer.attention_norm, (layer.query, layer.key, layer.value), grams.attention[index]),
            (layer.feed_forward_norm, (layer.gate, layer.up), grams.feed_forward[index]),
        ):
            for matrix in readers:
                matrix *= norm
            s = _factors(gram, readers, alpha)
            for matrix in readers:
                matrix *= s
            norm[:] = 1 / s
            gram /= np.outer(s, s)

    gram = grams.head
    gram *= np.outer(weights.final_norm, weights.final_norm)
    s = _factors(gram, [weights.head], alpha)
    weights.head *= s  # also the embedding: it is the same array
    gram /= np.outer(s, s)
    weights.head_scale = 1 / s


def _value_and_output(config: DecoderConfig, layer, gram: np.ndarray, alpha: float) -> None:
    kv, group, dim = config.kv_heads, config.group, config.head_dim
    sizes = np.diag(gram).reshape(kv, group, dim).mean(axis=1).reshape(-1)
    columns = layer.output.reshape(-1, kv, group, dim).transpose(0, 2, 1, 3).reshape(-1, kv * dim)
    s = _factors(np.diag(sizes), [columns], alpha)
    repeated = np.repeat(s.reshape(kv, 1, dim), group, axis=1).reshape(-1)
    layer.value /= s[:, None]
    layer.output *= repeated
    gram /= np.outer(repeated, repeated)


def _factors(gram: np.ndarray, readers, alpha: float) -> np.ndarray:
    """One factor a channel, with geometric mean 1 so that scales stay within the range of float16."""
    activation = np.sqrt(np.maximum(np.diag(gram), 1e-16))
    weight = np.sqrt(np.maximum(sum((matrix.astype(np.float64) ** 2).sum(axis=0) for matrix in readers), 1e-16))
    logarithm = alpha * np.log(activation) - (1 - alpha) * np.log(weight)
    logarithm -= logarithm.mean()
    return np.exp(np.clip(logarithm, np.log(1e-3), np.log(1e3))).astype(np.float32)
