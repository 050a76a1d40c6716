// SPDX-License-Identifier: BSL-1.0
#include <strata/op/log1p.hpp>

#include "../support/check.hpp"

namespace strata::test {

static_assert(std::is_same_v<ShapeIn<decltype(log1p(Leaf<float, 4, 5>{}))>, Shape<4, 5>>);
static_assert(std::is_same_v<TypeIn<decltype(log1p(Leaf<double, 3>{}))>, double>);
static_assert(refused<decltype(log1p(Leaf<std::int32_t, 3>{}))>);
static_assert(plan_of<decltype(log1p(log1p(Leaf<float, 33>{})))>.kernels == 1);

TEST_CASE("log1p: golden values and gradients") {
    const Golden golden{"ops_map.txt"};
    check_golden<Shape<4, 5>>(golden, "log1p.plain", log1p);
}

TEST_CASE("log1p: any number of elements") {
    check_sizes(log1p, [](double x) { return std::log1p(x); }, -0.9, 9);
}

TEST_CASE_TEMPLATE("log1p: of small numbers every digit", T, float, double) {
    Tensor<T, 19> x;
    for (int i = 0; i < 19; ++i) x(i) = static_cast<T>((i % 2 ? -1 : 1) * std::pow(10.0, -i));
    x(1) = static_cast<T>(-0.5);
    const auto y = computed(log1p(x));
    for (int i = 0; i < 19; ++i) {
        CAPTURE(x(i));
        CHECK(static_cast<double>(y(i)) == doctest::Approx(std::log1p(static_cast<double>(x(i)))).epsilon(tolerance<T> / 10).scale(0));
    }
}

TEST_CASE("log1p: special numbers") {
    check_special(log1p, {{nan, nan}, {inf, inf}, {-1, -inf}, {-2, nan}, {0, 0}});
}

}  // namespace strata::test
