#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Tables, CSV and a picture of what strata_cuda_benchmarks --json wrote.

Figures of a runtime that models time are headed so in every table and in the picture; they are never called measured. --counted adds what a
runtime that counts has counted for each kernel: a JSON file with "chip" and "kernels", each with its launches, warp instructions, flops, global
loads and stores, DRAM sectors and shared wavefronts."""
import argparse
import csv
import datetime
import json
import pathlib
import re
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent))
import bars  # noqa: E402


def rows(result):
    """One row a case and system: median and quartiles in microseconds, shares of the data sheet's peak and bandwidth, ratio to Strata's median."""
    out = []
    for case in result["cases"]:
        ours = next((s for s in reversed(case["systems"]) if s["system"].startswith("Strata") and s["seconds"]), None)
        for s in case["systems"]:
            t = s["seconds"]
            row = dict(suite=case["suite"], case=case["case"], system=s["system"], basis=result["basis"], absent=s.get("absent", ""), error=s.get("error"), allowed=s.get("allowed"))
            if t:
                median = statistics.median(t)
                q1, _, q3 = statistics.quantiles(t) if len(t) > 1 else t * 3
                row |= dict(median=median * 1e6, q1=q1 * 1e6, q3=q3 * 1e6, rounds=len(t),
                            peak=case["operations"] / median / case["peak"] if case["peak"] and case["operations"] else None,
                            bandwidth=case["bytes"] / median / result["bandwidth"] if result["bandwidth"] else None,
                            ratio=median / statistics.median(ours["seconds"]) if ours and ours is not s else None)
            out.append(row)
    return out


def head(result):
    """What stands above every table."""
    if result["basis"] == "modelled":
        return f"**Modelled, not measured**: the runtime's model of {result['device']}. It knows only kernels whose code the program holds, so libraries have no time."
    return f"Measured on {result['device']}: medians of CUDA events, systems taking turns."


def figure(value, form):
    return "" if value is None else form(value)


def digits(value):
    return f"{value:.0f}" if value >= 1000 else f"{value:.4g}"


def percent(value):
    return f"{100 * value:.0f} %" if value >= 0.095 else f"{100 * value:.1f} %"


def is_wrong(row):
    return row["allowed"] is not None and not row["error"] <= row["allowed"]


def markdown(result, facts, counted=None):
    versions = f"CUDA runtime {result['runtime'] // 1000}.{result['runtime'] % 1000 // 10}, cuBLAS {result['cublas']}" + (f", cuDNN {result['cudnn']}" if result["cudnn"] else "")
    lines = [f"{facts['date']}, commit {facts['commit']}, {versions}. Data sheet ({result['source']}): {result['f32'] / 1e12:g} TFLOP/s in f32, {result['tf32'] / 1e12:g} in tf32, "
             f"{result['half'] / 1e12:g} in bf16 and f16, {result['bandwidth'] / 1e9:g} GB/s.", ""]
    all_rows = rows(result)
    modelled = result["basis"] == "modelled"
    for suite in dict.fromkeys(r["suite"] for r in all_rows):
        # A model of kernels has no times of libraries: their rows would be empty.
        of_suite = [r for r in all_rows if r["suite"] == suite and (not modelled or "median" in r or is_wrong(r))]
        lines += [f"### {suite[0].upper()}{suite[1:]}", "", head(result), ""]
        lines += ["| case | system | modelled us | of peak | of bandwidth | error |", "| --- | --- | --- | --- | --- | --- |"] if modelled else \
            ["| case | system | us | of peak | of bandwidth | its time by Strata's | error |", "| --- | --- | --- | --- | --- | --- | --- |"]
        last = None
        for r in of_suite:
            cells = [r["case"] if r["case"] != last else "", r["system"], r["absent"] or (figure(r.get("median"), digits) or "not timed"), figure(r.get("peak"), percent), figure(r.get("bandwidth"), percent)]
            cells += [] if modelled else [figure(r.get("ratio"), lambda v: f"{v:.2f}")]
            cells += [figure(r["error"], lambda v: f"{v:.0e}") + (" **wrong**" if is_wrong(r) else "")]
            last = r["case"]
            lines.append("| " + " | ".join(cells) + " |")
        lines.append("")
    if counted:
        lines += counters(counted)
    return "\n".join(lines)


def short(name):
    """A kernel's family and the numbers that its step begins with."""
    family = re.search(r"([a-z]+)_kernel", name)
    family = family[1] if family else name[:30]
    before = name.split("Accesses")[0]
    step = before.split("Step", 1)[-1]
    numbers = re.findall(r"Li(n?\d+)E", step) if name.startswith("_Z") else re.findall(r"(?<![\w)])(-?\d+)l?(?=[,> ])", step)
    return f"{family} {' '.join(n.replace('n', '-') for n in numbers[:8])}".strip()


def counters(counted, most=80):
    lines = ["### Counted", "", f"**Counted, not measured**, on a pretended {counted['chip']}, for one launch. Libraries' kernels are not seen. DRAM: distinct sectors of a launch; L2: all sectors asked for; "
             "bytes used: asked for by sectors moved (above 100 % lanes share); conflicts: shared wavefronts by conflict-free ones.", "",
             "| kernel | blocks x threads | warp instructions | Mflop | DRAM KB | L2 KB | bytes used | conflicts | blocks an SM | bound by |", "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"]
    for k in [k for k in counted["kernels"] if not k.get("library")][:most]:
        n = k["launches"]
        load, store = k["global_load"], k["global_store"]
        sectors, asked = load["sectors"] + store["sectors"], load["bytes"] + store["bytes"]
        blocks, threads = (" x ".join(str(e) for e in v if e != 1) or "1" for v in (k["grid"], k["block"]))
        conflict = f"{k['shared_wavefronts'] / k['shared_wavefronts_ideal']:.2f}" if k["shared_wavefronts_ideal"] else ""
        lines.append(f"| {short(k['kernel'])} | {blocks} of {threads} | {k['warp_instructions'] / n:.0f} | {k['flops'] / n / 1e6:.3g} | {k['dram_sectors'] / n * 32 / 1e3:.1f} | {sectors / n * 32 / 1e3:.1f} | "
                     f"{percent(asked / (sectors * 32)) if sectors else ''} | {conflict} | {k['blocks_per_sm']} | {k['bound_by']} |")
    return lines + [""]


def picture(result, facts):
    """Measured: time of others by Strata's. Modelled: Strata's share of what the data sheet allows, the larger of arithmetic and memory."""
    all_rows = rows(result)
    if result["basis"] == "modelled":
        shown = [(f"{r['suite']} {r['case']}", r["system"] if r["system"] != "Strata" else "", max(r.get("peak") or 0, r.get("bandwidth") or 0), f"{digits(r['median'])} us modelled", True, None)
                 for r in all_rows if r["system"].startswith("Strata") and "median" in r]
        return bars.picture("Modelled, not measured: Strata's share of the data sheet's bound", f"the runtime's model of {result['device']}, {facts['date']}", shown, most=1, left=560, unit_at=1)
    shown = [(f"{r['suite']} {r['case']}", r["system"], r["ratio"], f"{r['ratio']:.2f} ({digits(r['median'])} us)", r["ratio"] >= 1, None) for r in all_rows if r.get("ratio")]
    return bars.picture("Time of others by that of Strata", f"{result['device']}, {facts['date']}", shown, most=3, left=560)


def table(result):
    keys = "suite", "case", "system", "basis", "median", "q1", "q3", "rounds", "peak", "bandwidth", "ratio", "error", "allowed", "absent"
    return [("suite", "case", "system", "basis", "median_us", "q1_us", "q3_us", *keys[7:])] + \
        [tuple(f"{v:.6g}" if isinstance(v := r.get(k), float) else "" if v is None else v for k in keys) for r in rows(result)]


def commit():
    answer = subprocess.run(["git", "-C", str(HERE), "rev-parse", "--short", "HEAD"], text=True, capture_output=True)
    return answer.stdout.strip() or "unknown"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("results", help="what strata_cuda_benchmarks --json wrote")
    parser.add_argument("--counted", metavar="FILE", help="counters of the same run, as JSON")
    parser.add_argument("--doc", metavar="FILE", help="writes the tables there too, as a page of documentation")
    parser.add_argument("--out", metavar="FOLDER", default=".", help="where cuda.md, cuda.csv and cuda.svg go (here)")
    options = parser.parse_args()
    try:
        result = json.loads(pathlib.Path(options.results).read_text())
        counted = json.loads(pathlib.Path(options.counted).read_text()) if options.counted else None
    except (OSError, ValueError) as error:
        sys.exit(f"report.py: {error}")
    facts = dict(date=datetime.date.today().isoformat(), commit=commit())
    out = pathlib.Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    (out / "cuda.md").write_text(markdown(result, facts, counted))
    with (out / "cuda.csv").open("w", newline="") as file:
        csv.writer(file).writerows(table(result))
    (out / "cuda.svg").write_text(picture(result, facts))
    if options.doc:
        pathlib.Path(options.doc).write_text("# Benchmarks on a CUDA device\n\nWritten by `benchmarks/kernel/cuda/report.py --doc`; what the columns mean is in [cuda.md](cuda.md).\n\n" + markdown(result, facts))
    print(f"wrote {out}/cuda.md, cuda.csv and cuda.svg")


if __name__ == "__main__":
    main()
