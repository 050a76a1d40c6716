#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Whether report.py says what it is given: ratios, shares, and above all that nothing modelled is called measured."""
import pathlib
import sys
import xml.etree.ElementTree

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import report  # noqa: E402


def system(name, seconds, error=1e-7):
    return dict(system=name, seconds=seconds, error=error, allowed=2e-6)


def result(basis, baseline):
    case = dict(suite="product", case="f32 8 x 8", number="f32", operations=1e9, bytes=1e6, peak=1e13,
                systems=[system("cuBLAS", baseline), dict(system="cuDNN", seconds=[], absent="absent: <none>"), system("Strata", [2e-4, 1e-4, 9e-4])])
    wrong = dict(case, case="f32 9 x 9", systems=[system("Strata", [], 1.0)])
    return dict(basis=basis, device="D <1>", source="a sheet", f32=1e13, tf32=0, half=0, bandwidth=1e11, runtime=13000, driver=13000, cublas="13.1.0", cudnn=0, cases=[case, wrong])


facts = dict(date="2026-01-01", commit="abc")
measured, modelled = result("measured", [1e-4, 3e-4, 5e-4]), result("modelled", [])
rows = report.rows(measured)
assert [r["system"] for r in rows] == ["cuBLAS", "cuDNN", "Strata", "Strata"]
assert abs(rows[0]["ratio"] - 1.5) < 1e-9 and rows[2]["ratio"] is None and "median" not in rows[1]
assert abs(rows[2]["median"] - 200) < 1e-9 and abs(rows[2]["peak"] - 0.5) < 1e-9 and abs(rows[2]["bandwidth"] - 0.05) < 1e-9

text = report.markdown(measured, facts)
assert "Measured on D <1>" in text and "odelled" not in text and "1.50" in text and "absent: <none>" in text and "**wrong**" in text
counted = dict(chip="c", kernels=[dict(kernel="void strata::cuda::contract_kernel<strata::ContractStep<float, 1, 32, 256l, -3, false, strata::Accesses<4> > >", launches=2, grid=[8, 3, 1], block=[256, 1, 1],
                                       warp_instructions=20, flops=4e6, global_load=dict(sectors=6, bytes=128), global_store=dict(sectors=2, bytes=64), dram_sectors=4,
                                       shared_wavefronts=3, shared_wavefronts_ideal=2, blocks_per_sm=3, bound_by="arithmetic"), dict(kernel="gemm", library=True, launches=1)])
text = report.markdown(modelled, facts, counted)
tables, heads = text.count("\n| --- |"), text.count("**Modelled, not measured**") + text.count("**Counted, not measured**")
assert tables == heads == 2 and "Measured on" not in text and "| cuBLAS" not in text and "not timed" in text, text
assert "| contract 1 32 256 -3 | 8 x 3 of 256 | 10 | 2 | 0.1 | 0.1 | 75 % | 1.50 | 3 | arithmetic |" in text, text
assert "gemm" not in text

for given, bars in ((measured, 1), (modelled, 1)):
    drawn = xml.etree.ElementTree.fromstring(report.picture(given, facts))
    assert len(drawn.findall("{*}rect")) == bars
    assert ("odelled, not measured" in "".join(drawn.itertext())) == (given is modelled)
assert len(report.table(measured)) == 1 + 4 and report.table(modelled)[1][3] == "modelled"
