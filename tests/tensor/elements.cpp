// SPDX-License-Identifier: BSL-1.0
#include <strata/tensor/elements.hpp>

#include <strata/strata.hpp>

#include <doctest/doctest.h>

namespace strata::test {

static_assert(HasElements<Tensor<float, 2>> && HasElements<StaticTensor<float, 2>> && HasElements<TensorView<const float, 2>> && !HasElements<float>);
static_assert(std::is_same_v<TensorView<const float, 2>::Type, float> && std::is_same_v<TensorView<const float, 2>::Owner, Tensor<float, 2>>);
// What is const gives no elements to write; of a view it is the type that says so.
static_assert(std::is_same_v<decltype(std::declval<const Tensor<float, 2>&>()(0)), const float&>);
static_assert(std::is_same_v<decltype(std::declval<const TensorView<float, 2>&>()(0)), float&>);
static_assert(std::is_same_v<decltype(std::declval<Tensor<float, 2, 3>&>()[0]), TensorView<float, 3>>);
static_assert(std::is_same_v<decltype(std::declval<const Tensor<float, 2, 3, 4>&>()[0]), TensorView<const float, 3, 4>>);
static_assert(std::is_same_v<decltype(std::declval<Tensor<float, 2>&>()[0]), float&>);
template <class X>
concept Rows = requires(X&& x) { static_cast<X&&>(x)[0]; };
static_assert(Rows<Tensor<float, 2, 3>&> && !Rows<Tensor<float, 2, 3>> && !Rows<StaticTensor<float, 2, 3>> && Rows<TensorView<float, 2, 3>> && !Rows<Tensor<float>&>,
              "a row of what is gone in a moment is none");

TEST_CASE("rows of rows are elements in row-major order") {
    Tensor<int, 2, 3, 4> t;
    for (int i = 0; i < t.size; ++i) t.data()[i] = i;
    CHECK(t[1](2, 3) == 23);
    CHECK(t[1][2][3] == 23);
    CHECK(t[1][0].data() == t.data() + 12);
    t[1][2][3] = 5;
    CHECK(t(1, 2, 3) == 5);
}

TEST_CASE("x += e and its like, of tensors, views and static tensors") {
    Tensor<float, 2, 3> x{1, 2, 3, 4, 5, 6};
    const Tensor<float, 3> row{10, 20, 30};
    x += row;
    x *= 2;
    CHECK(x(1, 2) == 72);
    x[0] -= x[1];
    CHECK(x(0, 0) == -6);
    const TensorView<float, 6> flat(x);
    flat /= 2.f;
    CHECK(x(1, 2) == 36);
    StaticTensor<int, 2> n{3, 4};
    CHECK((n += n)(1) == 8);
}

}  // namespace strata::test
