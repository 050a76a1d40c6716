#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""PyTorch's time for one training step (forward, mean cross-entropy, backward, fused Adam at 1e-3), float, one thread.

usage: taskset -c 1 python3 train_torch.py [eager|compile]... [mlp32|mlp128|lenet32]...   (default: all)

mlp*: 784-256-128-10, relu, batch 32 or 128. lenet32: 28x28x1, conv 5x5x6, relu, max-pool 2, conv 5x5x16, relu,
max-pool 2, 256-120-84-10, relu, batch 32. Step i takes batch i mod 8 of eight fixed ones; the losses of steps 1 and 200
show that both systems learn. `compile` compiles forward, loss and backward; the optimiser is the same fused Adam."""
import sys
import time
import warnings

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from timing import measure, report

warnings.filterwarnings("ignore")
torch.set_num_threads(1)
BATCHES = 8


def uniform(n, state):
    """n numbers in [0, 1): s = 1664525 s + 1013904223 mod 2^32, u = (s >> 8) / 2^24; and the state after them."""
    u = np.empty(n)
    for i in range(n):
        state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
        u[i] = (state >> 8) / 2**24
    return u, state


def images(batch):
    """x uniform(-1, 1), label = arg max of x P with P [784, 10] uniform(-1, 1) drawn first; seed 7."""
    p, state = uniform(7840, 7)
    p, result = (2 * p - 1).reshape(784, 10), []
    for _ in range(BATCHES):
        x, state = uniform(batch * 784, state)
        x = (2 * x - 1).reshape(batch, 784)
        result.append((torch.from_numpy(x.astype(np.float32)), torch.from_numpy((x @ p).argmax(1))))
    return result


def mlp():
    return nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 128), nn.ReLU(), nn.Linear(128, 10))


def lenet():
    return nn.Sequential(
        nn.Unflatten(1, (1, 28, 28)), nn.Conv2d(1, 6, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(),
        nn.MaxPool2d(2), nn.Flatten(), nn.Linear(256, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10))


CASES = dict(mlp32=(mlp, 32), mlp128=(mlp, 128), lenet32=(lenet, 32))
SYSTEMS = ("eager", "compile")


def run(system, case):
    make, batch = CASES[case]
    torch.manual_seed(0)
    net, data, count = make(), images(batch), 0
    optimiser = torch.optim.Adam(net.parameters(), 1e-3, fused=True)
    loss_of = lambda x, t: F.cross_entropy(net(x), t)
    if system == "compile":
        torch._dynamo.reset()
        loss_of = torch.compile(loss_of, dynamic=False)

    def step():
        nonlocal count
        loss = loss_of(*data[count % BATCHES])
        count += 1
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
        return loss

    start = time.perf_counter()
    first = step().item()
    first_s = time.perf_counter() - start
    for _ in range(199):
        loss = step()
    extra = dict(loss_1=round(first, 4), loss_200=round(loss.item(), 4), first_step_s=round(first_s, 2),
                 parameters=sum(p.numel() for p in net.parameters()), torch=torch.__version__)
    report(case, f"torch-{system}", measure(step, 0.15), "ms", **extra)


if __name__ == "__main__":
    unknown = [a for a in sys.argv[1:] if a not in CASES and a not in SYSTEMS]
    if unknown:
        sys.exit(f"{unknown[0]}: neither a system {SYSTEMS} nor a case {tuple(CASES)}")
    for case in [c for c in CASES if c in sys.argv] or CASES:
        for system in [s for s in SYSTEMS if s in sys.argv] or SYSTEMS:
            run(system, case)
