// SPDX-License-Identifier: BSL-1.0
#include <strata/expr/scalar.hpp>

#include <doctest/doctest.h>

#include <strata/op/multiply.hpp>

namespace strata::test {

using Rate = decltype(scalar<Scalar::rate>());
static_assert(Expression<Rate> && std::is_same_v<Rate::Shape, Shape<>>);
static_assert(std::is_same_v<decltype(scalar<Scalar::rate>() * Ref<Shape<5>, double>{})::Type, double>, "it takes the type of what it meets");
static_assert(std::is_same_v<decltype(Ref<Shape<5>, float>{} * scalar<Scalar::rate>())::Shape, Shape<5>>);
static_assert(ScalarOp<Scalar::rate>::kind == Kind::leaf && ScalarOp<Scalar::rate>::arity == 0 && ScalarOp<Scalar::rate>::fit().dims == Dims{});

TEST_CASE("each number of a run has its own place") {
    const auto count = ScalarOp<Scalar::inverse_count>::attributes(), rate = ScalarOp<Scalar::rate>::attributes();
    CHECK(count.value[0] == static_cast<int>(Region::scalar));
    CHECK(rate.value[0] == static_cast<int>(Region::scalar));
    CHECK(count.value[1] != rate.value[1]);
}

}  // namespace strata::test
