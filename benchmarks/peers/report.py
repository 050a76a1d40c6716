# SPDX-License-Identifier: BSL-1.0
"""What `run` measured, as rows, tables and a picture."""
import pathlib
import statistics
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import bars  # noqa: E402  (it lies beside, for other reports too)

UNITS = {"training": ("ms", 1e3), "one sample": ("us", 1e6), "product": ("us", 1e6), "convolution": ("us", 1e6)}
TITLES = {"training": "One training step (forward, loss, gradients, Adam)", "one sample": "One sample through 784-256-128-10 and soft-max",
          "product": "Products (rows x inner x columns)", "convolution": "Convolutions, batch 32, each in its quickest layout"}
# How many times as fast as the best of a family Strata is to be with one thread, by case or kind of case.
ASKED = {("training: mlp32", "torch"): 2, ("training: mlp128", "torch"): 1.5, ("training: lenet32", "torch"): 3, ("one sample", "torch"): 5,
         ("one sample", "eigen"): 1, ("product", "openblas"): 1.1}


def kind(case):
    return case.split(":")[0]


def rows(result, peak, threads):
    """One row a case that Strata and others finished: medians, quartiles, ratios of medians, verdicts."""
    all_rows = []
    for case, entry in result.items():
        unit, factor = UNITS[kind(case)]
        medians = {system: statistics.median(t) for system, t in entry["seconds"].items()}
        if "strata" not in medians:
            continue
        systems, families = {}, {}
        for system, median in medians.items():
            times = entry["seconds"][system]
            q1, _, q3 = statistics.quantiles(times) if len(times) > 1 else times * 3
            systems[system] = dict(median=median * factor, q1=q1 * factor, q3=q3 * factor, min=min(times) * factor, ratio=median / medians["strata"],
                                   share_of_peak=entry["operations"] / median / peak)
            if system != "strata":
                families.setdefault(system.split()[0], []).append(system)
        verdicts = []
        for family, members in families.items():  # the best of PyTorch's ways is what counts
            best = min(members, key=medians.get)
            want = ASKED.get((case, family), ASKED.get((kind(case), family))) if threads == 1 else None
            ratio = systems[best]["ratio"]
            verdicts.append(dict(against=best, ratio=ratio, asked=want, held=None if want is None else ratio >= want))
        all_rows.append(dict(case=case, unit=unit, systems=systems, verdicts=verdicts))
    return all_rows


def table(rows):
    """The lines of the CSV file."""
    keys = "median", "q1", "q3", "min", "ratio", "share_of_peak"
    return [("case", "system", "unit", *keys)] + [(r["case"], s, r["unit"], *(f"{e[k]:.6g}" for k in keys)) for r in rows for s, e in r["systems"].items()]


def digits(value):
    """Four digits, never an exponent."""
    return f"{value:.0f}" if value >= 1000 else f"{value:.4g}"


def told(row):
    """The verdicts that are asked for, or all where none is."""
    return [v for v in row["verdicts"] if v["asked"]] or row["verdicts"]


def threads(facts):
    return "one thread" if facts["threads"] == 1 else f"{facts['threads']} threads"


def section(name, part):
    systems = sorted({s for r in part for s in r["systems"]} - {"strata"})
    unit = part[0]["unit"]
    lines = [f"## {TITLES[name]}", "", f"| | Strata, {unit} | of peak | " + "".join(f"{s}, {unit} | " for s in systems) + "times faster | asked | |",
             "| --- | --- | --- |" + " --- |" * (len(systems) + 3)]
    for r in part:
        ours = r["systems"]["strata"]
        cells = [r["case"].split(": ")[-1], digits(ours["median"]), f"{100 * ours['share_of_peak']:.0f} %",
                 *(digits(r["systems"][s]["median"]) if s in r["systems"] else "" for s in systems),
                 ", ".join(f"{v['ratio']:.2f} ({v['against']})" for v in told(r)), ", ".join(f"{v['asked']:g}" for v in told(r) if v["asked"]),
                 ", ".join("held" if v["held"] else "**missed**" for v in told(r) if v["asked"])]
        lines.append("| " + " | ".join(cells) + " |")
    return lines + [""]


def markdown(rows, facts):
    spread = [(e["q3"] - e["q1"]) / e["median"] for r in rows for e in r["systems"].values()]
    lines = [f"Measured {facts['date']} at commit {facts['commit']} with {threads(facts)} on {facts['cpu']} ({facts['cores']} cores); {facts['compiler']}; "
             f"{'; '.join(facts['versions'])}.",
             f"Multiply-add peak of {threads(facts)} in this run: {facts['peak'] / 1e9:.1f} GFLOP/s (median {facts['peak_median'] / 1e9:.1f}). Each figure is the median "
             f"{facts['clock']} of {facts['rounds']} repeats in alternation; half of a figure's repeats lie within {100 * statistics.median(spread or [0]):.1f} % of each other, as "
             f"a rule. {facts['again']} repeats were taken again because others used the core; the load was {facts['load']:.1f} at the start.", ""]
    for name in TITLES:
        part = [r for r in rows if kind(r["case"]) == name]
        if part:
            lines += section(name, part)
    if facts["absent"]:
        lines += ["Absent from this run: " + "; ".join(f"{system}: {why}" for system, why in facts["absent"]) + ".", ""]
    if facts["errors"]:
        lines += ["Failed in this run: " + "; ".join(f"{case}, {system}: {why}" for case, system, why in facts["errors"]) + ".", ""]
    return "\n".join(lines)


def page(text, picture):
    return ("# How fast it is\n\nWritten by `benchmarks/peers/run --doc`, which says how it measures. \"Times faster\" is the other's median by Strata's; of "
            f"PyTorch's ways of running, the best counts. Results were compared before they were timed.\n\n![Ratios]({picture})\n\n{text}")


def picture(rows, facts):
    """Bars: how many times as long as Strata the others took, the best of each; 1 is Strata, a tick is what is asked for."""
    shown = [(r["case"], v["against"], v["ratio"], f"{v['ratio']:.2f} ({digits(r['systems'][v['against']]['median'])} {r['unit']})",
              v["ratio"] >= 1 if v["held"] is None else v["held"], v["asked"]) for r in rows for v in told(r)]
    return bars.picture("Time of others by that of Strata", f"{facts['cpu']}, {threads(facts)}, {facts['date']}; ticks: what is asked for", shown)
