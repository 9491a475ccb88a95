"""Builds the two ONNX graphs of a decoder-only model, `decoder.onnx` and `score.onnx`, node by node.

Written by hand, and not exported, for the sake of speed on a CPU:
- the past comes in and only the new keys and values go out; attention is two products, over the past and over
  the new tokens, joined before one softmax, so the past is never copied;
- one product each for query, key and value and for gate and up;
- 8-bit blocks (MatMulNBits), the embedding tied to the head (GatherBlockQuantized).

Letters in shapes: B rows, Bp rows of the past (B, or 1 for a past that all rows share), S new tokens, T past
positions with padding, L layers, H query heads, K key/value heads, G = H / K, D head dimension.
"""

import numpy as np
from onnx import TensorProto, helper

from .checkpoint import DecoderConfig
from .matrices import DecoderMatrices, LayerMatrices, Matrix
from .quantise import BlockQuantised

OPSET = 21
MICROSOFT = "com.microsoft"
LOGITS_BLOCK = 128  # logits that share one entry of `block_maxima`; the runtime looks through scores in such blocks
MASKED = np.float32(-1e9)  # finite, so that a fully masked row cannot become NaN


class Graph:
    """A list of nodes and initialisers; `add` returns the names of a new node's outputs."""

    def __init__(self):
        self.nodes = []
        self.initializers: dict[str, np.ndarray] = {}

    def add(self, op: str, inputs: list[str], output: str, domain: str = "", **attributes) -> str:
        self.nodes.append(helper.make_node(op, inputs, [output], name=output, domain=domain, **attributes))
        return output

    def add_many(self, op: str, inputs: list[str], outputs: list[str], domain: str = "", **attributes) -> list[str]:
        self.nodes.append(
            helper.make_node(op, inputs, outputs, name=next(filter(None, outputs)), domain=domain, **attributes)
        )
        return outputs

    def constant(self, name: str, value, dtype=None) -> str:
        self.initializers[name] = np.asarray(value, dtype=dtype)
        return name


def _scales(graph: Graph, name: str, quantised: BlockQuantised) -> str:
    """Scales are stored in float16 and widened by a Cast that ONNX Runtime folds away when it loads the graph."""
    half = graph.constant(f"{name}.scales", quantised.scales)
    return graph.add("Cast", [half], f"{name}.scales_f32", to=TensorProto.FLOAT)


def _linear(graph: Graph, x: str, name: str, weight: Matrix) -> str:
    """x (…, inputs) times weight (outputs, inputs) transposed."""
    if isinstance(weight, BlockQuantised):
        data = graph.constant(f"{name}.weight", weight.data)
        return _product(graph, x, data, _scales(graph, name, weight), name, weight)
    return graph.add("MatMul", [x, graph.constant(f"{name}.weight", weight.T.copy())], name)


def _product(graph: Graph, x: str, data: str, scales: str, name: str, weight: BlockQuantised) -> str:
    rows, columns = weight.shape
    return graph.add(
        "MatMulNBits",
        [x, data, scales],
        name,
        MICROSOFT,
        K=columns,
        N=rows,
        bits=8,
        block_size=weight.block,
        accuracy_level=4,  # activations are quantised to 8 bits per block as well
    )


def _table(graph: Graph, name: str, weight: Matrix) -> None:
    """Adds the initialisers of a (vocab, hidden) matrix that a look-up and a product can share."""
    if isinstance(weight, BlockQuantised):
        graph.constant(f"{name}.weight", weight.data)
        _scales(graph, name, weight)
    else:
        graph.constant(f"{name}.weight", weight)


def _embed(graph: Graph, input_ids: str, name: str, matrices: DecoderMatrices) -> str:
    """input_ids (B, S) to the residual stream (B, S, hidden)."""
    table = matrices.embedding
    if isinstance(table, BlockQuantised):
        rows, columns = table.shape
        shape = graph.constant("embedding.scales_shape", [rows, columns // table.block, 1], np.int64)
        scales = graph.add("Reshape", [f"{name}.scales_f32", shape], "embedding.scales_3d")
        blocks = graph.add(
            "GatherBlockQuantized",
            [f"{name}.weight", input_ids, scales],
            "embedding.blocks",
            MICROSOFT,
            gather_axis=0,
            quantize_axis=2,
            bits=8,
            block_size=table.block,
        )
        x = graph.add("Reshape", [blocks, graph.constant("embedding.shape", [0, 0, columns], np.int64)], "embedding")
    else:
        x = graph.add("Gather", [f"{name}.weight", input_ids], "embedding")
    if matrices.head_scale is None:
        return x
    return graph.add("Mul", [x, "head.scale"], "embedding.unscaled")


def _head(graph: Graph, hidden: str, name: str, matrices: DecoderMatrices) -> str:
    """Final-normed states (rows, hidden) to logits (rows, vocab)."""
    x = hidden
    if matrices.head_scale is not None:
        x = graph.add("Mul", [x, "head.scale"], "head.scaled")
    if isinstance(matrices.head, BlockQuantised):
        return _product(graph, x, f"{name}.weight", f"{name}.scales_f32", "logits", matrices.head)
    return graph.add("Gemm", [x, f"{name}.weight"], "logits", transB=1)


def _summary(graph: Graph, config: DecoderConfig) -> None:
    """Adds what every way of choosing a token needs of the logits, so that nobody has to walk through all of them."""
    shape = graph.constant("logits_blocks_shape", [0, config.vocab // LOGITS_BLOCK, LOGITS_BLOCK], np.int64)
    blocks = graph.add("Reshape", ["logits", shape], "logits_blocks")
    last_axis = graph.constant("last_axis", [-1], np.int64)
    graph.add("ReduceMax", [blocks, last_axis], "block_maxima", keepdims=0)
    log_probs = graph.add("LogSoftmax", ["logits"], "logits_log_softmax", axis=-1)
    first = graph.constant("first_token", 0, np.int64)
    score = graph.add("Gather", ["logits", first], "first_score", axis=1)
    log_prob = graph.add("Gather", [log_probs, first], "first_log_prob", axis=1)
    graph.add("Sub", [score, log_prob], "log_sum_exp")


def _head_constants(graph: Graph, matrices: DecoderMatrices) -> None:
    if matrices.head_scale is not None:
        graph.constant("head.scale", matrices.head_scale)


def _positions(graph: Graph, config: DecoderConfig) -> None:
    """Adds `positions` (B, S), the attention mask and the sizes that every layer shares."""
    graph.constant("zero", 0, np.int64)
    graph.constant("one", 1, np.int64)
    graph.constant("axis_0", [0], np.int64)
    graph.constant("axis_1", [1], np.int64)
    graph.add("Shape", ["input_ids"], "new_size", start=1, end=2)  # [S]
    graph.add("Shape", ["past_key.0"], "past_size", start=2, end=3)  # [T]
    graph.add("Squeeze", ["new_size", "axis_0"], "new_count")
    graph.add("Squeeze", ["past_size", "axis_0"], "past_count")
    graph.add("Range", ["zero", "new_count", "one"], "new_range")  # 0…S-1
    graph.add("Range", ["zero", "past_count", "one"], "past_range")  # 0…T-1
    graph.add("Unsqueeze", ["past_lengths", "axis_1"], "past_lengths_column")  # (B, 1)
    graph.add("Add", ["past_lengths_column", "new_range"], "positions")  # (B, S)
    # Joined scores have T + S columns. Column j is seen from new token i of row b when it is a valid past
    # position (j < past_lengths[b]) or a new one up to i (T <= j <= T + i). Both follow from one comparison each.
    graph.constant("masked", MASKED)
    graph.constant("visible", 0, np.float32)
    graph.add("Less", ["past_range", "past_lengths_column"], "past_visible")  # (B, T)
    graph.add("Where", ["past_visible", "visible", "masked"], "past_mask_2d")
    graph.constant("axes_1_2", [1, 2], np.int64)
    graph.add("Unsqueeze", ["past_mask_2d", "axes_1_2"], "past_mask_4d")  # (B, 1, 1, T)
    graph.add("Unsqueeze", ["new_range", "axis_1"], "new_column")  # (S, 1)
    graph.add("LessOrEqual", ["new_range", "new_column"], "new_visible")  # (S, S)
    graph.add("Where", ["new_visible", "visible", "masked"], "new_mask_2d")
    # The G query heads of a group are folded into the rows of one product, so the mask repeats G times.
    graph.constant("group_repeats", [config.group, 1], np.int64)
    graph.add("Tile", ["new_mask_2d", "group_repeats"], "new_mask_rows")  # (G*S, S)
    graph.add("Shape", ["past_lengths"], "batch_size")  # [B]
    graph.constant("one_1d", [1], np.int64)
    graph.constant("group_1d", [config.group], np.int64)
    graph.add("Mul", ["new_size", "group_1d"], "rows_size")  # [G*S]
    graph.add("Concat", ["one_1d", "one_1d", "rows_size", "one_1d"], "past_mask_rows", axis=0)
    graph.add("Expand", ["past_mask_4d", "past_mask_rows"], "past_mask")  # (B, 1, G*S, T)
    graph.add("Concat", ["batch_size", "one_1d", "rows_size", "new_size"], "new_mask_shape", axis=0)
    graph.add("Expand", ["new_mask_rows", "new_mask_shape"], "new_mask")  # (B, 1, G*S, S)
    graph.add("Concat", ["past_mask", "new_mask"], "mask", axis=-1)  # (B, 1, G*S, T+S)
    graph.add("Concat", ["past_size", "new_size"], "split_sizes", axis=0)


def _rope_caches(graph: Graph, config: DecoderConfig) -> None:
    """Cosines and sines of every position, (context, D/2). ONNX Runtime folds these nodes when it loads the graph."""
    exponent = np.arange(0, config.head_dim, 2, dtype=np.float32) / np.float32(config.head_dim)
    graph.constant("rope.frequency", 1 / np.float32(config.rope_theta) ** exponent, np.float32)
    graph.constant("rope.start", 0, np.float32)
    graph.constant("rope.end", config.context, np.float32)
    graph.constant("rope.step", 1, np.float32)
    positions = graph.add("Range", ["rope.start", "rope.end", "rope.step"], "rope.positions")
    column = graph.add("Unsqueeze", [positions, "axis_1"], "rope.column")
    angle = graph.add("Mul", [column, "rope.frequency"], "rope.angle")
    graph.add("Cos", [angle], "rope.cos")
    graph.add("Sin", [angle], "rope.sin")


def _attention(graph: Graph, x: str, layer: int, matrices: LayerMatrices, config: DecoderConfig):
    """x (B, S, hidden), normed, to the attention's output and the layer's new key and value."""
    name = f"layer.{layer}.attention"
    heads, kv, dim = config.heads, config.kv_heads, config.head_dim
    qkv = _linear(graph, x, f"{name}.qkv", matrices.query_key_value)
    if matrices.query_key_value_bias is not None:
        bias = graph.constant(f"{name}.qkv_bias", matrices.query_key_value_bias)
        qkv = graph.add("Add", [qkv, bias], f"{name}.qkv_biased")
    if config.query_key_norm == "whole":
        qkv = _query_key_norm(graph, qkv, "sizes.qkv_columns", name, matrices, config)
    by_head = graph.add("Reshape", [qkv, "shape.heads"], f"{name}.qkv_heads")  # (B, S, H+2K, D)
    if config.query_key_norm == "head":
        by_head = _query_key_norm(graph, by_head, "sizes.qkv_heads", name, matrices, config)
    by_head = graph.add("Transpose", [by_head], f"{name}.qkv_rows", perm=[0, 2, 1, 3])  # (B, H+2K, S, D)
    query_key, value = graph.add_many(
        "Split", [by_head, "sizes.query_key_value"], [f"{name}.query_key", f"new_value.{layer}"], axis=1
    )
    rotated = graph.add(
        "RotaryEmbedding", [query_key, "positions", "rope.cos", "rope.sin"], f"{name}.rotated", MICROSOFT
    )
    query, key = graph.add_many("Split", [rotated, "sizes.query_key"], [f"{name}.query", f"new_key.{layer}"], axis=1)
    query = graph.add("Reshape", [query, "shape.groups"], f"{name}.query_groups")  # (B, K, G*S, D)

    past_scores = graph.add("FusedMatMul", [query, f"past_key.{layer}"], f"{name}.past_scores", MICROSOFT, transB=1)
    new_scores = graph.add("FusedMatMul", [query, key], f"{name}.new_scores", MICROSOFT, transB=1)
    scores = graph.add("Concat", [past_scores, new_scores], f"{name}.scores", axis=-1)  # (B, K, G*S, T+S)
    scores = graph.add("Add", [scores, "mask"], f"{name}.masked_scores")
    weights_all = graph.add("Softmax", [scores], f"{name}.weights", axis=-1)
    past_weights, new_weights = graph.add_many(
        "Split", [weights_all, "split_sizes"], [f"{name}.past_weights", f"{name}.new_weights"], axis=-1
    )
    past_context = graph.add("MatMul", [past_weights, f"past_value.{layer}"], f"{name}.past_context")
    new_context = graph.add("MatMul", [new_weights, value], f"{name}.new_context")
    context = graph.add("Add", [past_context, new_context], f"{name}.context")  # (B, K, G*S, D)
    context = graph.add("Reshape", [context, "shape.context_heads"], f"{name}.context_heads")  # (B, H, S, D)
    context = graph.add("Transpose", [context], f"{name}.context_rows", perm=[0, 2, 1, 3])
    context = graph.add("Reshape", [context, "shape.merged"], f"{name}.context_merged")  # (B, S, H*D)
    return _linear(graph, context, f"{name}.output", matrices.output), key, value


def _query_key_norm(
    graph: Graph, qkv: str, sizes: str, name: str, matrices: LayerMatrices, config: DecoderConfig
) -> str:
    """RMS norms of queries and keys: over the columns of all heads (B, S, columns), or of each (B, S, H+2K, D)."""
    parts = [f"{name}.{part}_projected" for part in ("query", "key", "value")]
    graph.add_many("Split", [qkv, sizes], parts, axis=2)
    query, _ = _norm(graph, parts[0], None, f"{name}.query_norm", matrices.query_norm, config.norm_epsilon)
    key, _ = _norm(graph, parts[1], None, f"{name}.key_norm", matrices.key_norm, config.norm_epsilon)
    return graph.add("Concat", [query, key, parts[2]], f"{name}.qkv_normed", axis=2)


def _post_norm(graph: Graph, x: str, block: str, name: str, weight: np.ndarray, epsilon: float) -> str:
    """x + norm(block), as OLMo 2 adds a block's output."""
    normed, _ = _norm(graph, block, None, name, weight, epsilon)
    return graph.add("Add", [x, normed], f"{name}.residual")


def _feed_forward(graph: Graph, x: str, layer: int, matrices: LayerMatrices) -> str:
    name = f"layer.{layer}.feed_forward"
    merged = _linear(graph, x, f"{name}.gate_up", matrices.gate_up)
    gate, up = graph.add_many("Split", [merged], [f"{name}.gate", f"{name}.up"], axis=-1, num_outputs=2)
    silu = graph.add("QuickGelu", [gate], f"{name}.silu", MICROSOFT, alpha=1.0)
    return _linear(graph, graph.add("Mul", [silu, up], f"{name}.gated"), f"{name}.down", matrices.down)


def _norm(graph: Graph, x: str, added: str | None, name: str, weight: np.ndarray, epsilon: float) -> tuple[str, str]:
    """RMS norm of x, or of x + added; returns (normed, the sum)."""
    scale = graph.constant(f"{name}.weight", weight)
    if added is None:
        return graph.add("SimplifiedLayerNormalization", [x, scale], name, axis=-1, epsilon=epsilon), x
    graph.add_many(
        "SkipSimplifiedLayerNormalization",
        [x, added, scale],
        [name, "", "", f"{name}.residual"],
        MICROSOFT,
        epsilon=epsilon,
    )
    return name, f"{name}.residual"


def _model(graph: Graph, inputs, outputs, name: str):
    """The ONNX model without its initialisers, which `export` writes beside it."""
    proto = helper.make_graph(graph.nodes, name, inputs, outputs)
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(MICROSOFT, 1)]
    return helper.make_model(proto, opset_imports=opsets, ir_version=10, producer_name="cloze")


def build_decoder(config: DecoderConfig, matrices: DecoderMatrices):
    """Returns (model without initialisers, initialisers by name) for `decoder.onnx`.

    Inputs: `input_ids` int64 (B, S); `past_lengths` int64 (B), the valid past positions of each row;
    `past_key.N`, `past_value.N` float32 (Bp, K, T, D), where T may be 0 and what lies at or beyond a row's past
    length must be finite but is not looked at.
    Outputs: `logits` float32 (B, vocab) of the last new token; `hidden` float32 (B, S, hidden), the states after
    the final norm; `new_kv` float32 (L, 2, B, K, S, D), keys then values. Where the vocabulary divides into blocks of
    LOGITS_BLOCK also `block_maxima` float32 (B, vocab / LOGITS_BLOCK), the largest logit of each block, and
    `log_sum_exp` float32 (B), ln Σ exp(logit).
    """
    graph = Graph()
    heads, kv, dim = config.heads, config.kv_heads, config.head_dim
    graph.constant("shape.heads", [0, 0, heads + 2 * kv, dim], np.int64)
    graph.constant("shape.groups", [0, kv, -1, dim], np.int64)
    graph.constant("shape.merged", [0, 0, heads * dim], np.int64)
    graph.constant("sizes.query_key_value", [heads + kv, kv], np.int64)
    graph.constant("sizes.query_key", [heads, kv], np.int64)
    if config.query_key_norm == "whole":
        graph.constant("sizes.qkv_columns", [heads * dim, kv * dim, kv * dim], np.int64)
    if config.query_key_norm == "head":
        graph.constant("sizes.qkv_heads", [heads, kv, kv], np.int64)
    _positions(graph, config)
    _rope_caches(graph, config)
    graph.constant("heads_dim", [heads], np.int64)
    graph.constant("dim_dim", [dim], np.int64)
    graph.add("Concat", ["batch_size", "heads_dim", "new_size", "dim_dim"], "shape.context_heads", axis=0)

    table = "embedding_table" if config.tied_embedding else "head_table"
    if not config.tied_embedding:
        _table(graph, "embedding_table", matrices.embedding)
    _table(graph, table, matrices.head)
    _head_constants(graph, matrices)

    x = _embed(graph, "input_ids", "embedding_table", matrices)
    added = None
    cache = []
    for index, layer in enumerate(matrices.layers):
        if config.post_norms:
            attended, key, value = _attention(graph, x, index, layer, config)
            name, epsilon = f"layer.{index}", config.norm_epsilon
            x = _post_norm(graph, x, attended, f"{name}.attention_norm", layer.attention_norm, epsilon)
            fed = _feed_forward(graph, x, index, layer)
            x = _post_norm(graph, x, fed, f"{name}.feed_forward_norm", layer.feed_forward_norm, epsilon)
            cache += [key, value]
            continue
        normed, x = _norm(graph, x, added, f"layer.{index}.attention_norm", layer.attention_norm, config.norm_epsilon)
        attended, key, value = _attention(graph, normed, index, layer, config)
        normed, x = _norm(graph, x, attended, f"layer.{index}.feed_forward_norm", layer.feed_forward_norm, config.norm_epsilon)
        added = _feed_forward(graph, normed, index, layer)
        cache += [key, value]
    hidden, _ = _norm(graph, x, added, "hidden", matrices.final_norm, config.norm_epsilon)
    graph.constant("last", -1, np.int64)
    last = graph.add("Gather", [hidden, "last"], "hidden_last", axis=1)  # (B, hidden)
    _head(graph, last, table, matrices)

    graph.add("Concat", cache, "new_kv_flat", axis=0)  # (L*2*B, K, S, D)
    graph.constant("layers_two", [config.layers, 2], np.int64)
    graph.constant("kv_dim", [kv], np.int64)
    graph.add("Concat", ["layers_two", "batch_size", "kv_dim", "new_size", "dim_dim"], "new_kv_shape", axis=0)
    graph.add("Reshape", ["new_kv_flat", "new_kv_shape"], "new_kv")
    has_summary = config.vocab % LOGITS_BLOCK == 0
    if has_summary:
        _summary(graph, config)

    def value(name, shape, dtype=TensorProto.FLOAT):
        return helper.make_tensor_value_info(name, dtype, shape)

    inputs = [value("input_ids", ["batch", "new"], TensorProto.INT64), value("past_lengths", ["batch"], TensorProto.INT64)]
    for index in range(config.layers):
        for kind in ("key", "value"):
            inputs.append(value(f"past_{kind}.{index}", ["past_batch", kv, "past", dim]))
    outputs = [
        value("logits", ["batch", config.vocab]),
        value("hidden", ["batch", "new", config.hidden]),
        value("new_kv", [config.layers, 2, "batch", kv, "new", dim]),
    ]
    if has_summary:
        outputs += [value("block_maxima", ["batch", config.vocab // LOGITS_BLOCK]), value("log_sum_exp", ["batch"])]
    return _model(graph, inputs, outputs, "decoder"), graph.initializers


def build_score(config: DecoderConfig, matrices: DecoderMatrices):
    """Returns (model, initialisers) for `score.onnx`: log-probabilities of given next tokens.

    Inputs: `hidden` float32 (N, hidden), final-normed states; `targets` int64 (N).
    Output: `log_probs` float32 (N), natural logarithms.
    """
    graph = Graph()
    table = "embedding_table" if config.tied_embedding else "head_table"
    _table(graph, table, matrices.head)
    _head_constants(graph, matrices)
    logits = _head(graph, "hidden", table, matrices)
    log_probs = graph.add("LogSoftmax", [logits], "log_softmax", axis=-1)
    graph.constant("axis_1", [1], np.int64)
    graph.add("Unsqueeze", ["targets", "axis_1"], "targets_column")
    graph.add("GatherElements", [log_probs, "targets_column"], "log_probs_column", axis=1)
    graph.add("Squeeze", ["log_probs_column", "axis_1"], "log_probs")
    inputs = [
        helper.make_tensor_value_info("hidden", TensorProto.FLOAT, ["count", config.hidden]),
        helper.make_tensor_value_info("targets", TensorProto.INT64, ["count"]),
    ]
    outputs = [helper.make_tensor_value_info("log_probs", TensorProto.FLOAT, ["count"])]
    return _model(graph, inputs, outputs, "score"), graph.initializers
