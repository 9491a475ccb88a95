"""Turns a decoder graph of today's layout into the older merged one, as repositories of 2023 have it.

Such a `decoder_model_merged.onnx` has no `position_ids` and wants `use_cache_branch`. Optimum no longer writes it for
decoder-only models, but most downloads of Xenova/gpt2 are of this kind.
"""

from pathlib import Path

import onnx
from onnx import TensorProto, helper


def write_merged(source: Path, target: Path) -> None:
    """Adds the input `use_cache_branch`, which must be given and of which both branches compute the same."""
    model = onnx.load(source)
    graph = model.graph
    graph.input.append(helper.make_tensor_value_info("use_cache_branch", TensorProto.BOOL, [1]))
    logits = next(output for output in graph.output if output.name == "logits")
    for node in graph.node:
        node.output[:] = ["logits.computed" if name == "logits" else name for name in node.output]
    branch = lambda name: helper.make_graph(
        [helper.make_node("Identity", ["logits.computed"], [name])],
        name,
        [],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, None)],
    )
    graph.node.append(
        helper.make_node("If", ["use_cache_branch"], ["logits"], then_branch=branch("with_past"), else_branch=branch("without"))
    )
    assert logits.name == "logits"
    target.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(model, target)
