"""Writes the graphs of a decoder-only model with their shared external data."""

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

EXTERNAL_THRESHOLD = 1024  # bytes; smaller tensors stay inside the graph, where shape inference can read them
ALIGNMENT = 4096  # bytes; lets ONNX Runtime map a tensor into memory instead of reading it
MAX_FILE = 95_000_000  # bytes; what code hosts accept in one file without complaint


def write_graphs(folder: Path, graphs: dict[str, tuple], max_file: int = MAX_FILE) -> list[str]:
    """Writes `<name>.onnx` for each (model, initialisers) and the `weights-N.data` files they share.

    An initialiser that two graphs name must be the same in both and is stored once.
    Returns the names of all files written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    placed: dict[str, tuple[str, int, int]] = {}
    contents: dict[str, np.ndarray] = {}
    buffer, data_files = bytearray(), []

    def flush():
        nonlocal buffer
        if buffer:
            name = f"weights-{len(data_files)}.data"
            (folder / name).write_bytes(buffer)
            data_files.append(name)
            buffer = bytearray()

    for model, initializers in graphs.values():
        for name, array in initializers.items():
            if array.nbytes < EXTERNAL_THRESHOLD:
                model.graph.initializer.append(numpy_helper.from_array(array, name))
                continue
            if name in contents:
                if not np.array_equal(contents[name], array):
                    raise ValueError(f"two graphs disagree about the initialiser {name}")
            else:
                raw = np.ascontiguousarray(array).tobytes()
                padding = -len(buffer) % ALIGNMENT
                if len(buffer) + padding + len(raw) > max_file:
                    flush()
                    padding = 0
                buffer.extend(b"\0" * padding)
                placed[name] = (f"weights-{len(data_files)}.data", len(buffer), len(raw))
                contents[name] = array
                buffer.extend(raw)
            model.graph.initializer.append(_external(name, array, placed[name]))
    flush()
    for name, (model, _) in graphs.items():
        onnx.save(model, folder / f"{name}.onnx")
    return [f"{name}.onnx" for name in graphs] + data_files


def _external(name: str, array: np.ndarray, place: tuple[str, int, int]) -> TensorProto:
    tensor = TensorProto(
        name=name,
        data_type=helper.np_dtype_to_tensor_dtype(array.dtype),
        dims=array.shape,
        data_location=TensorProto.EXTERNAL,
    )
    for key, value in zip(("location", "offset", "length"), place):
        tensor.external_data.add(key=key, value=str(value))
    return tensor
