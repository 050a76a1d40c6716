// SPDX-License-Identifier: BSL-1.0
#include <strata/op/negate.hpp>

#include "../support/check.hpp"

namespace strata::test {

static_assert(std::is_same_v<ShapeIn<decltype(negate(Leaf<float, 4, 5>{}))>, Shape<4, 5>>);
static_assert(std::is_same_v<TypeIn<decltype(negate(Leaf<double, 3>{}))>, double>);
static_assert(plan_of<decltype(negate(negate(Leaf<float, 33>{})))>.kernels == 1);

TEST_CASE("negate: golden values and gradients") {
    const Golden golden{"ops_map.txt"};
    check_golden<Shape<4, 5>>(golden, "negate.plain", negate);
}

TEST_CASE("negate: any number of elements") {
    check_sizes(negate, [](double x) { return -x; }, -2, 2);
}

TEST_CASE("negate: special numbers") {
    check_special(negate, {{nan, nan}, {inf, -inf}, {-3, 3}});
}

TEST_CASE("negate: zeros change their sign; integers; the operator") {
    const auto y = computed(-Tensor<float, 17>());
    for (float v : y) CHECK(std::signbit(v));
    const Tensor<int, 3> x{-3, 0, 7};
    CHECK(unlike(computed(-x), std::vector<int>{3, 0, -7}, 0) == "");
}

}  // namespace strata::test
