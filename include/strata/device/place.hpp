// SPDX-License-Identifier: BSL-1.0
/// Where a model or tensor lives, and what its numbers are.
#pragma once

#include <strata/core/dtype.hpp>

namespace strata {

/// The processor, with vectors and threads.
struct Host {};

/// Types of stored numbers, of sums, and of the master copy of parameters.
template <class Stored, class Sums = Stored, class Master = Sums>
struct Precision {
    using Real = Stored;
};

}  // namespace strata
