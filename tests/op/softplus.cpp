// SPDX-License-Identifier: BSL-1.0
#include <strata/op/softplus.hpp>

#include "../support/check.hpp"

namespace strata::test {

static_assert(std::is_same_v<ShapeIn<decltype(softplus(Leaf<float, 4, 5>{}))>, Shape<4, 5>>);
static_assert(std::is_same_v<TypeIn<decltype(softplus(Leaf<double, 3>{}))>, double>);
static_assert(plan_of<decltype(softplus(softplus(Leaf<float, 33>{})))>.kernels == 1);

TEST_CASE("softplus: golden values and gradients") {
    const Golden golden{"ops_map.txt"};
    check_golden<Shape<4, 5>>(golden, "softplus.plain", softplus);
    check_golden<Shape<4>>(golden, "softplus.large", softplus, Smooth::no);
}

TEST_CASE("softplus: any number of elements") {
    check_sizes(softplus, [](double x) { return std::log1p(std::exp(x)); }, -6, 6);
}

TEST_CASE_TEMPLATE("softplus: every digit of what is nearly 0", T, float, double) {
    Tensor<T, 321> x;  // -80 to 80 by halves
    for (int i = 0; i < 321; ++i) x(i) = static_cast<T>(0.5 * i - 80);
    const auto y = computed(softplus(x));
    const auto g = std::get<0>(gradient(sum(softplus(x)), x));
    for (int i = 0; i < 321; ++i) {
        const double at = static_cast<double>(x(i));
        CAPTURE(at);
        CHECK(static_cast<double>(y(i)) == doctest::Approx(std::log1p(std::exp(at))).epsilon(tolerance<T> / 10).scale(0));
        CHECK(static_cast<double>(g(i)) == doctest::Approx(1 / (1 + std::exp(-at))).epsilon(tolerance<T>).scale(0));
    }
}

TEST_CASE("softplus: special numbers") {
    check_special(softplus, {{nan, nan}, {inf, inf}, {-inf, 0}, {1000, 1000}, {-1000, 0}, {0, 0.6931471805599453}});
}

}  // namespace strata::test
