// SPDX-License-Identifier: BSL-1.0
/// What a loss compares with: a class for each sample, or values of a sample's shape.
#pragma once

#include <cstdint>

#include <strata/core/shape.hpp>
#include <strata/expr/expression.hpp>

namespace strata {

struct Labels {
    using Sample = Shape<>;
    template <class Real>
    using Element = std::int32_t;
};
template <class Output>
struct Values {
    using Sample = Output;
    template <class Real>
    using Element = Real;
};

}  // namespace strata
