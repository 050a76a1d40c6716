// SPDX-License-Identifier: BSL-1.0
/// Of the samples of a class, the share that was recognised.
#pragma once

#include <strata/metric/average.hpp>
#include <strata/metric/confusion.hpp>

namespace strata {

/// recall(k) = counts(k, k) / sum over p of counts(k, p); 0 where class k has no samples.
template <int Classes>
double recall(const ConfusionMatrix<Classes>& confusion, int label) {
    return ratio(confusion(label, label), confusion.support(label));
}
/// The average over classes. Micro and weighted equal accuracy, since each sample has one class.
template <int Classes>
double recall(const ConfusionMatrix<Classes>& confusion, Average how = Average::macro) {
    return detail::average(confusion, how, ratio(confusion.correct(), confusion.total()),
                           [&](int label) { return recall(confusion, label); });
}

}  // namespace strata
