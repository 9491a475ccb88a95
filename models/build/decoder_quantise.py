"""Symmetric 8-bit block quantisation in the layout of MatMulNBits and GatherBlockQuantized."""

from dataclasses import dataclass

import numpy as np

ZERO_POINT = 128  # what both operators assume for 8-bit data without explicit zero points


@dataclass(frozen=True)
class BlockQuantised:
    data: np.ndarray  # uint8 (rows, blocks, block): level + ZERO_POINT
    scales: np.ndarray  # float16 (rows, blocks)

    def dequantise(self) -> np.ndarray:
        """The float32 matrix (rows, columns) that the quantised one stands for."""
        levels = self.data.astype(np.float32) - ZERO_POINT
        return (levels * self.scales.astype(np.float32)[..., None]).reshape(len(self.data), -1)


def quantise(weight: np.ndarray, block: int) -> BlockQuantised:
    """Quantises each run of `block` columns of (rows, columns) to levels -127…127 with one float16 scale.

    Raises ValueError when the columns do not divide into blocks: padding would cost size and hide a mistake.
    """
    rows, columns = weight.shape
    if columns % block:
        raise ValueError(f"{columns} columns do not divide into blocks of {block}")
    blocks = weight.reshape(rows, columns // block, block).astype(np.float32)
    scales = (np.abs(blocks).max(axis=-1) / 127).astype(np.float16)
    # Levels are rounded against the scale as it is stored, so its float16 rounding adds no error of its own
    # other than clipping the largest value by at most half a level.
    divisor = np.where(scales == 0, np.float16(1), scales).astype(np.float32)
    levels = np.clip(np.rint(blocks / divisor[..., None]), -127, 127)
    return BlockQuantised((levels + ZERO_POINT).astype(np.uint8), scales)
