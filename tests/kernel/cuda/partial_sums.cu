// SPDX-License-Identifier: BSL-1.0
#include <strata/kernel/cuda/partial_sums.cuh>

#include <doctest/doctest.h>

#include <strata/op.hpp>

#include "../../support/steps.hpp"

namespace strata::test {
namespace {

template <class F, class... I>
using Plain = Traced<F, float, 1, true, I...>;
template <class T>
constexpr bool fits = cuda::ColumnSums<StepIn<T>>::fits;
template <class T>
constexpr int parts = cuda::PartialSums<StepIn<T>>::parts;

}  // namespace

TEST_CASE("sums of several breadths at once") {
    constexpr auto breadths = [](auto x, auto scale) { return results(sum(x * scale, axis<0>), sum(x, axes<0, 1>)); };
    using Few = Plain<decltype(breadths), In<float, 3, 7, 31>, In<float, 7, 1>>;
    using Many = Plain<decltype(breadths), In<float, 30, 7, 132>, In<float, 7, 1>>;
    static_assert(!fits<Few> && !fits<Many> && parts<Few> == 1 && parts<Many> > 1);
    check_program<Few>();
    check_program<Many>();
}
TEST_CASE("sums of rows that lie side by side") {
    constexpr auto downwards = [](auto x) {
        const auto rest = x - max_keep(x, axis<1>);
        return results(rest, sum_keep(rest, axis<0>));
    };
    using Down = Plain<decltype(downwards), In<float, 40, 9, 33>>;
    static_assert(!fits<Down> && parts<Down> > 1);
    check_program<Down>();
    check_program<Plain<decltype(downwards), In<float, 3, 5, 7>>>();
}
TEST_CASE("sums of rows too long for registers, with folds of them") {
    constexpr auto folded = [](auto x) { return results(sum_keep(x - max_keep(x, axis<-1>), axis<0>)); };
    using Long = Plain<decltype(folded), In<float, 20, 20004>>;
    static_assert(!fits<Long> && parts<Long> > 1);
    check_program<Long>();
}

}  // namespace strata::test
