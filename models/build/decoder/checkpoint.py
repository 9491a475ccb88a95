"""Reads a decoder-only checkpoint into plain numpy arrays and a description of its architecture.

Shapes of the matrices are PyTorch's: (outputs, inputs).
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class DecoderConfig:
    """What the graph builder needs to know of a Llama-like architecture."""

    layers: int
    heads: int
    kv_heads: int
    head_dim: int
    hidden: int
    intermediate: int
    vocab: int
    context: int
    rope_theta: float
    norm_epsilon: float
    tied_embedding: bool

    @property
    def group(self) -> int:
        """Query heads that share one key/value head (grouped-query attention)."""
        return self.heads // self.kv_heads


@dataclass
class LayerWeights:
    attention_norm: np.ndarray  # (hidden)
    query: np.ndarray  # (heads * head_dim, hidden)
    key: np.ndarray  # (kv_heads * head_dim, hidden)
    value: np.ndarray  # (kv_heads * head_dim, hidden)
    output: np.ndarray  # (hidden, heads * head_dim)
    feed_forward_norm: np.ndarray  # (hidden)
    gate: np.ndarray  # (intermediate, hidden)
    up: np.ndarray  # (intermediate, hidden)
    down: np.ndarray  # (hidden, intermediate)


@dataclass
class DecoderWeights:
    embedding: np.ndarray  # (vocab, hidden)
    layers: list[LayerWeights]
    final_norm: np.ndarray  # (hidden)
    head: np.ndarray  # (vocab, hidden); the same array as `embedding` when the two are tied
    # (hidden), set by `equalise`: what the head multiplies its input by, and the look-up its rows.
    head_scale: np.ndarray | None = None


def read_config(config) -> DecoderConfig:
    """Describes a transformers configuration, or raises ValueError for what the graph cannot express."""
    if config.model_type != "llama":
        raise ValueError(f"model_type is {config.model_type!r}; the decoder graph is written for 'llama'")
    if getattr(config, "attention_bias", False) or getattr(config, "mlp_bias", False):
        raise ValueError("the checkpoint has biases in its projections; the decoder graph has none")
    if config.hidden_act != "silu":
        raise ValueError(f"hidden_act is {config.hidden_act!r}; the decoder graph is written for 'silu'")
    rope = config.rope_parameters
    if rope.get("rope_type", "default") != "default":
        raise ValueError(f"rope_type is {rope['rope_type']!r}; the decoder graph is written for 'default'")
    return DecoderConfig(
        layers=config.num_hidden_layers,
        heads=config.num_attention_heads,
        kv_heads=config.num_key_value_heads,
        head_dim=getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads,
        hidden=config.hidden_size,
        intermediate=config.intermediate_size,
        vocab=config.vocab_size,
        context=config.max_position_embeddings,
        rope_theta=float(rope["rope_theta"]),
        norm_epsilon=config.rms_norm_eps,
        tied_embedding=config.tie_word_embeddings,
    )


def read_weights(model) -> DecoderWeights:
    """Copies the weights of a transformers causal language model in float32."""

    def array(parameter) -> np.ndarray:
        return parameter.detach().float().numpy().copy()

    embedding = array(model.model.embed_tokens.weight)
    layers = [
        LayerWeights(
            attention_norm=array(layer.input_layernorm.weight),
            query=array(layer.self_attn.q_proj.weight),
            key=array(layer.self_attn.k_proj.weight),
            value=array(layer.self_attn.v_proj.weight),
            output=array(layer.self_attn.o_proj.weight),
            feed_forward_norm=array(layer.post_attention_layernorm.weight),
            gate=array(layer.mlp.gate_proj.weight),
            up=array(layer.mlp.up_proj.weight),
            down=array(layer.mlp.down_proj.weight),
        )
        for layer in model.model.layers
    ]
    tied = model.config.tie_word_embeddings
    return DecoderWeights(
        embedding=embedding,
        layers=layers,
        final_norm=array(model.model.norm.weight),
        head=embedding if tied else array(model.lm_head.weight),
    )
