// SPDX-License-Identifier: BSL-1.0
/// Dropout.   Source: Srivastava et al., 2014.
#pragma once

#include <strata/layer/param.hpp>
#include <strata/op/dropout.hpp>

namespace strata {

/// A number as a template argument. (clang 14 takes no bare float there.)
struct Fraction {
    float value;
    constexpr Fraction(float v) : value(v) {}
    constexpr Fraction(double v) : value(static_cast<float>(v)) {}
};

/// In training each element is 0 with probability Rate and x / (1 - Rate) else; in inference y = x.
template <Fraction Rate>
struct Dropout {
    template <class Where>
    struct RateOutOfRange {
        static_assert(detail::never<Where>, "strata: a dropout rate lies in [0, 1); write Dropout<0.5f>");
    };
    static constexpr auto forward(const auto&, Expression auto x, auto mode) {
        if constexpr (!(Rate.value >= 0 && Rate.value < 1))
            return Refusal<RateOutOfRange>{};
        else if constexpr (mode == Mode::train && Rate.value > 0)
            return dropout(x, static_cast<double>(Rate.value));
        else
            return x;
    }
};

}  // namespace strata
