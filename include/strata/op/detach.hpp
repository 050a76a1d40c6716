// SPDX-License-Identifier: BSL-1.0
/// detach(x) = x, without a gradient.
#pragma once

#include <strata/core/math.hpp>
#include <strata/expr/elementwise.hpp>

namespace strata {

struct DetachOp : Elementwise<1> {
    static constexpr auto name = "detach";
    template <class T>
    STRATA_HD static constexpr T apply(T x) {
        return x;
    }
    static constexpr auto backward(Expression auto /*dy*/, Expression auto /*y*/, Expression auto /*x*/) { return gradients(none); }
};
inline constexpr Function<DetachOp> detach{};

}  // namespace strata
