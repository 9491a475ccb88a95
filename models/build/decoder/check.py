"""Compares a decoder.onnx with the PyTorch model it was made from, in every way the runtime will call it."""

from pathlib import Path

import numpy as np
import onnxruntime
import torch

from .checkpoint import DecoderConfig


def open_session(path: Path, threads: int = 1) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


class Decoder:
    """Calls decoder.onnx with a padded past that it keeps itself."""

    def __init__(self, folder: Path, config: DecoderConfig, threads: int = 1):
        self.session = open_session(folder / "decoder.onnx", threads)
        self.score_session = open_session(folder / "score.onnx", threads)
        self.config = config

    def empty_past(self, batch: int, length: int, fill: float = 0.0) -> np.ndarray:
        """A past of shape (layers, 2, batch, kv_heads, length, head_dim)."""
        config = self.config
        return np.full((config.layers, 2, batch, config.kv_heads, length, config.head_dim), fill, np.float32)

    def run(self, input_ids: np.ndarray, past_lengths: list[int], past: np.ndarray):
        """Returns logits (B, vocab), hidden (B, S, hidden) and new_kv (L, 2, B, K, S, D)."""
        feeds = {"input_ids": input_ids.astype(np.int64), "past_lengths": np.array(past_lengths, np.int64)}
        for layer in range(self.config.layers):
            feeds[f"past_key.{layer}"] = past[layer, 0]
            feeds[f"past_value.{layer}"] = past[layer, 1]
        return self.session.run(["logits", "hidden", "new_kv"], feeds)

    def score(self, hidden: np.ndarray, targets: np.ndarray) -> np.ndarray:
        return self.score_session.run(None, {"hidden": hidden, "targets": targets.astype(np.int64)})[0]


def store(past: np.ndarray, new_kv: np.ndarray, past_lengths: list[int]) -> None:
    """Writes new keys and values behind each row's past."""
    size = new_kv.shape[4]
    for row, length in enumerate(past_lengths):
        past[:, :, row, :, length : length + size] = new_kv[:, :, row]


def check_against_torch(decoder: Decoder, model, tolerance: float, seed: int = 0) -> dict[str, float]:
    """Largest absolute difference of logits per way of calling; raises AssertionError above the tolerance."""
    config = decoder.config
    random = np.random.default_rng(seed)
    ids = random.integers(3, config.vocab, (3, 40))
    with torch.no_grad():
        reference = model(torch.tensor(ids)).logits.numpy()
        reference_log_probs = torch.log_softmax(torch.tensor(reference), -1).numpy()

    differences: dict[str, float] = {}

    def compare(name: str, got: np.ndarray, expected: np.ndarray) -> None:
        differences[name] = max(differences.get(name, 0.0), float(np.abs(got - expected).max()))

    logits, hidden, new_kv = decoder.run(ids, [0, 0, 0], decoder.empty_past(3, 0))
    compare("prefill, empty past", logits, reference[:, -1])
    targets = ids[0, 1:]
    compare("score", decoder.score(hidden[0, :-1], targets), reference_log_probs[0, np.arange(39), targets])

    # What lies behind a row's length is rubbish, as in a buffer that another request used before.
    past, lengths = decoder.empty_past(3, 64, fill=50.0), [0, 0, 0]
    for start, end in ((0, 1), (1, 8), (8, 24), (24, 40)):
        logits, _, new_kv = decoder.run(ids[:, start:end], lengths, past)
        compare("chunked prefill, padded past", logits, reference[:, end - 1])
        store(past, new_kv, lengths)
        lengths = [end] * 3

    past, lengths = decoder.empty_past(3, 64, fill=-50.0), [5, 17, 33]
    for row, length in enumerate(lengths):
        _, _, new_kv = decoder.run(ids[row : row + 1, :length], [0], decoder.empty_past(1, 0))
        store(past[:, :, row : row + 1], new_kv, [0])
    for _ in range(3):
        step = np.array([[ids[row, length]] for row, length in enumerate(lengths)])
        logits, _, new_kv = decoder.run(step, lengths, past)
        compare("steps, mixed lengths", logits, reference[[0, 1, 2], lengths])
        store(past, new_kv, lengths)
        lengths = [length + 1 for length in lengths]

    shared = decoder.empty_past(1, 64, fill=9.0)
    _, _, new_kv = decoder.run(ids[:1, :20], [0], decoder.empty_past(1, 0))
    store(shared, new_kv, [0])
    branches = random.integers(3, config.vocab, (4, 5))
    logits, _, _ = decoder.run(branches, [20] * 4, shared)
    with torch.no_grad():
        joined = np.concatenate([np.repeat(ids[:1, :20], 4, axis=0), branches], axis=1)
        compare("past shared by four rows", logits, model(torch.tensor(joined)).logits.numpy()[:, -1])

    too_far = {name: value for name, value in differences.items() if not value <= tolerance}
    assert not too_far, f"differs from PyTorch by more than {tolerance}: {too_far}"
    return differences
