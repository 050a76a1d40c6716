#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Whether `run` and report.py do what they say, with workers that only pretend: `check.py` checks, `check.py worker SPEC` is such a worker.
SPEC: {case: {system: [result, seconds of a call, answers before it ends, CPU time by wall time]}}."""
import importlib.machinery
import importlib.util
import json
import os
import pathlib
import sys
import types
import xml.etree.ElementTree

HERE = pathlib.Path(__file__).resolve().parent


def worker(spec):
    print(json.dumps(dict(version="Pretence 1", items=[[c, s, 1e6] for c, systems in spec.items() for s in systems])), flush=True)
    for line in sys.stdin:
        verb, case, system, *_ = line.rstrip("\n").split("\t")
        result, seconds, answers, busy = spec[case][system]
        if answers == 0:
            sys.exit()
        spec[case][system][2] -= 1
        print(json.dumps(dict(result=result) if verb == "prepare" else dict(seconds=seconds, busy=busy)), flush=True)


def load():
    sys.dont_write_bytecode = True
    loader = importlib.machinery.SourceFileLoader("run", str(HERE / "run"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("run", loader))
    loader.exec_module(module)
    return module


def check():
    run = load()
    assert run.differs([1, 100], [1.009, 100]) is None and run.differs([1, 100], [1, 100.02]) and run.differs([1], [1, 2])

    many = 1000
    specs = [{"peak": {"strata": [[], 1e-5, many, 1]}, "training: mlp32": {"strata": [[2.3, 2.2], 1e-3, many, 1]}, "product: a": {"strata": [[1], 2e-5, many, 1]}},
             {"training: mlp32": {"torch eager": [[2.3, 2.2001], 3e-3, many, 1], "torch script": [[2.3, 2.2], 4e-3, many, 1], "torch compiled": [[2.3, 2.21], 1e-3, many, 1]}},
             {"product: a": {"openblas": [[1], 2e-5, many, 0.5]}}, {"product: a": {"onednn": [[1], 4e-5, 3, 1]}}]
    with open(os.devnull, "w") as log:
        workers = [run.Worker([sys.executable, __file__, "worker", json.dumps(s)], log) for s in specs]
        measured = run.Run(workers, types.SimpleNamespace(only="", threads=1, rounds=4, scale=1, cpu_time=False))
        result = measured.all()
        spent = run.Run(workers[:3], types.SimpleNamespace(only="product", threads=1, rounds=1, scale=1, cpu_time=True)).all()
        assert spent["product: a"]["seconds"] == {"strata": [2e-5], "openblas": [1e-5]}
    assert abs(max(measured.peaks) / 1e11 - 1) < 1e-9 and measured.again == 5 * 5  # each of openblas's repeats, five times
    told = {(case, system): why for case, system, why in measured.errors}
    assert set(told) == {("training: mlp32", "torch compiled"), ("product: a", "onednn")}, told
    assert "2.21" in told["training: mlp32", "torch compiled"] and result["product: a"]["seconds"]["strata"] == [2e-5] * 4

    rows = run.report.rows(result, 1e11, 1)
    assert not any(v["asked"] for r in run.report.rows(result, 1e11, 2) for v in r["verdicts"])
    training, product = rows
    assert [(v["against"], round(v["ratio"], 6), v["held"]) for v in training["verdicts"]] == [("torch eager", 3, True)]
    assert ("openblas", 1, False) in [(v["against"], v["ratio"], v["held"]) for v in product["verdicts"]]
    assert abs(training["systems"]["strata"]["share_of_peak"] - 0.01) < 1e-9
    facts = dict(cpu="a <processor>", cores=2, compiler="", commit="", date="", versions=[], threads=1, rounds=4, clock="wall time", peak=1e11, peak_median=1e11, load=0, again=0,
                 absent=[("eigen", "not here")], errors=measured.errors)
    text = run.report.markdown(rows, facts)
    assert "held" in text and "**missed**" in text and "eigen: not here" in text and "torch compiled: 2.21" in text, text
    lines = [line.count("|") for line in text.splitlines() if line.startswith("|")]
    assert lines[:3] == [lines[0]] * 3 and lines[3:] == [lines[3]] * 3, text
    assert len(run.report.table(rows)) == 1 + 3 + 2
    bars = xml.etree.ElementTree.fromstring(run.report.picture(rows, facts)).findall("{*}rect")
    assert len(bars) == 2  # torch eager, openblas


if __name__ == "__main__":
    if sys.argv[1:2] == ["worker"]:
        worker(json.loads(sys.argv[2]))
    else:
        check()
