// SPDX-License-Identifier: BSL-1.0
/// How figures of single classes become one figure.
#pragma once

#include <cstdint>

#include <strata/metric/confusion.hpp>

namespace strata {

/// macro: mean over classes; weighted: mean over classes by their support; micro: counts of all classes pooled first.
/// All Classes count, also those that never occur (as in scikit-learn with labels = 0 .. Classes - 1).
enum class Average { macro, micro, weighted };

/// part / whole, and 0 where the whole is 0: an undefined precision, recall or F1 counts as 0, as in scikit-learn.
constexpr double ratio(std::int64_t part, std::int64_t whole) {
    return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
}

namespace detail {
/// The average of `of_class(k)` over classes; pooled is what micro gives.
template <int Classes, class OfClass>
double average(const ConfusionMatrix<Classes>& confusion, Average how, double pooled, OfClass of_class) {
    if (how == Average::micro) return pooled;
    double sum = 0, weights = 0;
    for (int k = 0; k < Classes; ++k) {
        const double weight = how == Average::macro ? 1.0 : static_cast<double>(confusion.support(k));
        sum += weight * of_class(k);
        weights += weight;
    }
    return weights == 0 ? 0.0 : sum / weights;
}
}  // namespace detail

}  // namespace strata
