// SPDX-License-Identifier: BSL-1.0
/// Of the samples taken for a class, the share that belongs to it.
#pragma once

#include <strata/metric/average.hpp>
#include <strata/metric/confusion.hpp>

namespace strata {

/// precision(k) = counts(k, k) / sum over t of counts(t, k); 0 where nothing was taken for class k.
template <int Classes>
double precision(const ConfusionMatrix<Classes>& confusion, int label) {
    return ratio(confusion(label, label), confusion.predictions(label));
}
/// The average over classes. Micro equals accuracy, since each sample has one class.
template <int Classes>
double precision(const ConfusionMatrix<Classes>& confusion, Average how = Average::macro) {
    return detail::average(confusion, how, ratio(confusion.correct(), confusion.total()),
                           [&](int label) { return precision(confusion, label); });
}

}  // namespace strata
