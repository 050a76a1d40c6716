// SPDX-License-Identifier: BSL-1.0
/// The harmonic mean of precision and recall.
#pragma once

#include <strata/metric/average.hpp>
#include <strata/metric/confusion.hpp>

namespace strata {

/// f1(k) = 2 counts(k, k) / (support(k) + predictions(k)); 0 where class k neither occurs nor is predicted.
template <int Classes>
double f1(const ConfusionMatrix<Classes>& confusion, int label) {
    return ratio(2 * confusion(label, label), confusion.support(label) + confusion.predictions(label));
}
/// The average of the classes' F1 (not the F1 of averages, as in scikit-learn). Micro equals accuracy.
template <int Classes>
double f1(const ConfusionMatrix<Classes>& confusion, Average how = Average::macro) {
    return detail::average(confusion, how, ratio(confusion.correct(), confusion.total()),
                           [&](int label) { return f1(confusion, label); });
}

}  // namespace strata
