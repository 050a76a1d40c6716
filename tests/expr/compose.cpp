// SPDX-License-Identifier: BSL-1.0
#include <strata/expr/compose.hpp>

#include <doctest/doctest.h>

#include <strata/op/add.hpp>
#include <strata/op/exp.hpp>
#include <strata/op/multiply.hpp>

#include "../support/check.hpp"

namespace strata::test {

/// x + y x, in which x occurs twice.
struct TwiceBody {
    static constexpr auto body(const auto& x, const auto& y) { return x + y * x; }
};
inline constexpr Composed<TwiceBody> twice{};

using X = Leaf<float, 4, 5>;
using Big = decltype(exp(exp(X{})));
static_assert(std::is_same_v<decltype(twice(Big{}, 2.0)), Let<TwiceBody, Shape<4, 5>, float, Big, Constant>>, "the operand is in the type once");
static_assert(std::is_same_v<ShapeIn<decltype(twice(Leaf<float, 4, 1>{}, Leaf<float, 5>{}))>, Shape<4, 5>>);
static_assert(std::is_same_v<decltype(twice(Ref<Shape<5>, float>{}, 2.0)), decltype(Ref<Shape<5>, float>{} + Constant{} * Ref<Shape<5>, float>{})>,
              "of leaves the body itself is left");

// Mistakes before it, in it and after it.
using Bad = decltype(X{} + Leaf<float, 4>{});
static_assert(std::is_same_v<decltype(twice(Bad{}, 2)), Bad>);
static_assert(std::is_same_v<decltype(twice(X{}, Leaf<float, 3>{})), Misfit<MultiplyOp, 3, 5, Shape<3>, Shape<4, 5>>>);
static_assert(refused<decltype(exp(twice(X{}, Leaf<float, 3>{})))>);

static_assert(std::is_same_v<decltype(twice(X{})), Refusal<BodyDoesNotTake<TwiceBody, 1>::template Operands>>, "as many operands as the body takes");
static_assert(std::is_same_v<decltype(twice(Ref<Shape<5>, float>{}, 1, 2)), Refusal<BodyDoesNotTake<TwiceBody, 3>::template Operands>>);

// Nested eight deep, a tree that wrote its operands out would have 2^8 leaves.
template <int N, class E>
constexpr auto nest(const E& e) {
    if constexpr (N == 0)
        return e;
    else
        return nest<N - 1>(twice(e, 0.25));
}
static_assert(plan_of<decltype(nest<8>(X{}))>.kernels == 1);

TEST_CASE("composed ops compute their body, however deep") {
    const auto x = scattered<Tensor<double, 17>>(1);
    const auto y = computed(nest<8>(x));
    for (int i = 0; i < 17; ++i) CHECK(near(y(i), x(i) * std::pow(1.25, 8), 1e-13));
}

TEST_CASE("composed ops have the derivative of their body") {
    auto x = scattered<Tensor<double, 3, 5>>(1);
    auto y = scattered<Tensor<double, 5>>(2);
    check_gradient([](const auto& a, const auto& b) { return twice(exp(a), twice(b, a)); }, x, y);
}

}  // namespace strata::test
