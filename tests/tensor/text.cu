// SPDX-License-Identifier: BSL-1.0
// Tensors on a device as text: a copy comes to the host, and the text is that of the host's own.
#include <strata/exec/cuda_expression.cuh>
#include <strata/op/compare.hpp>
#include <strata/tensor/text.hpp>

#include <sstream>

#include <doctest/doctest.h>

namespace st = strata;

TEST_CASE("a device's tensor as text, and into a stream") {
    const st::TensorOn<st::Cuda, float, 2, 2> x{{1, 0.1f}, {-2.5f, 4}};
    CHECK(to_string(x) == "[[1, 0.1],\n [-2.5, 4]]");
    const st::TensorOn<st::Cuda, st::bf16, 2> narrow{0.5f, 3};
    CHECK(to_string(narrow) == "[0.5, 3]");
    const st::TensorOn<st::Cuda, bool, 2, 2> mask = x > 0.5f;
    std::ostringstream out;
    out << mask << '.';
    CHECK(out.str() == "[[true, false],\n [false, true]].");
}
TEST_CASE("a device's long tensor is told by its ends") {
    const auto x = st::TensorOn<st::Cuda, std::int32_t, 1001>::full(7);
    CHECK(to_string(x) == "[7, 7, 7, ..., 7, 7, 7]");
}
