# SPDX-License-Identifier: BSL-1.0
"""Writes safetensors.safetensors by the Python package safetensors (pip install safetensors numpy), for tests/io/safetensors.cpp.

    python3 make_safetensors.py            writes the golden file beside this script
    python3 make_safetensors.py FILE       reads a file that write_safetensors wrote for the same content, and compares
"""
import pathlib
import sys

import numpy
from safetensors import safe_open
from safetensors.numpy import save_file

CONTENT = {
    "dense.weight": (numpy.arange(6, dtype=numpy.float32).reshape(2, 3) - 2.5),
    "dense.bias": numpy.array([0.1, -0.2, 1e-30], dtype=numpy.float64),
    "mask": numpy.array([[True, False, True]]),
    "step": numpy.array(-7, dtype=numpy.int64),
    "ids": numpy.array([1, -2, 2147483647], dtype=numpy.int32),
    "half": numpy.array([1.0, -2.0, 65504.0], dtype=numpy.float16),
    "empty": numpy.zeros((0, 4), dtype=numpy.float32),
    'na"me \\ é😀\n': numpy.array([42.0], dtype=numpy.float32),
}
METADATA = {"format": "pt", "note": 'a "quoted" \\ line\nand é😀\u0001'}

if len(sys.argv) == 1:
    save_file(CONTENT, pathlib.Path(__file__).with_name("safetensors.safetensors"), metadata=METADATA)
else:
    with safe_open(sys.argv[1], framework="numpy") as file:
        assert file.metadata() == METADATA, file.metadata()
        assert set(file.keys()) == set(CONTENT), file.keys()
        for name, wanted in CONTENT.items():
            found = file.get_tensor(name)
            assert found.dtype == wanted.dtype and found.shape == wanted.shape and (found == wanted).all(), name
    print("equal")
