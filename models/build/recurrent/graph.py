"""Builds the two ONNX graphs of the recurrent model, in the layout of decoder-only ones (../decoder/graph.py).

What a transformer keeps as keys and values of every past token, an LSTM has only as its state: "key" is the cell's
output h and "value" its memory c after each token, one layer and one head, and of the past only the row's last
position is looked at. So the scheduler, the decoders and the prefix cache serve both kinds of model alike.

A Scan goes through the new tokens one by one; only the product of the embeddings with the input weights is computed for
all of them together. Products always have two rows or more (the first is repeated), because ONNX Runtime sums a
single row in another order: so a row has the same bits alone and in a batch.
"""

import sys
from pathlib import Path

import numpy as np
from onnx import TensorProto, helper, numpy_helper

sys.path.append(str(Path(__file__).parent.parent))
from decoder.graph import OPSET, Graph  # noqa: E402
from model import STATE, VOCABULARY, WIDTH  # noqa: E402


def _value(name, shape, dtype=TensorProto.FLOAT):
    return helper.make_tensor_value_info(name, dtype, shape)


def _model(graph, inputs, outputs, name):
    """The model without its initialisers, which `write_graphs` puts beside it, and those."""
    proto = helper.make_graph(graph.nodes, name, inputs, outputs)
    model = helper.make_model(proto, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=10, producer_name="cloze")
    return model, graph.initializers


def _product(graph, x, weight, bias, name):
    """x (rows, n) times weight (n, columns) plus bias, for any number of rows with the same bits."""
    first = graph.add("Slice", [x, "zero_1d", "one_1d", "zero_1d"], f"{name}.first")
    more = graph.add("Concat", [x, first], f"{name}.more", axis=0)
    both = graph.add("MatMul", [more, weight], f"{name}.product")
    kept = graph.add("Slice", [both, "zero_1d", "minus_one_1d", "zero_1d"], f"{name}.kept")
    return graph.add("Add", [kept, bias], name)


def _constants(graph):
    graph.constant("zero_1d", [0], np.int64)
    graph.constant("one_1d", [1], np.int64)
    graph.constant("minus_one_1d", [-1], np.int64)


def _cell(weights):
    """The body of the Scan: (h, c, what the input adds) to the next (h, c), and both again as outputs of the step."""
    cell = Graph()
    _constants(cell)
    cell.constant("recurrent.weight", weights["lstm.weight_hh_l0"].T.copy())
    cell.constant("no_bias", np.zeros(4 * STATE, np.float32))
    own = _product(cell, "h", "recurrent.weight", "no_bias", "own")
    cell.add("Add", ["given", own], "gates")
    cell.add_many("Split", ["gates"], ["input_raw", "forget_raw", "new_raw", "output_raw"], axis=-1, num_outputs=4)
    for gate in ("input", "forget", "output"):
        cell.add("Sigmoid", [f"{gate}_raw"], f"{gate}_gate")
    cell.add("Tanh", ["new_raw"], "new")
    kept, added = cell.add("Mul", ["forget_gate", "c"], "kept"), cell.add("Mul", ["input_gate", "new"], "added")
    cell.add("Add", [kept, added], "next_c")
    cell.add("Mul", ["output_gate", cell.add("Tanh", ["next_c"], "shown")], "next_h")
    for name in ("h", "c"):
        cell.add("Identity", [f"next_{name}"], f"step_{name}")
    rows = ["batch", STATE]
    inputs = [_value("h", rows), _value("c", rows), _value("given", ["batch", 4 * STATE])]
    outputs = [_value(name, rows) for name in ("next_h", "next_c", "step_h", "step_c")]
    constants = [numpy_helper.from_array(array, key) for key, array in cell.initializers.items()]
    return helper.make_graph(cell.nodes, "cell", inputs, outputs, constants)


def _start(graph, kind):
    """The state (B, STATE) at the row's last past position; zeros where there is no past."""
    past = graph.add("Squeeze", [f"past_{kind}.0", "one_1d"], f"past_{kind}")  # (Bp, T, STATE)
    # A position of zeros comes first, so that an empty past reads zeros; position p then stands at p.
    shape = graph.add("Concat", [graph.add("Shape", [past], f"{kind}.batch", start=0, end=1), "one_1d", "state_1d"], f"{kind}.zero_shape", axis=0)
    zeros = graph.add("ConstantOfShape", [shape], f"{kind}.zeros")
    all_of_them = graph.add("Concat", [zeros, past], f"{kind}.all", axis=1)  # (Bp, 1 + T, STATE)
    rows = graph.add("Concat", ["batch_size", "one_1d", "one_1d"], f"{kind}.rows", axis=0)
    spread = graph.add("Expand", [all_of_them, rows], f"{kind}.spread")  # (B, 1 + T, STATE)
    return graph.add("GatherND", [spread, "places"], f"start_{kind}", batch_dims=1)


def build_decoder(weights):
    """
    Inputs: `input_ids` int64 (B, S); `past_lengths` int64 (B); `past_key.0` (h) and `past_value.0` (c), float32 (Bp, 1, T, STATE).
    Outputs: `logits` float32 (B, VOCABULARY) after the last new token; `hidden` (B, S, WIDTH), what the head takes;
    `new_kv` (1, 2, B, 1, S, STATE), h then c after each new token.
    """
    graph = Graph()
    _constants(graph)
    graph.constant("state_1d", [STATE], np.int64)
    graph.constant("shape.width", [-1, WIDTH], np.int64)
    graph.constant("shape.state", [-1, STATE], np.int64)
    graph.constant("input.weight", weights["lstm.weight_ih_l0"].T.copy())
    graph.constant("input.bias", weights["lstm.bias_ih_l0"] + weights["lstm.bias_hh_l0"])
    graph.constant("out.weight", weights["out.weight"].T.copy())
    graph.constant("out.bias", weights["out.bias"])
    graph.constant("tokens.weight", weights["tokens.weight"])
    graph.add("Shape", ["past_lengths"], "batch_size")
    graph.add("Shape", ["input_ids"], "new_size", start=1, end=2)
    graph.add("Unsqueeze", ["past_lengths", "one_1d"], "places")  # (B, 1)
    start_h, start_c = _start(graph, "key"), _start(graph, "value")

    tokens_first = graph.add("Transpose", ["input_ids"], "ids_by_time", perm=[1, 0])  # (S, B)
    embedded = graph.add("Gather", ["tokens.weight", tokens_first], "embedded")  # (S, B, WIDTH)
    flat = graph.add("Reshape", [embedded, "shape.width"], "embedded_flat")
    given = _product(graph, flat, "input.weight", "input.bias", "given_flat")
    gates_1d = graph.constant("gates_1d", [4 * STATE], np.int64)
    by_time = graph.add("Concat", ["new_size", "batch_size", gates_1d], "shape.by_time", axis=0)
    given = graph.add("Reshape", [given, by_time], "given_by_time")  # (S, B, 4 * STATE)
    graph.add_many("Scan", [start_h, start_c, given], ["last_h", "last_c", "all_h", "all_c"], body=_cell(weights), num_scan_inputs=1)

    rows = {kind: graph.add("Transpose", [f"all_{kind}"], f"rows_{kind}", perm=[1, 0, 2]) for kind in ("h", "c")}  # (B, S, STATE)
    both = [graph.add("Unsqueeze", [rows[kind], "zero_1d"], f"new_{kind}") for kind in ("h", "c")]
    graph.add("Concat", both, "new_flat", axis=0)  # (2, B, S, STATE)
    graph.constant("one_two", [1, 2], np.int64)
    graph.add("Concat", ["one_two", "batch_size", "one_1d", "new_size", "state_1d"], "new_shape", axis=0)
    graph.add("Reshape", ["new_flat", "new_shape"], "new_kv")

    outputs_flat = graph.add("Reshape", [rows["h"], "shape.state"], "rows_flat")
    hidden = _product(graph, outputs_flat, "out.weight", "out.bias", "hidden_flat")
    width_1d = graph.constant("width_1d", [WIDTH], np.int64)
    graph.add("Concat", ["batch_size", "new_size", width_1d], "hidden_shape", axis=0)
    graph.add("Reshape", [hidden, "hidden_shape"], "hidden")
    last = graph.add("Gather", ["hidden", graph.constant("last", -1, np.int64)], "hidden_last", axis=1)
    graph.add("Identity", [_head(graph, last, weights)], "logits")

    inputs = [_value("input_ids", ["batch", "new"], TensorProto.INT64), _value("past_lengths", ["batch"], TensorProto.INT64)]
    inputs += [_value(f"past_{kind}.0", ["past_batch", 1, "past", STATE]) for kind in ("key", "value")]
    outputs = [
        _value("logits", ["batch", VOCABULARY]),
        _value("hidden", ["batch", "new", WIDTH]),
        _value("new_kv", [1, 2, "batch", 1, "new", STATE]),
    ]
    return _model(graph, inputs, outputs, "decoder")


def _head(graph, x, weights):
    table = graph.add("Transpose", ["tokens.weight"], "head.weight", perm=[1, 0])  # folded when the graph is loaded
    return _product(graph, x, table, graph.constant("head.bias", weights["bias"]), "head")


def build_score(weights):
    """Inputs: `hidden` float32 (N, WIDTH), `targets` int64 (N). Output: `log_probs` float32 (N)."""
    graph = Graph()
    _constants(graph)
    graph.constant("tokens.weight", weights["tokens.weight"])
    logits = _head(graph, "hidden", weights)
    log_probs = graph.add("LogSoftmax", [logits], "log_softmax", axis=-1)
    column = graph.add("Unsqueeze", ["targets", "one_1d"], "targets_column")
    found = graph.add("GatherElements", [log_probs, column], "log_probs_column", axis=1)
    graph.add("Squeeze", [found, "one_1d"], "log_probs")
    inputs = [_value("hidden", ["count", WIDTH]), _value("targets", ["count"], TensorProto.INT64)]
    return _model(graph, inputs, [_value("log_probs", ["count"])], "score")
