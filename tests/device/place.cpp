// SPDX-License-Identifier: BSL-1.0
#include <strata/device/place.hpp>

#include <doctest/doctest.h>

#include <type_traits>

#include <strata/layer/dense.hpp>
#include <strata/model/model.hpp>

namespace st = strata;

TEST_CASE("a place is a tag without members") { static_assert(std::is_empty_v<st::Host>); }
TEST_CASE("the precision decides what a model stores") {
    static_assert(std::is_same_v<st::Precision<float>::Real, float> && std::is_same_v<st::Precision<double>::Real, double>);
    static_assert(std::is_same_v<st::Precision<st::tf32>, st::Precision<st::tf32, float, float>> && std::is_same_v<st::Precision<st::tf32>::Real, float>);
    using M = st::Model<st::Dense<3>, st::Shape<2>, st::Host, st::Precision<double>>;
    static_assert(std::is_same_v<M::Real, double> && M::cost.parameters == 9 && M::cost.bytes == 2 * 64 * 1);
    static_assert(std::is_same_v<st::Model<st::Dense<3>, st::Shape<2>>::Real, float>);
}
