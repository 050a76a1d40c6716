// SPDX-License-Identifier: BSL-1.0
#include <strata/layer/lambda.hpp>

#include <cmath>
#include <type_traits>

#include <strata/op/sum.hpp>
#include <strata/op/tanh.hpp>

#include "../support/probe.hpp"

namespace st = strata;

namespace {
struct Doubled {
    constexpr auto operator()(st::Expression auto x) const { return 2.0 * x; }
};
}  // namespace

TEST_CASE("a function of the library as a layer") {
    st::test::check_activation<st::Lambda<st::tanh>>([](double x) { return std::tanh(x); });
}
TEST_CASE("a functor, a lambda") {
    st::test::check_activation<st::Lambda<Doubled{}>>([](double x) { return 2 * x; });
    st::test::check_activation<st::Lambda<[](auto x) { return x * x - 0.5; }>>([](double x) { return x * x - 0.5; });
}
TEST_CASE("a function that changes the shape") {
    using M = st::Model<st::Lambda<[](auto x) { return st::sum(x, st::axis<-1>); }>, st::Shape<4, 6>>;
    static_assert(std::is_same_v<M::Output, st::Shape<4>>);
    static_assert(M::parts() == 0);
}
