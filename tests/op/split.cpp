// SPDX-License-Identifier: BSL-1.0
#include <strata/op/split.hpp>

#include <strata/op/add.hpp>
#include <strata/expr/compose.hpp>
#include <strata/op/matmul.hpp>
#include <strata/op/multiply.hpp>

#include "../support/check.hpp"

namespace strata::test {

using A = Leaf<float, 4, 9>;
template <class T, int I>
using PartOf = std::tuple_element_t<I, T>;
using Parts = decltype(split<1, 3>(A{}));
static_assert(std::tuple_size_v<Parts> == 3 && std::is_same_v<ShapeIn<PartOf<Parts, 2>>, Shape<4, 3>>);
static_assert(std::is_same_v<PartOf<decltype(split<1, 2>(A{})), 0>, Misfit<Split<1, 2>, 8, 9, Shape<4, 9>>>);
static_assert(refused<PartOf<decltype(split<2, 2>(A{})), 0>> && refused<PartOf<decltype(split<0, 2>(Leaf<float, batch<4>, 9>{})), 1>>);

TEST_CASE("split: equal parts in order") {
    const auto x = scattered<Tensor<float, 4, 9>>(1);
    const auto [a, b, c] = split<-1, 3>(x);
    const auto y = computed(a + 10 * b + 100 * c);
    for (int i = 0; i < 4; ++i)
        for (int j = 0; j < 3; ++j) CHECK(y(i, j) == doctest::Approx(x(i, j) + 10 * x(i, j + 3) + 100 * x(i, j + 6)));
    const auto rows = split<0, 2>(x);
    const auto low = computed(std::get<1>(rows));
    for (int i = 0; i < 2; ++i)
        for (int j = 0; j < 9; ++j) CHECK(low(i, j) == x(i + 2, j));
}

/// The halves of a row, multiplied.
struct Halves {
    template <class X>
    static constexpr auto body(const X& x) {
        const auto parts = split<-1, 2>(x);
        return std::get<0>(parts) * std::get<1>(parts);
    }
};
inline constexpr Composed<Halves> halves{};

TEST_CASE("split: in a composed op what it splits is computed once") {
    auto x = scattered<Tensor<double, 4, 5>>(1);
    auto w = scattered<Tensor<double, 5, 6>>(2);
    const auto gate = [](const auto& a, const auto& b) { return halves(matmul(a, b)); };
    static_assert(plan_of<decltype(gate(x, w))>.kernels == 2);
    // The product, the halves' gradients side by side, and two products.
    static_assert(gradient_kernels<decltype(sum(gate(x, w))), Tensor<double, 4, 5>, Tensor<double, 5, 6>> == 4);
    check_gradient(gate, x, w);
}

}  // namespace strata::test
