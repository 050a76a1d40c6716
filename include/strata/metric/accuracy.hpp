// SPDX-License-Identifier: BSL-1.0
/// The share of samples that were recognised.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include <strata/core/error.hpp>
#include <strata/metric/average.hpp>
#include <strata/metric/confusion.hpp>

namespace strata {

/// accuracy = correct / total; 0 of no samples.
template <int Classes>
double accuracy(const ConfusionMatrix<Classes>& confusion) {
    return ratio(confusion.correct(), confusion.total());
}

/// The share of samples whose own class is among the k highest scores.
/// Shape: scores [batch, classes], labels [batch].
/// Among equal scores the class of the lower number is the higher, so k = 1 agrees with the first maximum; a NaN never
/// counts as high.
/// Throws DataError where shapes do not fit, a label is no class, or k < 1.
inline double top_k_accuracy(std::span<const float> scores, std::span<const std::int32_t> labels, int k) {
    if (labels.empty() && scores.empty()) return 0.0;
    if (labels.empty() || scores.size() % labels.size() != 0 || scores.empty())
        throw DataError("strata: " + std::to_string(scores.size()) + " scores for " + std::to_string(labels.size()) +
                        " labels; give one score for each sample and class");
    if (k < 1) throw DataError("strata: top-k accuracy with k = " + std::to_string(k) + "; k must be 1 or more");
    const std::size_t classes = scores.size() / labels.size();
    std::int64_t hits = 0;
    for (std::size_t i = 0; i < labels.size(); ++i) {
        if (labels[i] < 0 || static_cast<std::size_t>(labels[i]) >= classes)
            throw DataError("strata: label " + std::to_string(labels[i]) + " of sample " + std::to_string(i) +
                            " does not lie in the classes 0 to " + std::to_string(classes - 1) + "; check the labels");
        const auto row = scores.subspan(i * classes, classes);
        const auto label = static_cast<std::size_t>(labels[i]);
        const float own = row[label];
        std::int64_t above = 0;
        for (std::size_t c = 0; c < classes; ++c) above += row[c] > own || (row[c] == own && c < label);
        hits += own == own && above < k;
    }
    return ratio(hits, static_cast<std::int64_t>(labels.size()));
}

}  // namespace strata
