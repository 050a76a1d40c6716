// SPDX-License-Identifier: BSL-1.0
/// Which samples of a whole a view shows. Cheap to copy.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <strata/core/error.hpp>

namespace strata::data {

/// All samples of a whole in their order, or those chosen by view().
class Index {
  public:
    explicit Index(long whole = 0) : whole_(whole) {}
    long size() const { return chosen_ ? static_cast<long>(chosen_->size()) : whole_; }
    /// The number in the whole of sample i.   Needs: 0 <= i < size().
    long operator[](long i) const { return chosen_ ? (*chosen_)[static_cast<std::size_t>(i)] : i; }
    /// Some of these, in that order.   Throws DataError where one is not in [0, size()).
    Index view(const std::vector<std::int32_t>& which) const {
        auto chosen = std::make_shared<std::vector<std::int32_t>>();
        chosen->reserve(which.size());
        for (const std::int32_t i : which) {
            if (i < 0 || i >= size())
                throw DataError("strata: a view asks for sample " + std::to_string(i) + " of " + std::to_string(size()) + "; choose from 0 to size() - 1");
            chosen->push_back(static_cast<std::int32_t>((*this)[i]));
        }
        Index out = *this;
        out.chosen_ = std::move(chosen);
        return out;
    }

  private:
    long whole_;
    std::shared_ptr<const std::vector<std::int32_t>> chosen_;  // none: all
};

}  // namespace strata::data
