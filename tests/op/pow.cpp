// SPDX-License-Identifier: BSL-1.0
#include <strata/op/pow.hpp>

#include "../support/check.hpp"

namespace strata::test {

static_assert(std::is_same_v<ShapeIn<decltype(pow(Leaf<float, 4, 1>{}, Leaf<float, 5>{}))>, Shape<4, 5>>);
static_assert(std::is_same_v<decltype(pow(Leaf<float, 4>{}, Leaf<float, 5>{})), Misfit<PowOp, 4, 5, Shape<4>, Shape<5>>>);

TEST_CASE("pow: golden values and gradients") {
    const Golden golden{"ops_map.txt"};
    check_golden<Shape<4, 5>, Shape<4, 5>>(golden, "pow.same", pow);
    check_golden<Shape<4, 5>>(golden, "pow.cube", [](const auto& x) { return pow(x, 3); });
    check_golden<Shape<4, 5>>(golden, "pow.real", [](const auto& x) { return pow(x, 2.5); });
}

TEST_CASE("pow: any number of elements") {
    check_sizes_of_two(pow, [](double a, double b) { return std::pow(a, b); }, 0.1, 3);
}

TEST_CASE("pow: special numbers") {
    check_special([](const auto& x) { return pow(x, 0); }, {{0, 1}, {-2, 1}, {inf, 1}});
    check_special([](const auto& x) { return pow(x, 3); }, {{-2, -8}, {0, 0}, {nan, nan}, {-inf, -inf}});
    check_special([](const auto& x) { return pow(x, 0.5); }, {{-2, nan}, {4, 2}, {0, 0}});
    check_special([](const auto& x) { return pow(2, x); }, {{10, 1024}, {-1, 0.5}, {-inf, 0}, {5000, inf}});
}

TEST_CASE("pow: where the base is 0 the exponent has no gradient") {
    const Tensor<double, 3> a{0, 2, 0}, b{2, 3, 1};
    const auto [da, db] = gradient(sum(pow(a, b)), a, b);
    CHECK(unlike(da, std::vector<double>{0, 12, 1}, 1e-12) == "");
    CHECK(unlike(db, std::vector<double>{0, 8 * std::log(2.0), 0}, 1e-12) == "");
}

TEST_CASE_TEMPLATE("pow: where the exponent is 0 the base has no gradient, not at 0 either", T, float, double) {
    const Tensor<T, 4> a{0, 2, -2, 0}, b{0, 0, 0, 2};
    CHECK(unlike(computed(pow(a, b)), std::vector<double>{1, 1, 1, 0}, 0) == "");
    const auto [da, db] = gradient(sum(pow(a, b)), a, b);
    CHECK(unlike(da, std::vector<double>{0, 0, 0, 0}, 0) == "");
    CHECK(unlike(db, std::vector<double>{0, std::log(2.0), 0, 0}, tolerance<T>) == "");
    const auto by_zero = std::get<0>(gradient(sum(pow(a, 0)), a));
    CHECK(unlike(by_zero, std::vector<double>{0, 0, 0, 0}, 0) == "");
}

}  // namespace strata::test
