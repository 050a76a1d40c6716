// SPDX-License-Identifier: BSL-1.0
#include <strata/tensor/text.hpp>

#include <limits>
#include <sstream>
#include <string>

#include <doctest/doctest.h>

#include <strata/exec/expression.hpp>

#include "../support/elsewhere.hpp"

namespace st = strata;

TEST_CASE("a tensor as text") {
    CHECK(to_string(st::Tensor<float, 3>{1, 0.1f, -2.5f}) == "[1, 0.1, -2.5]");
    CHECK(to_string(st::Tensor<int, 2, 2>{{1, 2}, {3, 4}}) == "[[1, 2],\n [3, 4]]");
    CHECK(to_string(st::Tensor<bool, 2, 1, 2>{true, false, false, true}) == "[[[true, false]],\n [[false, true]]]");
    CHECK(to_string(st::Tensor<st::f16, 1>{0.5f}) == "[0.5]");
    CHECK(to_string(st::Tensor<double>{3}) == "3");
    CHECK(to_string(st::Tensor<double, 2>{std::numeric_limits<double>::quiet_NaN(), -std::numeric_limits<double>::infinity()}) == "[nan, -inf]");
}
TEST_CASE("a long tensor is told by its ends") {
    st::Tensor<int, 1000> most;
    CHECK(to_string(most).find("...") == std::string::npos);
    st::Tensor<int, 2, 501> x;
    for (int i = 0; i < 1002; ++i) x.data()[i] = i;
    CHECK(to_string(x) == "[[0, 1, 2, ..., 498, 499, 500],\n [501, 502, 503, ..., 999, 1000, 1001]]");
}
TEST_CASE("a tensor goes into a stream") {
    std::ostringstream out;
    out << st::Tensor<int, 2>{1, 2} << '.';
    CHECK(out.str() == "[1, 2].");
}
TEST_CASE("a tensor out of the host's reach comes over first") {
    const st::TensorOn<st::test::Elsewhere, int, 2, 2> x(st::Tensor<int, 2, 2>{{1, 2}, {3, 4}});
    CHECK(to_string(x) == "[[1, 2],\n [3, 4]]");
}
