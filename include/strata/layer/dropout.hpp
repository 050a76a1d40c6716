// SPDX-License-Identifier: BSL-1.0
/// Dropout.   Source: Srivastava et al., 2014.
#pragma once

#include <strata/layer/param.hpp>
#include <strata/op/dropout.hpp>

namespace strata {

/// In training each element is 0 with probability Rate and x / (1 - Rate) else; in inference y = x.
template <float Rate>
struct Dropout {
    static_assert(Rate >= 0 && Rate < 1, "strata: a dropout rate lies in [0, 1); write Dropout<0.5f>");
    static constexpr auto forward(const auto&, Expression auto x, auto mode) {
        if constexpr (mode == Mode::train && Rate > 0)
            return dropout(x, static_cast<double>(Rate));
        else
            return x;
    }
};

}  // namespace strata
