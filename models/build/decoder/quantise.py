"""Symmetric 8-bit block quantisation in the layout of MatMulNBits and GatherBlockQuantized."""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import cholesky

ZERO_POINT = 128  # what both operators assume for 8-bit data without explicit zero points
DAMPING = 0.01  # of the mean diagonal, added to the gram matrix so that it can be inverted


@dataclass(frozen=True)
class BlockQuantised:
    data: np.ndarray  # uint8 (rows, blocks, block): level + ZERO_POINT, level in -127…127
    scales: np.ndarray  # float16 (rows, blocks)

    @property
    def block(self) -> int:
        return self.data.shape[2]

    @property
    def shape(self) -> tuple[int, int]:
        return self.data.shape[0], self.data.shape[1] * self.data.shape[2]

    def dequantise(self) -> np.ndarray:
        """The float32 matrix (rows, columns) that the quantised one stands for."""
        levels = self.data.astype(np.float32) - ZERO_POINT
        return (levels * self.scales.astype(np.float32)[..., None]).reshape(self.shape)


def quantise(weight: np.ndarray, block: int, gram: np.ndarray | None = None) -> BlockQuantised:
    """Quantises (rows, columns) with one float16 scale for each run of `block` columns of a row.

    Without `gram` every weight goes to its nearest level. With the gram matrix (columns, columns) of the inputs, each
    column's rounding error is made up for in the columns after it, as far as inputs go together: GPTQ (Frantar et al.
    2022, https://arxiv.org/abs/2210.17323), in the original order of the columns.
    Raises ValueError when the columns do not divide into blocks: padding would cost size and hide a mistake.
    """
    rows, columns = weight.shape
    if columns % block:
        raise ValueError(f"{columns} columns do not divide into blocks of {block}")
    spread = None if gram is None else _spread(gram)
    rest = weight.astype(np.float32)  # what is still to be quantised, with the errors of earlier columns
    data = np.empty((rows, columns // block, block), np.uint8)
    scales = np.empty((rows, columns // block), np.float16)
    for index in range(columns // block):
        start, end = index * block, (index + 1) * block
        part = rest[:, start:end].copy()
        scales[:, index] = np.abs(part).max(axis=1) / 127
        # Levels are rounded against the scale as it is stored, so that its own rounding to float16 does no harm.
        divisor = np.where(scales[:, index] == 0, 1, scales[:, index]).astype(np.float32)
        if spread is None:
            levels = np.clip(np.rint(part / divisor[:, None]), -127, 127)
        else:
            levels, errors = np.empty_like(part), np.empty_like(part)
            for j in range(block):
                levels[:, j] = np.clip(np.rint(part[:, j] / divisor), -127, 127)
                errors[:, j] = (part[:, j] - levels[:, j] * divisor) / spread[start + j, start + j]
                part[:, j + 1 :] -= errors[:, j : j + 1] * spread[start + j, start + j + 1 : end]
            rest[:, end:] -= errors @ spread[start:end, end:]
        data[:, index] = levels + ZERO_POINT
    return BlockQuantised(data, scales)


def _spread(gram: np.ndarray) -> np.ndarray:
    """Upper triangular: row j says where the error of column j goes."""
    damped = gram.astype(np.float64) + DAMPING * np.diag(gram).mean() * np.eye(len(gram))
    return cholesky(np.linalg.inv(damped)).astype(np.float32)
