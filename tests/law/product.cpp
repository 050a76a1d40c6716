// SPDX-License-Identifier: BSL-1.0
// Products, windows and moves keep the laws.
#include <strata/op.hpp>

#include "../support/law.hpp"

namespace strata::test {

TEST_CASE("laws of products") {
    check_laws<Shape<4, 5>, Shape<5, 3>>("matmul", [](const auto& a, const auto& b) { return matmul(a, b); });
    check_laws<Shape<2, 4, 5>, Shape<2, 3, 5>>("matmul", [](const auto& a, const auto& b) { return matmul_transposed(a, b); });
}

TEST_CASE("laws of windows") {
    check_laws<Shape<2, 3, 6, 5>, Shape<4, 3, 3, 3>>("conv2d", [](const auto& x, const auto& w) { return conv2d<Sliding<2, 1, 1>>(x, w); });
    check_laws<Shape<2, 3, 6, 5>>("pool", [](const auto& x) { return max_pool2d<2>(x); });
    check_laws<Shape<2, 3, 6, 5>>("pool", [](const auto& x) { return avg_pool2d<3, 3, Sliding<1, 1, 1>>(x * x); });
}

TEST_CASE("laws of moves") {
    check_laws<Shape<3, 8>>("reshape", [](const auto& x) { return reshape<Shape<6, 4>>(x * x); });
    check_laws<Shape<3, 2, 5>>("transpose", [](const auto& x) { return transpose<2, 0, 1>(x * x); });
    check_laws<Shape<3, 2, 17>>("slice", [](const auto& x) { return slice<2, -9, to_end, 2>(x * x) + slice<2, 0, 5>(x); });
    check_laws<Shape<3, 2, 5>>("pad", [](const auto& x) { return pad<2, 3, 17>(x * x) + pad<2, 20, 0>(x); });
    check_laws<Shape<3, 2, 5>, Shape<3, 1, 5>>("concat", [](const auto& a, const auto& b) { return concat<1>(b, a * a, b); });
    check_laws<Shape<3, 5>, Shape<3, 5>>("stack", [](const auto& a, const auto& b) { return stack<1>(a, b * b, a); });
    check_laws<Shape<5, 3>>("take", [](const auto& a) { return take(a * a, argmax(a)) + a; });
    check_laws<Shape<3, 6>>("split", [](const auto& a) { return std::get<1>(split<1, 3>(a * a)) + std::get<0>(split<1, 3>(a)); });
}

}  // namespace strata::test
