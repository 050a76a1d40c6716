// SPDX-License-Identifier: BSL-1.0
#include <strata/loss/target.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <type_traits>

namespace st = strata;

TEST_CASE("labels: one integer for each sample, whatever the model's precision") {
    static_assert(std::is_same_v<st::Labels::Sample, st::Shape<>> && st::Labels::Sample::size == 1);
    static_assert(std::is_same_v<st::Labels::Element<float>, std::int32_t> && std::is_same_v<st::Labels::Element<double>, std::int32_t>);
}
TEST_CASE("values: the shape and precision of the result") {
    using V = st::Values<st::Shape<3, 4>>;
    static_assert(std::is_same_v<V::Sample, st::Shape<3, 4>>);
    static_assert(std::is_same_v<V::Element<float>, float> && std::is_same_v<V::Element<double>, double>);
}
