// SPDX-License-Identifier: BSL-1.0
/// The confusion matrix: what was there against what the model said. All classification metrics are read from it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <strata/core/error.hpp>
#include <strata/metric/class_names.hpp>
#include <strata/metric/table.hpp>

namespace strata {

/// counts(t, p) = how many samples of class t were taken for class p.   Shape: [truth, predicted].
/// The counts lie on the heap (1000 classes are 8 MB).
template <int Classes>
class ConfusionMatrix {
    static_assert(Classes > 0, "strata: a confusion matrix needs at least one class");

  public:
    static constexpr int classes = Classes;

    /// Counts one sample, or several alike.   Throws DataError where a label is not in 0 .. Classes - 1.
    void add(std::int64_t truth, std::int64_t predicted, std::int64_t times = 1) {
        require(truth, predicted);
        counts_[index(truth, predicted)] += times;
    }
    /// Counts a batch in the host's memory; that of a device comes by `to_host()`, as `add(labels, y.to_host())` with y = argmax(scores).
    /// Shape: both [batch].   Throws DataError, and counts nothing, where they are not as many or a label is not in 0 .. Classes - 1.
    void add(std::span<const std::int32_t> truth, std::span<const std::int32_t> predicted) {
        if (truth.size() != predicted.size())
            throw DataError("strata: " + std::to_string(predicted.size()) + " predictions for " + std::to_string(truth.size()) +
                            " labels; give one for each sample");
        for (std::size_t i = 0; i < truth.size(); ++i) require(truth[i], predicted[i]);
        for (std::size_t i = 0; i < truth.size(); ++i) ++counts_[index(truth[i], predicted[i])];
    }
    /// Adds all counts of another matrix: parts counted apart (by batch, by thread) give the whole.
    void merge(const ConfusionMatrix& other) {
        for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
    }

    std::int64_t operator()(int truth, int predicted) const { return counts_[index(truth, predicted)]; }
    /// Samples whose class it is: the sum of a row.
    std::int64_t support(int truth) const {
        std::int64_t sum = 0;
        for (int p = 0; p < Classes; ++p) sum += (*this)(truth, p);
        return sum;
    }
    /// Samples taken for this class: the sum of a column.
    std::int64_t predictions(int predicted) const {
        std::int64_t sum = 0;
        for (int t = 0; t < Classes; ++t) sum += (*this)(t, predicted);
        return sum;
    }
    /// Samples that were recognised: the sum of the diagonal.
    std::int64_t correct() const {
        std::int64_t sum = 0;
        for (int k = 0; k < Classes; ++k) sum += (*this)(k, k);
        return sum;
    }
    std::int64_t total() const {
        std::int64_t sum = 0;
        for (const std::int64_t count : counts_) sum += count;
        return sum;
    }

    /// An aligned table: a row for each true class, a column for each predicted one.
    /// Throws DataError where names do not fit.
    std::string text(const ClassNames& names = {}) const {
        names.require(Classes);
        Table table;
        std::vector<std::string> cells{"truth \\ predicted"};
        for (int p = 0; p < Classes; ++p) cells.push_back(names[p]);
        table.row(cells);
        for (int t = 0; t < Classes; ++t) {
            cells.assign(1, names[t]);
            for (int p = 0; p < Classes; ++p) cells.push_back(std::to_string((*this)(t, p)));
            table.row(cells);
        }
        return table.text();
    }

    friend bool operator==(const ConfusionMatrix&, const ConfusionMatrix&) = default;

  private:
    static void require(std::int64_t truth, std::int64_t predicted) {
        if (truth < 0 || truth >= Classes || predicted < 0 || predicted >= Classes)
            throw DataError("strata: truth " + std::to_string(truth) + " and prediction " + std::to_string(predicted) +
                            " do not both lie in the classes 0 to " + std::to_string(Classes - 1) +
                            "; check the labels and the number of the model's outputs");
    }
    static constexpr std::size_t index(std::int64_t truth, std::int64_t predicted) {
        return static_cast<std::size_t>(truth * Classes + predicted);
    }
    std::vector<std::int64_t> counts_ = std::vector<std::int64_t>(std::size_t{Classes} * Classes);
};

}  // namespace strata
