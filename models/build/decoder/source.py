"""Opens the checkpoints that recipes start from."""

import importlib.util
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer


def package_file(package: str, pattern: str) -> Path:
    """A file inside an installed Python package, found without importing it (its own imports may be absent)."""
    spec = importlib.util.find_spec(package)
    if spec is None:
        raise FileNotFoundError(f"the Python package {package} is not installed; see models/build/README.md")
    return next(Path(spec.origin).parent.glob(pattern))


def load_gguf(path: Path):
    """A transformers model in float32 and its tokenizer, from a GGUF file."""
    model = AutoModelForCausalLM.from_pretrained(path.parent, gguf_file=path.name, dtype=torch.float32)
    return model.eval(), AutoTokenizer.from_pretrained(path.parent, gguf_file=path.name)
