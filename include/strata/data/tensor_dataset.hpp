// SPDX-License-Identifier: BSL-1.0
/// Samples in memory with values to learn, for losses that compare with values. A cheap handle: copies and views share what they read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <strata/core/error.hpp>
#include <strata/core/shape.hpp>
#include <strata/data/index.hpp>

namespace strata::data {

/// Samples of one static shape, each with a target of another.
template <class SampleShape, class TargetShape>
class TensorDataset {
    static_assert(strata::detail::is_shape<SampleShape> && strata::detail::is_shape<TargetShape>,
                  "strata: a data set of values takes the shapes of one sample and of its target; write TensorDataset<Shape<8>, Shape<1>>");

  public:
    using Sample = SampleShape;
    using Target = TargetShape;
    static constexpr long sample_size = Sample::size, target_size = Target::size;

    TensorDataset() : TensorDataset({}, {}) {}
    /// samples: [size][sample_size], targets: [size][target_size], row-major.   Throws DataError where their sizes do not fit.
    TensorDataset(std::vector<float> samples, std::vector<float> targets) {
        const std::size_t size = samples.size() / static_cast<std::size_t>(sample_size);
        if (samples.size() != size * static_cast<std::size_t>(sample_size) || targets.size() != size * static_cast<std::size_t>(target_size))
            throw DataError("strata: " + std::to_string(samples.size()) + " values of samples come with " + std::to_string(targets.size()) + " of targets, but a sample has " +
                            std::to_string(sample_size) + " and its target " + std::to_string(target_size) + "; give both for each sample");
        if (size > static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max()))
            throw DataError("strata: a data set of " + std::to_string(size) + " samples is too large; keep below 2^31");
        store_ = std::make_shared<const Store>(Store{std::move(samples), std::move(targets)});
        index_ = Index(static_cast<long>(size));
    }

    /// Number of samples.
    long size() const { return index_.size(); }
    /// The sample's number in the whole that it is a part of: the same in every view.
    long id(long i) const { return index_[i]; }
    /// Writes the values of sample i, or of its target.   Needs: 0 <= i < size().
    void copy_sample(long i, float* out) const { std::memcpy(out, store_->samples.data() + id(i) * sample_size, sample_size * sizeof(float)); }
    void copy_target(long i, float* out) const { std::memcpy(out, store_->targets.data() + id(i) * target_size, target_size * sizeof(float)); }
    /// A view of some samples, in that order.   Throws DataError where an index is not in [0, size()).
    TensorDataset view(const std::vector<std::int32_t>& indices) const {
        TensorDataset out = *this;
        out.index_ = index_.view(indices);
        return out;
    }

  private:
    struct Store {
        std::vector<float> samples, targets;
    };
    std::shared_ptr<const Store> store_;
    Index index_;
};

}  // namespace strata::data
