# SPDX-License-Identifier: BSL-1.0
"""Timing and reporting for the peers that Python drives: one JSON line per measurement, as latency_eigen.cpp prints."""
import json
import time


def measure(f, repeat_s, repeats=9, warm_s=0.3):
    """Seconds per call of `repeats` undisturbed repeats, sorted, and how many were discarded. A repeat whose wall time
    exceeds its CPU time by 3 % shared the core with somebody and is taken again (at most 60 times)."""
    start, calls = time.perf_counter(), 0
    while time.perf_counter() - start < warm_s or calls < 3:
        f()
        calls += 1
    inner = max(1, int(repeat_s * calls / (time.perf_counter() - start)))
    seconds, discarded = [], 0
    while len(seconds) < repeats:
        cpu, wall = time.process_time(), time.perf_counter()
        for _ in range(inner):
            f()
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        if wall > 1.03 * cpu and discarded < 60:
            discarded += 1
        else:
            seconds.append(wall / inner)
    return sorted(seconds), discarded


def report(case, system, measured, unit, **extra):
    seconds, discarded = measured
    scale = {"ms": 1e3, "us": 1e6}[unit]
    figure = lambda s: float(f"{s * scale:.5g}")
    line = dict(case=case, system=system, threads=1, median=figure(seconds[len(seconds) // 2]), min=figure(seconds[0]),
                max=figure(seconds[-1]), unit=unit, repeats=len(seconds), discarded=discarded, **extra)
    print(json.dumps(line), flush=True)
