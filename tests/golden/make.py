#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Writes the golden files beside it: small inputs and results from PyTorch that the C++ tests are held to.

usage: make.py           write every file
       make.py --check   compute again, compare with the files to 1e-12, write nothing

One line is one array: `name rank d0 d1 ... : v0 v1 ...`, row-major; a line that begins with # is a comment. Every input
is a multiple of 1/256 with at most nine digits, so float, double and the text hold the same number; every result is
computed in double from these inputs and written with 17 digits. README.md states names and conventions."""
import math
import os
import sys

import torch
import torch.nn.functional as F

HERE = os.path.dirname(os.path.abspath(__file__))
SEED = 20240229
torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)


# ---- inputs --------------------------------------------------------------------------------------
def grid(t, step=256):
    """The nearest multiples of 1/step: exact in float, in double and in nine digits."""
    return torch.round(t.detach() * step) / step

def uniform(*shape, low=-2.0, high=2.0, step=256):
    return grid(low + (high - low) * torch.rand(shape), step)

def away(*shape, gap=0.125):
    """Uniform in [-2, 2] but at least gap from 0: no kink and no pole is near."""
    x = uniform(*shape)
    return grid(torch.where(x.abs() < gap, torch.where(x < 0, x - gap, x + gap), x))

def distinct(*shape):
    """No two values alike, so that a maximum is unique."""
    n = math.prod(shape)
    return ((torch.randperm(n) - n // 2) / 64.0 + 1 / 128).reshape(shape)


# ---- files ---------------------------------------------------------------------------------------
class File:
    files = {}

    def __init__(self, name, about):
        self.lines = [f"# {about}", f"# torch {torch.__version__}, seed {SEED}; written by make.py"]
        self.names = set()
        File.files[name] = self
        torch.manual_seed(SEED)

    def put(self, name, value, digits):
        value = torch.as_tensor(value).detach()
        assert name not in self.names and " " not in name, name
        assert torch.isfinite(value).all(), name
        self.names.add(name)
        text = [f"{v + 0.0:.{digits}g}" for v in value.double().reshape(-1).tolist()]   # + 0.0: never "-0"
        if digits == 9:
            assert [float(t) for t in text] == value.double().reshape(-1).tolist(), name
            assert torch.equal(value.double(), value.float().double()), name
        self.lines.append(" ".join([name, str(value.dim()), *map(str, value.shape), ":", *text]))

    def given(self, name, value): self.put(name, value, 9)
    def result(self, name, value): self.put(name, value, 17)

    def case(self, name, f, *inputs, attributes=None, dy_step=256):
        """y = f(inputs), then the gradients of sum(y dy): floating inputs that f depends on get a dx."""
        leaves = [x.clone().requires_grad_(x.is_floating_point()) for x in inputs]
        y = f(*leaves)
        dy = uniform(*y.shape, step=dy_step)
        wanted = [x for x in leaves if x.requires_grad]
        gradients = dict(zip(map(id, wanted), torch.autograd.grad(y, wanted, dy, allow_unused=True)))
        if attributes is not None:
            self.given(f"{name}.attributes", torch.tensor(attributes, dtype=torch.float64))
        for i, x in enumerate(leaves):
            self.given(f"{name}.x{i}", x)
        self.result(f"{name}.y", y)
        self.given(f"{name}.dy", dy)
        for i, x in enumerate(leaves):
            if gradients.get(id(x)) is not None:
                self.result(f"{name}.dx{i}", gradients[id(x)])


# ---- ops -----------------------------------------------------------------------------------------
def map_ops():
    f = File("ops_map.txt", "point-wise ops")
    shapes = {"same": ((4, 5), (4, 5)), "row": ((4, 5), (5,)), "outer": ((4, 1), (1, 5))}
    for case, (a, b) in shapes.items():
        for name, op in dict(add=torch.add, subtract=torch.sub, multiply=torch.mul, divide=torch.div).items():
            f.case(f"{name}.{case}", op, away(*a), away(*b, gap=0.5))
        for name, op in dict(maximum=torch.maximum, minimum=torch.minimum).items():
            f.case(f"{name}.{case}", op, uniform(*a, step=128), uniform(*b, step=128) + 1 / 256)  # never alike
    anywhere = dict(
        negate=torch.neg, square=torch.square, exp=torch.exp, tanh=torch.tanh, sigmoid=torch.sigmoid, erf=torch.erf,
        sin=torch.sin, cos=torch.cos, expm1=torch.expm1, silu=F.silu, softplus=F.softplus, mish=F.mish, gelu=F.gelu,
        gelu_tanh=lambda x: F.gelu(x, approximate="tanh"))
    for name, op in anywhere.items():
        f.case(f"{name}.plain", op, uniform(4, 5, low=-4, high=4))
    kinked = dict(abs=torch.abs, relu=F.relu, leaky_relu=lambda x: F.leaky_relu(x, 0.01), elu=F.elu, selu=F.selu,
                  softsign=F.softsign)
    for name, op in kinked.items():
        f.case(f"{name}.plain", op, away(4, 5))
        f.case(f"{name}.kink", op, torch.tensor([-1.0, 0.0, 1.0]))
    for name, op in dict(sqrt=torch.sqrt, rsqrt=torch.rsqrt, log=torch.log, log1p=torch.log1p).items():
        f.case(f"{name}.plain", op, uniform(4, 5, low=0.125, high=5))
    # Where a naive formula overflows or cancels. Written out where torch itself switches to another formula far out.
    f.case("sigmoid.large", torch.sigmoid, torch.tensor([-80.0, -20.0, 20.0, 80.0]))
    f.case("softplus.large", lambda x: F.softplus(x, threshold=700), torch.tensor([-80.0, -20.0, 20.0, 80.0]))
    f.case("tanh.large", torch.tanh, torch.tensor([-80.0, -9.0, 9.0, 80.0]))
    f.case("silu.large", F.silu, torch.tensor([-80.0, -20.0, 20.0, 80.0]))
    f.case("pow.same", torch.pow, uniform(4, 5, low=0.25, high=3), uniform(4, 5))
    f.case("pow.cube", lambda x: x ** 3, away(4, 5), attributes=[3])
    f.case("pow.real", lambda x: x ** 2.5, uniform(4, 5, low=0.25, high=3), attributes=[2.5])
    x = uniform(4, 5)
    near = ((x + 0.75) * (x - 1.25)).abs() < 0.1
    clamp = lambda x: x.clamp(-0.75, 1.25)
    f.case("clamp.plain", clamp, torch.where(near, x + 0.25, x), attributes=[-0.75, 1.25])
    f.case("clamp.kink", clamp, torch.tensor([-0.75, 1.25]), attributes=[-0.75, 1.25])
    f.case("select.same", torch.where, torch.rand(4, 5) < 0.5, uniform(4, 5), uniform(4, 5))
    f.case("select.row", torch.where, torch.rand(4, 1) < 0.5, uniform(4, 5), uniform(5))


def reduce_ops():
    f = File("ops_reduce.txt", "reductions of [2, 3, 4] (axes kept with extent 1) and soft-max")
    ops = dict(
        sum=lambda x, a: x.sum(a, keepdim=True), mean=lambda x, a: x.mean(a, keepdim=True),
        max=lambda x, a: x.amax(a, keepdim=True), min=lambda x, a: x.amin(a, keepdim=True),
        variance=lambda x, a: x.var(a, unbiased=False, keepdim=True),
        logsumexp=lambda x, a: x.logsumexp(a, keepdim=True))
    for name, op in ops.items():
        for axes in ((0,), (1,), (2,), (0, 2), (1, 2), (0, 1, 2)):
            case = f"{name}.axes_{''.join(map(str, axes))}"
            f.case(case, lambda x: op(x, axes), distinct(2, 3, 4) * 2, attributes=list(axes))
    large = lambda: uniform(3, 5, low=-300, high=300, step=1)
    f.case("logsumexp.large", lambda x: x.logsumexp(1, keepdim=True), large(), attributes=[1])
    for name, op in dict(softmax=torch.softmax, log_softmax=torch.log_softmax).items():
        f.case(f"{name}.first", lambda x: op(x, 0), uniform(3, 4, 5), attributes=[0])
        f.case(f"{name}.middle", lambda x: op(x, 1), uniform(3, 4, 5), attributes=[1])
        f.case(f"{name}.last", lambda x: op(x, 2), uniform(3, 4, 5), attributes=[2])
        f.case(f"{name}.large", lambda x: op(x, 1), large(), attributes=[1])


def contract_ops():
    f = File("ops_matmul.txt", "matmul; inputs are multiples of 1/8: every result is exact in float too")
    u = lambda *s: uniform(*s, step=8)
    m, k, n = 4, 5, 3
    exact = dict(dy_step=8)
    f.case("matmul.nn", lambda a, b: a @ b, u(m, k), u(k, n), **exact)
    f.case("matmul.tn", lambda a, b: a.T @ b, u(k, m), u(k, n), **exact)
    f.case("matmul.nt", lambda a, b: a @ b.T, u(m, k), u(n, k), **exact)
    f.case("matmul.tt", lambda a, b: a.T @ b.T, u(k, m), u(n, k), **exact)
    f.case("matmul.batched", lambda a, b: a @ b, u(2, m, k), u(2, k, n), **exact)
    f.case("matmul.batched_nt", lambda a, b: a @ b.mT, u(2, m, k), u(2, n, k), **exact)
    f.case("matmul.shared", lambda a, b: a @ b, u(2, m, k), u(k, n), **exact)
    f = File("ops_conv.txt", "conv2d, exact likewise (multiples of 1/4); attributes: stride, padding, dilation, groups")
    u, exact = lambda *s: uniform(*s, step=4), dict(dy_step=4)
    big, small = (3, 4, 7, 6), (2, 4, 6, 5)
    for shape, kernel, attributes in [
            (big, (3, 3), (1, 0, 1, 1)), (big, (3, 3), (1, 1, 1, 1)), (big, (3, 3), (2, 0, 1, 1)),
            (big, (3, 3), (2, 1, 1, 1)), (big, (3, 3), (1, 1, 1, 2)), (small, (3, 3), (1, 1, 2, 1)),
            (small, (3, 2), (2, 1, 2, 2)), (small, (3, 3), (1, 1, 1, 4)), (small, (1, 1), (1, 0, 1, 1)),
            (small, (2, 3), (1, 0, 1, 1)), (small, (3, 3), (2, 1, 1, 2))]:
        s, p, d, g = attributes
        name = f"conv2d.k{kernel[0]}{kernel[1]}_s{s}_p{p}_d{d}_g{g}" + ("_small" if shape == small else "")
        f.case(name, lambda x, w: F.conv2d(x, w, None, s, p, d, g), u(*shape), u(4, 4 // g, *kernel),
               attributes=attributes, **exact)


def window_ops():
    f = File("ops_window.txt", "pooling; attributes are kernel, stride, padding")
    pools = dict(max_pool2d=F.max_pool2d, avg_pool2d=F.avg_pool2d,  # avg_pool2d divides by kernel^2, padding included
                 avg_pool2d_valid=lambda x, k, s, p: F.avg_pool2d(x, k, s, p, count_include_pad=False))
    for name, op in pools.items():
        for k, s, p in ((2, 2, 0), (3, 2, 1), (3, 1, 1)):
            f.case(f"{name}.k{k}s{s}p{p}", lambda x: op(x, k, s, p), distinct(2, 3, 7, 6), attributes=[k, s, p])


def losses():
    f = File("ops_loss.txt", "losses: means over the batch (cross-entropy) or over all elements (the others)")
    labels = lambda: torch.randint(0, 5, (6,))
    shares = torch.tensor([[8, 4, 2, 1, 1], [0, 16, 0, 0, 0], [4, 4, 4, 2, 2],
                           [1, 1, 1, 1, 12], [0, 8, 8, 0, 0], [3, 3, 3, 3, 4]]) / 16.0
    constant = lambda op: lambda a, b: op(a, b.detach())   # no gradient for the target
    f.case("cross_entropy.labels", F.cross_entropy, uniform(6, 5), labels())
    f.case("cross_entropy.large", F.cross_entropy, uniform(6, 5, low=-300, high=300, step=1), labels())
    f.case("cross_entropy.shares", constant(F.cross_entropy), uniform(6, 5), shares)
    f.case("cross_entropy.smooth", lambda x, t: F.cross_entropy(x, t, label_smoothing=0.125), uniform(6, 5), labels(),
           attributes=[0.125])
    f.case("mse.plain", F.mse_loss, uniform(4, 5), uniform(4, 5))
    f.case("mae.plain", F.l1_loss, uniform(4, 5, step=128), uniform(4, 5, step=128) + 1 / 256)
    f.case("huber.plain", lambda a, b: F.huber_loss(a, b, delta=0.75), uniform(4, 5), uniform(4, 5),
           attributes=[0.75])
    bce = constant(F.binary_cross_entropy_with_logits)
    f.case("bce_with_logits.labels", bce, uniform(6, 3), (torch.rand(6, 3) < 0.5).double())
    f.case("bce_with_logits.shares", bce, uniform(6, 3), uniform(6, 3, low=0, high=1))
    f.case("bce_with_logits.large", bce, uniform(6, 3, low=-300, high=300, step=1), (torch.rand(6, 3) < 0.5).double())


def norms():
    f = File("ops_norm.txt", "normalisation, eps 1e-5; batch_norm: x3, x4 = running mean, variance; momentum 0.1")
    scale = lambda n: uniform(n, low=0.5, high=1.5)
    f.case("layer_norm.last", lambda x, g, b: F.layer_norm(x, (6,), g, b, 1e-5), uniform(4, 6), scale(6), uniform(6))
    f.case("layer_norm.deep", lambda x, g, b: F.layer_norm(x, (5,), g, b, 1e-5), uniform(2, 3, 5), scale(5), uniform(5))
    f.case("layer_norm.offset", lambda x, g, b: F.layer_norm(x, (6,), g, b, 1e-5), uniform(4, 6, step=64) + 100,
           scale(6), uniform(6))
    f.case("rms_norm.last", lambda x, g: F.rms_norm(x, (6,), g, 1e-5), uniform(4, 6), scale(6))
    for case, shape, c in (("dense", (6, 5), 5), ("image", (4, 3, 5, 2), 3)):
        for mode in ("train", "infer"):
            after = []

            def op(x, g, b, mean, variance):
                after[:] = [mean.detach().clone(), variance.detach().clone()]
                return F.batch_norm(x, *after, g, b, training=mode == "train", momentum=0.1, eps=1e-5)
            name = f"batch_norm.{case}_{mode}"
            f.case(name, op, uniform(*shape), scale(c), uniform(c), uniform(c), uniform(c, low=0.5, high=3))
            f.result(f"{name}.running_mean", after[0])
            f.result(f"{name}.running_variance", after[1])


def gathers():
    f = File("ops_gather.txt", "rows of a table: y[i] = x0[x1[i]]; repeated indices add up in dx0")
    take = lambda table, i: F.embedding(i, table)
    f.case("take.vector", take, uniform(7, 3), torch.tensor([4, 0, 4, 6, 4]))
    f.case("take.matrix", take, uniform(7, 3), torch.tensor([[1, 5, 5, 0], [6, 1, 2, 1]]))


# ---- training ------------------------------------------------------------------------------------
STEPS, BATCH = 10, 6

def weight(*shape, fan_in):
    return uniform(*shape, low=-fan_in ** -0.5, high=fan_in ** -0.5)

def dense(name, i, o):
    return {f"{name}.weight": weight(i, o, fan_in=i), f"{name}.bias": weight(o, fan_in=i)}   # y = x W + b

def conv(name, i, o, bias=True):
    p = {f"{name}.weight": weight(o, i, 3, 3, fan_in=9 * i)}
    return p | ({f"{name}.bias": weight(o, fan_in=9 * i)} if bias else {})

def norm(name, c):
    return {f"{name}.scale": uniform(c, low=0.75, high=1.25), f"{name}.shift": uniform(c, low=-0.25, high=0.25)}

def linear(p, name, x): return x @ p[f"{name}.weight"] + p[f"{name}.bias"]

def mlp(p, s, x):
    return linear(p, "dense2", F.relu(linear(p, "dense1", F.relu(linear(p, "dense0", x)))))

def lenet(p, s, x):
    x = F.max_pool2d(F.relu(F.conv2d(x, p["conv0.weight"], p["conv0.bias"])), 2)
    x = F.relu(F.conv2d(x, p["conv1.weight"], p["conv1.bias"]))
    return linear(p, "dense1", F.relu(linear(p, "dense0", x.flatten(1))))

def residual(p, s, x):
    def conv_norm(i, x):
        x = F.conv2d(x, p[f"conv{i}.weight"], padding=1)
        return F.batch_norm(x, s[f"norm{i}.mean"], s[f"norm{i}.variance"], p[f"norm{i}.scale"], p[f"norm{i}.shift"],
                            training=True, momentum=0.1, eps=1e-5)
    x = F.relu(conv_norm(0, x))
    x = F.relu(conv_norm(2, F.relu(conv_norm(1, x))) + x)
    return linear(p, "dense", x.mean((2, 3)))

# net -> forward, parameters, running state, shape of one sample, (low, high, step) of the data
def nets():
    p = dense("dense0", 12, 16) | dense("dense1", 16, 8) | dense("dense2", 8, 4)
    yield "mlp", mlp, p, {}, (12,), (-2, 2, 256)
    p = conv("conv0", 1, 3) | conv("conv1", 3, 4) | dense("dense0", 36, 10) | dense("dense1", 10, 4)
    yield "lenet", lenet, p, {}, (1, 12, 12), (-1, 2, 1)
    # No bias before a norm: its gradient is 0 but for rounding, and Adam would make full steps of that noise.
    p, s = conv("conv0", 2, 4, bias=False) | norm("norm0", 4), {}
    for i in (1, 2):
        p |= conv(f"conv{i}", 4, 4, bias=False) | norm(f"norm{i}", 4)
    for i in range(3):
        s |= {f"norm{i}.mean": torch.zeros(4), f"norm{i}.variance": torch.ones(4)}
    yield "residual", residual, p | dense("dense", 4, 4), s, (2, 6, 6), (-2, 2, 8)

def warm_cosine(step, steps=STEPS, warm=3, base=0.05, last=0.005):
    if step < warm:
        return base * (step + 1) / warm
    return last + (base - last) * 0.5 * (1 + math.cos(math.pi * (step - warm) / (steps - warm)))

RUNS = dict(
    sgd=lambda p: torch.optim.SGD(p, 0.1), momentum=lambda p: torch.optim.SGD(p, 0.05, momentum=0.9),
    nesterov=lambda p: torch.optim.SGD(p, 0.05, momentum=0.9, nesterov=True),
    adam=lambda p: torch.optim.Adam(p, 1e-2), adamw=lambda p: torch.optim.AdamW(p, 1e-2, weight_decay=0.01))
EXTRA = dict(clip=lambda p: torch.optim.SGD(p, 0.5), cosine=lambda p: torch.optim.SGD(p, 1.0, momentum=0.9))
MAX_NORM = 0.5

def train(net, run, parameters, state, data, dtype):
    p = {k: v.to(dtype).clone().requires_grad_() for k, v in parameters.items()}
    s = {k: v.to(dtype).clone() for k, v in state.items()}
    optimiser = (RUNS | EXTRA)[run](list(p.values()))
    trace = dict(loss=[], norm=[], rate=[])
    for step, (x, t) in enumerate(data):
        optimiser.zero_grad()
        loss = F.cross_entropy(net(p, s, x.to(dtype)), t)
        loss.backward()
        trace["loss"].append(loss.item())
        if run == "clip":
            trace["norm"].append(torch.nn.utils.clip_grad_norm_(p.values(), MAX_NORM).item())
        if run == "cosine":
            trace["rate"].append(warm_cosine(step))
            optimiser.param_groups[0]["lr"] = trace["rate"][-1]
        optimiser.step()
    return trace, p, s

def training():
    for name, net, parameters, state, sample, (low, high, step) in seeded_nets():
        f = File(f"training_{name}.txt", f"{name}: {STEPS} steps from one start with each optimiser")
        data = [(uniform(BATCH, *sample, low=low, high=high, step=step), torch.randint(0, 4, (BATCH,)))
                for _ in range(STEPS)]
        for k, v in parameters.items():
            f.given(f"{name}.initial.{k}", v)
        for k, v in state.items():
            f.given(f"{name}.state.{k}", v)
        f.given(f"{name}.x", torch.stack([x for x, _ in data]))
        f.given(f"{name}.labels", torch.stack([t for _, t in data]))
        for run in [*RUNS, *(EXTRA if name == "mlp" else {})]:
            trace, p, s = train(net, run, parameters, state, data, torch.float64)
            trace32, p32, s32 = train(net, run, parameters, state, data, torch.float32)
            gap = max((v - (p32 | s32)[k].double()).abs().max().item() for k, v in (p | s).items())
            print(f"{name}.{run}: loss {trace['loss'][0]:.4f} -> {trace['loss'][-1]:.4f}, gap {gap:.1e}")
            f.lines.append(f"# {name}.{run}: torch in float32 ends within {gap:.1e} of this")
            assert gap < 1e-4, "ill-conditioned for float builds; choose another seed"
            for k, v in trace.items():
                if v:
                    f.result(f"{name}.{run}.{k}", torch.tensor(v))
            for k, v in [*p.items(), *s.items()]:
                f.result(f"{name}.{run}.final.{k}", v)

def seeded_nets():
    torch.manual_seed(SEED + 1)
    yield from list(nets())


def parse(text):
    lines = [l.split(" : ") for l in text.splitlines() if l and not l.startswith("#")]
    return {head: [float(v) for v in tail.split()] for head, tail in lines}

def main():
    for make in (map_ops, reduce_ops, contract_ops, window_ops, losses, norms, gathers, training):
        make()
    worst = 0.0
    for name, file in File.files.items():
        path, text = os.path.join(HERE, name), "\n".join(file.lines) + "\n"
        assert len(text) < 100_000, (name, len(text))
        if "--check" in sys.argv[1:]:
            old, new = parse(open(path).read()), parse(text)
            assert old.keys() == new.keys(), f"{name}: other names or shapes"
            worst = max([worst, *(abs(a - b) / max(1.0, abs(b)) for k in new for a, b in zip(old[k], new[k]))])
            assert worst < 1e-12, f"{name}: values differ by {worst}"
        else:
            open(path, "w").write(text)
        print(f"{name}: {len(file.names)} arrays, {len(text)} bytes")
    if "--check" in sys.argv[1:]:
        print(f"largest difference {worst:.1e}")

if __name__ == "__main__":
    main()
