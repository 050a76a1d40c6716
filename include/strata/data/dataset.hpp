// SPDX-License-Identifier: BSL-1.0
/// Labelled samples in memory. A Dataset is a cheap handle: copies, views and parts share the samples.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include <strata/core/error.hpp>
#include <strata/core/shape.hpp>
#include <strata/data/index.hpp>
#include <strata/tensor/tensor.hpp>

namespace strata::data {

/// Figures by which samples are normalised: x' = (x - mean[g]) / deviation[g], one group g per channel for [channel, height, width], per
/// feature for [feature], else one in all. Take them from the training part only (normalisation_of), and give them to every part.
struct Normalisation {
    std::vector<float> mean, deviation;
};

namespace detail {
/// byte / 255, looked up: one load in place of a conversion and a division, and a normalisation then costs nothing more.
inline constexpr auto unit_table = [] {
    std::array<float, 256> table{};
    for (std::size_t i = 0; i < 256; ++i) table[i] = static_cast<float>(i) / 255.0f;
    return table;
}();

template <class S>
struct SampleTensor;
template <int... D>
struct SampleTensor<Shape<D...>> {
    using type = Tensor<float, D...>;
};
}  // namespace detail

/// Samples of one static shape with a label in [0, Classes) each.
/// Bytes are read as byte / 255, so that they lie in [0, 1]; floats as they are; both then normalised when asked for.
template <class SampleShape, int Classes>
class Dataset {
    static_assert(strata::detail::is_shape<SampleShape>,
                  "strata: a data set takes the shape of one sample; write Dataset<Shape<1, 28, 28>, 10>");
    static_assert(Classes > 0, "strata: a data set has at least one class; write Dataset<Shape<...>, 10>");

public:
    using Sample = SampleShape;
    static constexpr int classes = Classes;
    static constexpr long sample_size = Sample::size;
    /// Groups of a Normalisation, and how many neighbouring values each holds.
    static constexpr int groups = Sample::rank == 3 || Sample::rank == 1 ? Sample::dims().extent[0] : 1;
    static constexpr long group_size = sample_size / groups;

    Dataset() : Dataset(std::vector<float>{}, {}) {}
    /// `samples`: [labels.size()][sample_size], row-major.   Throws: DataError when sizes do not fit or a label is out of range.
    Dataset(std::vector<std::uint8_t> samples, std::vector<std::int32_t> labels)
        : Dataset(Store{std::move(samples), {}, std::move(labels)}) {}
    Dataset(std::vector<float> samples, std::vector<std::int32_t> labels) : Dataset(Store{{}, std::move(samples), std::move(labels)}) {}

    /// Number of samples.
    long size() const { return index_.size(); }
    std::int32_t label(long i) const { return store_->labels[at(i)]; }
    /// The sample's number in the whole that it is a part of: the same in every view.
    long id(long i) const { return static_cast<long>(at(i)); }
    /// Writes the sample_size values of sample i, normalised.   Needs: 0 <= i < size().
    void copy_sample(long i, float* out) const {
        const std::size_t first = at(i) * static_cast<std::size_t>(sample_size);
        if (!store_->floats.empty()) {
            std::memcpy(out, store_->floats.data() + first, static_cast<std::size_t>(sample_size) * sizeof(float));
            normalise(out);
        } else if (reading_ && !reading_->table.empty()) {
            for (int g = 0; g < groups; ++g)
                look_up(reading_->table.data() + 256 * g, store_->bytes.data() + first + g * group_size, out + g * group_size, group_size);
        } else {
            look_up(detail::unit_table.data(), store_->bytes.data() + first, out, sample_size);
            normalise(out);
        }
    }
    /// Sample i as a tensor of the sample's shape.   Throws: DataError when i is not in [0, size()).
    auto sample(long i) const {
        if (i < 0 || i >= size())
            throw DataError("strata: sample " + std::to_string(i) + " is asked of " + std::to_string(size()) +
                            "; choose from 0 to size() - 1");
        typename detail::SampleTensor<Sample>::type out;
        copy_sample(i, out.data());
        return out;
    }
    /// The same samples, read through `figures` (in place of an earlier normalisation).
    /// Throws: DataError unless there is one finite mean and one positive deviation per group.
    Dataset normalised(Normalisation figures) const {
        bool fits = figures.mean.size() == groups && figures.deviation.size() == groups;
        for (std::size_t g = 0; fits && g < groups; ++g)
            fits = std::isfinite(figures.mean[g]) && std::isfinite(figures.deviation[g]) && figures.deviation[g] > 0;
        if (!fits)
            throw DataError("strata: a normalisation needs " + std::to_string(groups) +
                            " finite means and as many positive deviations; take them from normalisation_of(training part)");
        Dataset out = *this;
        Reading reading{std::move(figures), {}};
        if constexpr (groups <= 16)
            for (std::size_t k = 0; !store_->bytes.empty() && k < groups * 256; ++k)
                reading.table.push_back((detail::unit_table[k % 256] - reading.figures.mean[k / 256]) / reading.figures.deviation[k / 256]);
        out.reading_ = std::make_shared<const Reading>(std::move(reading));
        return out;
    }
    /// The figures in use, or nullptr.
    const Normalisation* normalisation() const { return reading_ ? &reading_->figures : nullptr; }
    /// A view of some samples, in that order.   Throws: DataError when an index is not in [0, size()).
    Dataset view(const std::vector<std::int32_t>& indices) const {
        Dataset out = *this;
        out.index_ = index_.view(indices);
        return out;
    }

private:
    struct Store {
        std::vector<std::uint8_t> bytes;
        std::vector<float> floats;
        std::vector<std::int32_t> labels;
    };
    struct Reading {
        Normalisation figures;
        std::vector<float> table;  // [groups][256]: what each byte becomes; empty for floats and for many groups
    };
    static void look_up(const float* table, const std::uint8_t* in, float* out, long n) {
        for (long k = 0; k < n; ++k) out[k] = table[in[k]];
    }
    void normalise(float* out) const {
        if (!reading_) return;
        for (std::size_t g = 0; g < groups; ++g, out += group_size) {
            const float mean = reading_->figures.mean[g], deviation = reading_->figures.deviation[g];
            for (long k = 0; k < group_size; ++k) out[k] = (out[k] - mean) / deviation;
        }
    }
    explicit Dataset(Store store) {
        const std::size_t samples = store.labels.size(), values = store.bytes.size() + store.floats.size();
        if (samples > static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max()))
            throw DataError("strata: a data set of " + std::to_string(samples) + " samples is too large; keep below 2^31");
        if (values % static_cast<std::size_t>(sample_size) != 0 || values / static_cast<std::size_t>(sample_size) != samples)
            throw DataError("strata: " + std::to_string(samples) + " labels come with " + std::to_string(values) +
                            " values, but a sample has " + std::to_string(sample_size) + "; give sample_size values for each label");
        for (std::size_t i = 0; i < samples; ++i)
            if (store.labels[i] < 0 || store.labels[i] >= Classes)
                throw DataError("strata: label " + std::to_string(i) + " is " + std::to_string(store.labels[i]) + ", not in [0, " +
                                std::to_string(Classes) + "); correct the label or the number of classes");
        store_ = std::make_shared<const Store>(std::move(store));
        index_ = Index(static_cast<long>(samples));
    }
    std::size_t at(long i) const { return static_cast<std::size_t>(index_[i]); }

    std::shared_ptr<const Store> store_;
    Index index_;
    std::shared_ptr<const Reading> reading_;                  // none: not normalised
};

/// Mean and deviation of each group over a data set, before any normalisation: mean = sum x / n, deviation = sqrt(sum (x - mean)^2 / n).
/// A group that never varies gets deviation 1.   Throws: DataError when there is no sample, or one holds what is no finite number.
template <class SampleShape, int Classes>
Normalisation normalisation_of(const Dataset<SampleShape, Classes>& training) {
    using Set = Dataset<SampleShape, Classes>;
    if (training.size() == 0) throw DataError("strata: an empty data set has no mean; give the training part");
    const Set plain = training.normalised({std::vector<float>(Set::groups, 0.0f), std::vector<float>(Set::groups, 1.0f)});
    std::vector<float> sample(static_cast<std::size_t>(Set::sample_size));
    std::vector<double> mean(Set::groups), square(Set::groups);
    const double n = static_cast<double>(plain.size()) * static_cast<double>(Set::group_size);
    const auto each = [&](auto&& visit) {
        for (long i = 0; i < plain.size(); ++i) {
            plain.copy_sample(i, sample.data());
            for (std::size_t k = 0; k < sample.size(); ++k) {
                if (!std::isfinite(sample[k]))
                    throw DataError("strata: sample " + std::to_string(i) + " has " + (std::isnan(sample[k]) ? "NaN" : "infinity") + " at place " + std::to_string(k) +
                                    ", so the set has no mean; mend or leave out such samples");
                visit(k / static_cast<std::size_t>(Set::group_size), static_cast<double>(sample[k]));
            }
        }
    };
    each([&](std::size_t g, double x) { mean[g] += x; });
    for (double& m : mean) m /= n;
    // Two passes: the difference of the mean square and the squared mean cancels for data far from 0.
    each([&](std::size_t g, double x) { square[g] += (x - mean[g]) * (x - mean[g]); });
    Normalisation out;
    for (std::size_t g = 0; g < mean.size(); ++g) {
        const auto deviation = static_cast<float>(std::sqrt(square[g] / n));
        out.mean.push_back(static_cast<float>(mean[g]));
        out.deviation.push_back(deviation > 0 ? deviation : 1.0f);
    }
    return out;
}

}  // namespace strata::data
