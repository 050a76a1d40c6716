#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""PyTorch's time for one sample through 784-256-128-10 (relu, relu, soft-max), float, one thread, called from Python:
the call is part of the figure, as it is for a user of Python.   usage: taskset -c 1 python3 latency_torch.py"""
import warnings

import torch
from torch import nn

from timing import measure, report

warnings.filterwarnings("ignore")
torch.set_num_threads(1)
torch.manual_seed(0)

net = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 128), nn.ReLU(), nn.Linear(128, 10), nn.Softmax(-1))
net.eval()
x = torch.rand(1, 784)
with torch.inference_mode():
    expected = net(x)
    frozen = torch.jit.freeze(torch.jit.trace(net, x, check_trace=False))
    import torch._inductor.config as inductor

    inductor.freezing = True
    for system, f in (("eager", net), ("jit", frozen), ("compile", torch.compile(net))):
        for _ in range(3):
            assert torch.allclose(f(x), expected, atol=1e-5), system
        seconds = measure(lambda: f(x), 0.02)
        report("mlp-784-256-128-10-softmax", f"torch-{system}-py", seconds, "us", torch=torch.__version__)
