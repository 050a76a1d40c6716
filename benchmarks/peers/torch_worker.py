#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""PyTorch's side of the paired benchmark, speaking as worker.hpp says; called from Python, the call being part of the figure, as it is for a user.

training: forward, mean cross-entropy, backward, fused Adam at 1e-3. mlp*: 784-256-128-10, relu, batch 32 or 128; lenet32: 28x28x1, conv 5x5x6, relu,
max-pool 2, conv 5x5x16, relu, max-pool 2, 256-120-84-10, relu, batch 32. Step i takes batch i mod 8 of eight fixed ones. `compiled` compiles forward
and loss, and with them their backward; the optimiser is the same fused Adam.
one sample: 784-256-128-10, relu, soft-max, in inference mode; also as frozen TorchScript, and compiled with its weights frozen."""
import itertools
import json
import os
import sys
import time
import warnings

os.environ.setdefault("TORCHINDUCTOR_COMPILE_THREADS", "1")  # no helpers that stay
import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

warnings.filterwarnings("ignore")
torch.set_num_threads(int(sys.argv[1]))
BATCHES, SAMPLES = 8, 64


def uniform(n, seed):
    """n numbers in (-1, 1), those of Uniform in cases.hpp, from the closed form of s = 1664525 s + 1013904223 (mod 2^32)."""
    power = np.full(n + 1, 1664525, np.uint32)
    power[0] = 1
    power = power.cumprod(dtype=np.uint32)
    s = power[1:] * np.uint32(seed) + np.uint32(1013904223) * power[:-1].cumsum(dtype=np.uint32)
    return (s >> np.uint32(8)) / 8388608.0 - 1


def images(batch):
    u = uniform(7840 + BATCHES * batch * 784, 7)
    p, x = u[:7840].reshape(784, 10), u[7840:].reshape(BATCHES, batch, 784)
    return [(torch.from_numpy(b.astype(np.float32)), torch.from_numpy((b @ p).argmax(1))) for b in x]


def with_weights(net):
    u, at = uniform(sum(p.numel() for p in net.parameters()), 3), 0
    for layer in net:
        for p in layer.parameters():
            fan_in = layer.weight[0].numel()
            p.data = torch.from_numpy((u[at:at + p.numel()] / fan_in**0.5).astype(np.float32)).reshape(p.shape)
            at += p.numel()
    return net


def mlp(*end):
    return with_weights(nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 128), nn.ReLU(), nn.Linear(128, 10), *end))


def lenet():
    return with_weights(nn.Sequential(
        nn.Unflatten(1, (1, 28, 28)), nn.Conv2d(1, 6, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(),
        nn.MaxPool2d(2), nn.Flatten(), nn.Linear(256, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10)))


def training(make, batch, compiled):
    net, data = make(), images(batch)
    parameters, count = list(net.parameters()), 0
    first = [p.detach().clone() for p in parameters]
    optimiser = torch.optim.Adam(parameters, 1e-3, fused=True)
    loss_of = lambda x, t: F.cross_entropy(net(x), t)
    if compiled:
        loss_of = torch.compile(loss_of, dynamic=False)

    def step():
        nonlocal count
        loss = loss_of(*data[count % BATCHES])
        count += 1
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
        return loss

    @torch.no_grad()
    def restart():
        nonlocal count
        count = 0
        for p, was in zip(parameters, first):
            p.copy_(was)
            for moment in optimiser.state[p].values():
                moment.zero_()

    return [step().item() for _ in range(11)], step, restart  # the losses before the first step, ..., after ten


def one_sample(way):
    net, x = mlp(nn.Softmax(-1)).eval(), torch.from_numpy(uniform(SAMPLES * 784, 12345).astype(np.float32)).reshape(SAMPLES, 1, 784)
    f = net
    if way == "script":
        f = torch.jit.freeze(torch.jit.trace(net, x[0], check_trace=False))
    if way == "compiled":
        f = torch.compile(net, options={"freezing": True})
    for _ in range(3):
        y = f(x[0])
    turn = itertools.cycle(x.unbind())
    return y[0].tolist(), lambda: f(next(turn)), None


ITEMS = {}
for name, (make, batch) in {"mlp32": (mlp, 32), "mlp128": (mlp, 128), "lenet32": (lenet, 32)}.items():
    for way in "eager", "compiled":
        ITEMS[f"training: {name}", f"torch {way}"] = lambda m=make, b=batch, w=way: training(m, b, w == "compiled")
for way in "eager", "script", "compiled":
    ITEMS["one sample", f"torch {way}"] = lambda w=way: one_sample(w)
ready = {}


def prepare(key, seconds):
    result, call, restart = ITEMS[key]()
    start, calls = time.perf_counter(), 0
    while time.perf_counter() - start < 0.3 or calls < 3:
        call()
        calls += 1
    ready[key] = call, restart, max(1, int(seconds * calls / (time.perf_counter() - start)))
    return dict(result=result)


def measure(key):
    call, restart, inner = ready[key]
    for _ in range(1 + inner // 50):
        call()
    if restart:
        restart()
    cpu, wall = time.process_time(), time.perf_counter()
    for _ in range(inner):
        call()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return dict(seconds=wall / inner, busy=cpu / wall)


print(json.dumps(dict(version=f"PyTorch {torch.__version__}", items=[[c, s, 0] for c, s in ITEMS])), flush=True)
for line in sys.stdin:
    verb, case, system, *seconds = line.rstrip("\n").split("\t")
    try:
        with torch.inference_mode(case == "one sample"):
            answer = prepare((case, system), float(seconds[0])) if verb == "prepare" else measure((case, system))
    except Exception as error:
        answer = dict(error=f"{type(error).__name__}: {str(error)[:200]}")
    print(json.dumps(answer), flush=True)
