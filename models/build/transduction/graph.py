"""Builds the two ONNX graphs of the spelling-to-pronunciation transformer, node by node.

The encoder computes the cross-attention's keys and values once; the decoder takes them with the past's keys and values
and gives only the new ones. All rows of a pass are as old as each other, so the past has no padding and no mask.

Letters in shapes: B rows, S new phonemes, T past ones, I letters of the input, L layers, H heads, D head dimension.
"""

import sys
from pathlib import Path

import numpy as np
from onnx import TensorProto, helper, numpy_helper

sys.path.append(str(Path(__file__).parent.parent))
from decoder.graph import MICROSOFT, OPSET, Graph  # noqa: E402
from model import HEADS, LAYERS, WIDTH  # noqa: E402

HEAD = WIDTH // HEADS
EPSILON = 1e-6


def _linear(graph, x, name, weights):
    return graph.add("MatMul", [x, graph.constant(f"{name}.weight", weights[f"{name}.weight"].T.copy())], name)


def _norm(graph, x, name, weights):
    scale = graph.constant(f"{name}.weight", weights[f"{name}.weight"])
    return graph.add("SimplifiedLayerNormalization", [x, scale], name, axis=-1, epsilon=EPSILON)


def _feed_forward(graph, x, name, weights):
    inner = graph.add("Relu", [_linear(graph, x, f"{name}.0", weights)], f"{name}.relu")
    return _linear(graph, inner, f"{name}.2", weights)


def _queries(graph, x, name, weights):
    """(B, H, S, D)"""
    rows = graph.add("Reshape", [_linear(graph, x, f"{name}.query", weights), "shape.heads"], f"{name}.query_heads")
    return graph.add("Transpose", [rows], f"{name}.queries", perm=[0, 2, 1, 3])


def _keys_values(graph, x, name, weights):
    """Keys and values, each (B, H, S, D)."""
    both = graph.add("Reshape", [_linear(graph, x, f"{name}.key_value", weights), "shape.key_value"], f"{name}.both")
    both = graph.add("Transpose", [both], f"{name}.both_first", perm=[2, 0, 3, 1, 4])  # (2, B, H, S, D)
    return [graph.add("Gather", [both, index], f"{name}.{kind}", axis=0) for kind, index in (("keys", "zero"), ("values", "one"))]


def _attend(graph, queries, keys, values, name, weights, mask=None):
    """The attention's output (B, S, WIDTH) and its weights (B, H, S, keys)."""
    scores = graph.add("FusedMatMul", [queries, keys], f"{name}.scores", MICROSOFT, transB=1, alpha=HEAD**-0.5)
    if mask:
        scores = graph.add("Add", [scores, mask], f"{name}.masked")
    attention = graph.add("Softmax", [scores], f"{name}.weights", axis=-1)
    context = graph.add("MatMul", [attention, values], f"{name}.context")
    context = graph.add("Transpose", [context], f"{name}.context_rows", perm=[0, 2, 1, 3])
    context = graph.add("Reshape", [context, "shape.merged"], f"{name}.merged")
    return _linear(graph, context, f"{name}.out", weights), attention


def _constants(graph):
    graph.constant("zero", 0, np.int64)
    graph.constant("one", 1, np.int64)
    graph.constant("axis_0", [0], np.int64)
    graph.constant("axis_1", [1], np.int64)
    graph.constant("shape.heads", [0, 0, HEADS, HEAD], np.int64)
    graph.constant("shape.key_value", [0, 0, 2, HEADS, HEAD], np.int64)
    graph.constant("shape.merged", [0, 0, WIDTH], np.int64)


def _embed(graph, weights, table, places, start, end):
    rows = graph.add("Gather", [graph.constant(f"{table}.weight", weights[f"{table}.weight"]), "input_ids"], table)
    place = graph.constant(f"{places}.weight", weights[f"{places}.weight"])
    return graph.add("Add", [rows, graph.add("Slice", [place, start, end, "axis_0"], places)], "embedding")


def _value(name, shape, dtype=TensorProto.FLOAT):
    return helper.make_tensor_value_info(name, dtype, shape)


def _model(graph, inputs, outputs, name):
    weights = [numpy_helper.from_array(array, key) for key, array in graph.initializers.items()]
    proto = helper.make_graph(graph.nodes, name, inputs, outputs, weights)
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(MICROSOFT, 1)]
    return helper.make_model(proto, opset_imports=opsets, ir_version=10, producer_name="cloze")


def build_encoder(weights):
    """Input: `input_ids` int64 (1, I). Output: `cross` float32 (L, 2, 1, H, I, D), keys then values of each decoder layer."""
    graph = Graph()
    _constants(graph)
    graph.add("Shape", ["input_ids"], "size", start=1, end=2)
    x = _embed(graph, weights, "letters", "letter_places", "axis_0", "size")
    for index in range(LAYERS):
        name = f"encoder.{index}"
        normed = _norm(graph, x, f"{name}.norm1", weights)
        keys, values = _keys_values(graph, normed, f"{name}.attention", weights)
        attended, _ = _attend(graph, _queries(graph, normed, f"{name}.attention", weights), keys, values, f"{name}.attention", weights)
        x = graph.add("Add", [x, attended], f"{name}.attended")
        inner = _feed_forward(graph, _norm(graph, x, f"{name}.norm2", weights), f"{name}.inner", weights)
        x = graph.add("Add", [x, inner], f"{name}.end")
    states = _norm(graph, x, "encoder_norm", weights)
    cross = [part for index in range(LAYERS) for part in _keys_values(graph, states, f"decoder.{index}.cross", weights)]
    graph.add("Concat", cross, "cross_flat", axis=0)  # (L * 2, H, I, D)
    graph.constant("shape.cross", [LAYERS, 2, 1, HEADS, -1, HEAD], np.int64)
    graph.add("Reshape", ["cross_flat", "shape.cross"], "cross")
    outputs = [_value("cross", [LAYERS, 2, 1, HEADS, "letters", HEAD])]
    return _model(graph, [_value("input_ids", [1, "letters"], TensorProto.INT64)], outputs, "encoder")


def build_decoder(weights):
    """
    Inputs: `input_ids` int64 (B, S); `past_key.N`, `past_value.N` float32 (B, H, T, D), T may be 0; `cross` from the encoder.
    Outputs: `logits` float32 (B, phonemes) after the last new phoneme; `new_kv` (L, 2, B, H, S, D);
    `attention` (L, B, H, S, I), the cross-attention.
    """
    graph = Graph()
    _constants(graph)
    graph.constant("masked", -1e9, np.float32)
    graph.constant("visible", 0, np.float32)
    graph.add("Shape", ["input_ids"], "new_size", start=1, end=2)
    graph.add("Shape", ["past_key.0"], "past_size", start=2, end=3)
    graph.add("Add", ["past_size", "new_size"], "whole_size")
    for name in ("past", "whole"):
        graph.add("Squeeze", [f"{name}_size", "axis_0"], f"{name}_count")
    graph.add("Range", ["zero", "whole_count", "one"], "whole_range")  # 0…T+S-1
    graph.add("Range", ["past_count", "whole_count", "one"], "new_range")  # T…T+S-1
    graph.add("Unsqueeze", ["new_range", "axis_1"], "new_column")
    graph.add("LessOrEqual", ["whole_range", "new_column"], "seen")  # (S, T+S)
    graph.add("Where", ["seen", "visible", "masked"], "mask")
    x = _embed(graph, weights, "phonemes", "phoneme_places", "past_size", "whole_size")
    new, attentions = [], []
    for index in range(LAYERS):
        name = f"decoder.{index}"
        normed = _norm(graph, x, f"{name}.norm1", weights)
        keys, values = _keys_values(graph, normed, f"{name}.attention", weights)
        new += [keys, values]
        keys = graph.add("Concat", [f"past_key.{index}", keys], f"{name}.all_keys", axis=2)
        values = graph.add("Concat", [f"past_value.{index}", values], f"{name}.all_values", axis=2)
        attended, _ = _attend(graph, _queries(graph, normed, f"{name}.attention", weights), keys, values, f"{name}.attention", weights, "mask")
        x = graph.add("Add", [x, attended], f"{name}.attended")
        normed = _norm(graph, x, f"{name}.norm2", weights)
        layer = graph.constant(f"{name}.index", index, np.int64)
        both = graph.add("Gather", ["cross", layer], f"{name}.cross.both", axis=0)
        keys, values = (graph.add("Gather", [both, i], f"{name}.cross.{kind}", axis=0) for kind, i in (("keys", "zero"), ("values", "one")))
        crossed, attention = _attend(graph, _queries(graph, normed, f"{name}.cross", weights), keys, values, f"{name}.cross", weights)
        attentions.append(graph.add("Unsqueeze", [attention, "axis_0"], f"{name}.attention_row"))
        x = graph.add("Add", [x, crossed], f"{name}.crossed")
        inner = _feed_forward(graph, _norm(graph, x, f"{name}.norm3", weights), f"{name}.inner", weights)
        x = graph.add("Add", [x, inner], f"{name}.end")
    hidden = _norm(graph, x, "decoder_norm", weights)
    last = graph.add("Gather", [hidden, graph.constant("last", -1, np.int64)], "hidden_last", axis=1)
    graph.add("Gemm", [last, "phonemes.weight"], "logits", transB=1)
    rows = [graph.add("Unsqueeze", [part, "axis_0"], f"{part}.row") for part in new]
    graph.add("Concat", rows, "new_flat", axis=0)  # (L * 2, B, H, S, D)
    graph.add("Shape", ["input_ids"], "batch_size", start=0, end=1)
    graph.constant("layers_two", [LAYERS, 2], np.int64)
    graph.constant("heads_1d", [HEADS], np.int64)
    graph.constant("head_1d", [HEAD], np.int64)
    graph.add("Concat", ["layers_two", "batch_size", "heads_1d", "new_size", "head_1d"], "new_shape", axis=0)
    graph.add("Reshape", ["new_flat", "new_shape"], "new_kv")
    graph.add("Concat", attentions, "attention", axis=0)

    inputs = [_value("input_ids", ["batch", "new"], TensorProto.INT64)]
    for index in range(LAYERS):
        inputs += [_value(f"past_{kind}.{index}", ["batch", HEADS, "past", HEAD]) for kind in ("key", "value")]
    inputs.append(_value("cross", [LAYERS, 2, 1, HEADS, "letters", HEAD]))
    outputs = [
        _value("logits", ["batch", weights["phonemes.weight"].shape[0]]),
        _value("new_kv", [LAYERS, 2, "batch", HEADS, "new", HEAD]),
        _value("attention", [LAYERS, "batch", HEADS, "new", "letters"]),
    ]
    return _model(graph, inputs, outputs, "decoder")
