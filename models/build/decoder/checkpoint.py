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
    # OLMo 2: each block's norm stands after it, before the sum, and there is none before.
    post_norms: bool = False
    # An RMS norm of queries and keys: over all heads together (OLMo 2), over each head by itself (Qwen 3), or none.
    query_key_norm: str | None = None  # "whole" | "head" | None

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
    # (heads * head_dim), (kv_heads * head_dim) twice, or all None: Qwen 2 has them
    query_bias: np.ndarray | None = None
    key_bias: np.ndarray | None = None
    value_bias: np.ndarray | None = None
    # (heads * head_dim) and (kv_heads * head_dim) for a norm over all heads, (head_dim) for one over each
    query_norm: np.ndarray | None = None
    key_norm: np.ndarray | None = None


@dataclass
class DecoderWeights:
    embedding: np.ndarray  # (vocab, hidden)
    layers: list[LayerWeights]
    final_norm: np.ndarray  # (hidden)
    head: np.ndarray  # (vocab, hidden); the same array as `embedding` when the two are tied
    # (hidden), set by `equalise`: what the head multiplies its input by, and the look-up its rows.
    head_scale: np.ndarray | None = None


QUERY_KEY_NORM = {"llama": None, "olmo2": "whole", "qwen2": None, "qwen3": "head"}


def read_config(config) -> DecoderConfig:
    """Describes a transformers configuration, or raises ValueError for what the graph cannot express."""
    if config.model_type not in QUERY_KEY_NORM:
        raise ValueError(f"model_type is {config.model_type!r}; the decoder graph is written for {list(QUERY_KEY_NORM)}")
    if getattr(config, "attention_bias", False) or getattr(config, "mlp_bias", False):
        raise ValueError("the checkpoint has biases in all its projections; the decoder graph has them in Qwen 2's only")
    if getattr(config, "use_sliding_window", False):
        raise ValueError("the checkpoint attends to a sliding window; the decoder graph attends to everything")
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
        post_norms=config.model_type == "olmo2",
        query_key_norm=QUERY_KEY_NORM[config.model_type],
    )


def read_weights(model) -> DecoderWeights:
    """Copies the weights of a transformers causal language model in float32."""

    def array(parameter) -> np.ndarray:
        return parameter.detach().float().numpy().copy()

    def optional(module, name: str) -> np.ndarray | None:
        parameter = getattr(module, name, None)
        parameter = getattr(parameter, "weight", parameter)
        return None if parameter is None else array(parameter)

    def norms(layer):
        """The attention's and the feed-forward's, wherever they stand."""
        if model.config.model_type == "olmo2":
            return layer.post_attention_layernorm, layer.post_feedforward_layernorm
        return layer.input_layernorm, layer.post_attention_layernorm

    embedding = array(model.model.embed_tokens.weight)
    layers = [
        LayerWeights(
            attention_norm=array(norms(layer)[0].weight),
            query=array(layer.self_attn.q_proj.weight),
            key=array(layer.self_attn.k_proj.weight),
            value=array(layer.self_attn.v_proj.weight),
            output=array(layer.self_attn.o_proj.weight),
            feed_forward_norm=array(norms(layer)[1].weight),
            gate=array(layer.mlp.gate_proj.weight),
            up=array(layer.mlp.up_proj.weight),
            down=array(layer.mlp.down_proj.weight),
            query_bias=optional(layer.self_attn.q_proj, "bias"),
            key_bias=optional(layer.self_attn.k_proj, "bias"),
            value_bias=optional(layer.self_attn.v_proj, "bias"),
            query_norm=optional(layer.self_attn, "q_norm"),
            key_norm=optional(layer.self_attn, "k_norm"),
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
