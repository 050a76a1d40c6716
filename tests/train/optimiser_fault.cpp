// SPDX-License-Identifier: BSL-1.0
#include <strata/train/optimiser_fault.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <type_traits>

#include <strata/op/add.hpp>
#include <strata/op/cast.hpp>
#include <strata/op/compare.hpp>
#include <strata/op/silu.hpp>
#include <strata/op/subtract.hpp>
#include <strata/op/sum.hpp>
#include <strata/optim/adam.hpp>
#include <strata/optim/sgd.hpp>

namespace strata::test {

using detail::OptimiserFault;
using Two = Shape<2>;

/// An optimiser of one moment and one number of its own, whose update is F.
template <auto F>
struct Own {
    double rate = 0.1;
    static constexpr int moments = 1, scalars = 1;
    void numbers(long, double* out) const { out[0] = 0.5; }
    static constexpr auto update(Expression auto p, Expression auto g, Expression auto m) { return F(p, g, m); }
};
template <auto F>
using Of = OptimiserFault<Own<F>>;

constexpr auto sound = [](auto p, auto g, auto m) { return updated(p - rate() * m, own<0>() * m + g); };
constexpr auto composed = [](auto p, auto g, auto m) { return updated(p - silu(own<0>() * m), m + g); };
constexpr auto one = [](auto p, auto g, auto m) { return updated(p - rate() * (g + m)); };
constexpr auto three = [](auto p, auto g, auto m) { return updated(p, g, m); };
constexpr auto folded = [](auto p, auto g, auto m) { return updated(p - rate() * g, sum(m)); };
constexpr auto number = [](auto p, auto g, auto) { return updated(p - rate() * g, 0.0); };
constexpr auto mask = [](auto p, auto g, auto m) { return updated(p - rate() * g, m > 0); };
constexpr auto beyond = [](auto p, auto g, auto m) { return updated(p - rate() * g, m * own<1>()); };
constexpr auto beyond_within = [](auto p, auto g, auto m) { return updated(p - rate() * g, silu(m * own<3>() + g)); };
constexpr auto misfit = [](auto p, auto g, auto m) { return updated(p - rate() * g, m + Ref<Shape<3>, float>{}); };
constexpr auto none_updated = [](auto p, auto g, auto m) { return p - rate() * (g + m); };

static_assert(std::is_same_v<OptimiserFault<Adam>, NoFault> && std::is_same_v<OptimiserFault<AdamW>, NoFault> && std::is_same_v<OptimiserFault<Sgd>, NoFault>);
#ifndef __CUDACC__  // g++ takes no lambdas in names as nvcc writes them
static_assert(std::is_same_v<Of<sound>, NoFault> && std::is_same_v<Of<composed>, NoFault>);
static_assert(std::is_same_v<Of<one>, OptimiserUpdatesOthers<Own<one>, 2, 1>> && std::is_same_v<Of<three>, OptimiserUpdatesOthers<Own<three>, 2, 3>>);
static_assert(std::is_same_v<Of<folded>, OptimiserChangesShape<Own<folded>, Two, Shape<>, detail::Weak>>);
static_assert(std::is_same_v<Of<number>, OptimiserChangesShape<Own<number>, Two, double, double>>);
static_assert(std::is_same_v<Of<mask>, OptimiserChangesShape<Own<mask>, Two, Two, bool>>);
static_assert(std::is_same_v<Of<beyond>, OptimiserReadsOthers<Own<beyond>, 1, 2>> && std::is_same_v<Of<beyond_within>, OptimiserReadsOthers<Own<beyond_within>, 1, 4>>);
static_assert(std::is_same_v<Of<misfit>, ShapesDoNotFit<InUpdate<Own<misfit>>, AddOp, 2, 3, Two, Shape<3>>>);
static_assert(std::is_same_v<Of<none_updated>, NotAnOptimiser<Own<none_updated>>> && std::is_same_v<OptimiserFault<int>, NotAnOptimiser<int>>);
#endif

TEST_CASE("the scalars that an expression reads") {
    CHECK(detail::scalars_read<decltype(Ref<Two, float>{} * 2.0)> == 0);
    CHECK(detail::scalars_read<decltype(Ref<Two, float>{} * rate())> == 2);
    CHECK(detail::scalars_read<decltype(silu(Ref<Two, float>{} * rate()) + own<2>())> == 5);
}

}  // namespace strata::test
