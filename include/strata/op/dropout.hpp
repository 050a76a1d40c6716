// SPDX-License-Identifier: BSL-1.0
/// dropout(x, rate): x / (1 - rate) with probability 1 - rate, else 0.   Source: Srivastava et al., 2014.
/// The mask is Philox of (seed, step, call, element); outside a training step seed and step are 0, and an expression of tensors has the same mask each time.
/// A layer or loss may use the result as often as it likes, it is one; an expression of tensors draws at each use: make a tensor of it first.
#pragma once

#include <strata/op/compare.hpp>
#include <strata/op/multiply.hpp>
#include <strata/op/select.hpp>

namespace strata {

/// Uniform numbers in [0, 1), one for each element of x; every call has its own stream.   Gradient: none.
struct RandomLikeOp {
    static constexpr auto name = "random";
    static constexpr Kind kind = Kind::random;
    static constexpr int arity = 0;
    static constexpr bool commutative = false;
    static constexpr int cost = 16;
    static constexpr Fit fit(const Dims& like) { return Fit{like}; }
    static constexpr Attributes attributes(const Dims&) { return {}; }
};

template <Expression X>
constexpr auto dropout(const X& x, double rate) {
    return x * select(draw<RandomLikeOp>(detail::wrap(x)) >= rate, 1.0 / (1.0 - rate), 0.0);
}

}  // namespace strata
