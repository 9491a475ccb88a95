"""Muon (Jordan 2024): momentum whose matrices are orthogonalised by Newton–Schulz before they are applied, scaled to the
step size of AdamW (Liu et al. 2025, arXiv:2502.16982). torch.optim.Muon computes in bfloat16, which is eight times
slower than float32 on processors without it; this one uses float32 and treats matrices of one shape together."""

from collections import defaultdict

import torch


class Muon(torch.optim.Optimizer):
    def __init__(self, matrices, lr, momentum=0.95, weight_decay=0.01, iterations=4):
        super().__init__(matrices, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay, "iterations": iterations})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            shapes = defaultdict(list)
            for p in group["params"]:
                if p.grad is not None:
                    shapes[p.shape].append(p)
            for shape, parameters in shapes.items():
                updates = []
                for p in parameters:
                    buffer = self.state[p].setdefault("momentum", torch.zeros_like(p))
                    buffer.lerp_(p.grad, 1 - group["momentum"])
                    updates.append(p.grad.lerp(buffer, group["momentum"]))
                turned = orthogonalise(torch.stack(updates), group["iterations"])
                for p, update in zip(parameters, turned):
                    p.mul_(1 - group["lr"] * group["weight_decay"])
                    p.add_(update, alpha=-0.2 * group["lr"] * max(shape) ** 0.5)


def orthogonalise(x, iterations):
    """[n, rows, columns] to the nearest orthogonal matrices, roughly (singular values about 0.7 to 1.2)."""
    tall = x.shape[1] > x.shape[2]
    x = x.mT if tall else x
    x = x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)
    for _ in range(iterations):
        a = x @ x.mT
        x = 3.4445 * x + (-4.775 * a + 2.0315 * a @ a) @ x
    return x.mT if tall else x
