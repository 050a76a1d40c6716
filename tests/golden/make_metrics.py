#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Metrics of random predictions by scikit-learn.   python3 make_metrics.py > metrics.hpp   (needs numpy, scikit-learn)"""
import warnings

import numpy as np
import sklearn
from sklearn import metrics

warnings.filterwarnings("ignore")
rng = np.random.default_rng(7)
classes, samples = 7, 240
# Uneven classes; class 5 never occurs, class 6 neither occurs nor is predicted, class 4 is never predicted.
truth = rng.choice(classes, samples, p=[0.3, 0.25, 0.2, 0.15, 0.1, 0, 0])
predicted = np.where(rng.random(samples) < 0.6, truth, rng.choice(classes, samples, p=[0.2, 0.2, 0.2, 0.2, 0, 0.2, 0]))
predicted[predicted == 4] = 0
scores = rng.normal(size=(60, 5)).astype(np.float32)
scores = np.round(scores, 3)
labels = rng.integers(0, 5, 60)


def array(kind, name, values):
    text = ", ".join(repr(v) for v in np.asarray(values).ravel().tolist())
    if kind == "float":
        text = ", ".join(f"{v:.3f}f" for v in values.ravel())
    line, lines = "", []
    for word in text.split(", "):
        if len(line) + len(word) > 110:
            lines.append(line.rstrip())
            line = ""
        line += word + ", "
    lines.append(line.rstrip(", "))
    print(f"inline constexpr {kind} {name}[] = {{\n    " + "\n    ".join(lines) + "};")


print("// SPDX-License-Identifier: BSL-1.0")
print(f"// Made by make_metrics.py with scikit-learn {sklearn.__version__}. Not edited by hand.")
print("#pragma once\n\nnamespace golden::metrics {\n")
print(f"inline constexpr int classes = {classes};")
array("int", "truth", truth)
array("int", "predicted", predicted)
keep = dict(labels=range(classes), zero_division=0)
print(f"inline constexpr double accuracy = {float(metrics.accuracy_score(truth, predicted))!r};")
for name, score in [("precision", metrics.precision_score), ("recall", metrics.recall_score), ("f1", metrics.f1_score)]:
    array("double", f"{name}_of_class", score(truth, predicted, average=None, **keep))
    for how in ["macro", "micro", "weighted"]:
        print(f"inline constexpr double {name}_{how} = {float(score(truth, predicted, average=how, **keep))!r};")
print("\n// Scores [60, 5], their labels, and the top-k accuracy for k = 1 .. 5.")
array("float", "scores", scores)
array("int", "labels", labels)
array("double", "top_k", [metrics.top_k_accuracy_score(labels, scores, k=k, labels=range(5)) if k < 5 else 1.0
                          for k in range(1, 6)])
print("\n}  // namespace golden::metrics")
assert all(len(set(row)) == 5 for row in scores.tolist()), "ties would be broken another way"
