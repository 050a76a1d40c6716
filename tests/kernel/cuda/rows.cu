// SPDX-License-Identifier: BSL-1.0
#include <strata/kernel/cuda/rows.cuh>

#include <doctest/doctest.h>

#include <strata/op.hpp>

#include "../../support/steps.hpp"

namespace strata::test {
namespace {

template <class F, class... I>
using Plain = Traced<F, float, 1, true, I...>;
template <class T>
using RowsOfStep = cuda::RowFolding<StepIn<T>>;

/// Two passes over x, the second of which keeps nothing new, a fold that has a place, and a row that is one for all.
constexpr auto folds = [](auto x, auto row) {
    const auto rest = x - max_keep(x, axis<-1>);
    return results(rest * row, argmax_keep(x, axis<-1>), sum_keep(rest * row, axis<-1>) - x);
};
template <int N, int M>
using Folds = Plain<decltype(folds), In<float, N, M>, In<float, M>>;
constexpr auto soft = [](auto x) { return results(softmax(x)); };
template <int N, int M>
using Soft = Plain<decltype(soft), In<float, N, M>>;
/// The same of rows that lie beside each other.
constexpr auto downwards = [](auto x, auto row) {
    const auto rest = x - max_keep(x, axis<1>);
    return results(rest * row, argmax_keep(x, axis<1>), sum_keep(rest * row, axis<1>) - x, sum_keep(rest, axis<1>));
};
template <int B, int N, int M>
using Down = Plain<decltype(downwards), In<float, B, N, M>, In<float, N, 1>>;
/// One pass, and what is made of it on the row.
constexpr auto once = [](auto x) { return results(max_keep(x, axis<-1>) * 2.f, argmax_keep(x, axis<-1>), sum_keep(x * x, axis<-1>) + 1.f, mean_keep(x, axis<-1>) - min_keep(x, axis<-1>)); };
template <int N, int M, int Capacity = 1>
using Once = Traced<decltype(once), float, Capacity, true, In<float, N, M>>;
/// The same step over another nest.
template <class Step, class N>
struct WithNest;
template <class R, class N, class O, class A, class Other>
struct WithNest<LoopStep<R, N, O, A>, Other> {
    using Step = LoopStep<R, Other, O, A>;
};
template <class Step, class N>
using InNest = typename WithNest<Step, N>::Step;
constexpr auto soft_down = [](auto x) { return results(softmax(x, axis<1>)); };

}  // namespace

TEST_CASE("rows of every length: a thread, parts of a warp, a warp, a block each") {
    static_assert(RowsOfStep<Folds<9, 4>>::team == 1 && RowsOfStep<Folds<9, 8>>::team == 2 && RowsOfStep<Folds<40, 5>>::team == 8 && RowsOfStep<Folds<40, 60>>::team == 16);
    check_program<Folds<9, 4>>();
    check_program<Folds<9, 8>>();
    check_program<Folds<300, 8>>();
    check_program<Folds<40, 5>>();
    check_program<Folds<40, 60>>();
}
TEST_CASE("rows longer than a warp takes at once, with what is read once in shared memory") {
    using Warp = Folds<70, 516>;
    static_assert(RowsOfStep<Warp>::team == 32 && RowsOfStep<Warp>::turns == 5 && RowsOfStep<Warp>::unrolled && RowsOfStep<Warp>::P::shared_bytes == 2064);
    check_program<Warp>();
    using Block = Folds<3, 1300>;
    static_assert(RowsOfStep<Block>::team == 256 && RowsOfStep<Block>::turns == 2 && RowsOfStep<Block>::P::shared_bytes == 5200);
    check_program<Block>();
}
TEST_CASE("rows too long to be kept are read once a pass") {
    using Long = Folds<2, 20004>;
    static_assert(RowsOfStep<Long>::team == 256 && !RowsOfStep<Long>::S::keeps && !RowsOfStep<Long>::unrolled);
    check_program<Long>();
    check_program<Soft<2, 20004>>(1e-5);
}
TEST_CASE("a few long rows that are folded once are shared by blocks") {
    static_assert(RowsOfStep<Once<1, 70001>>::parts == 34 && RowsOfStep<Once<3, 40004>>::parts == 4 && RowsOfStep<Once<3, 40004>>::blocks == 12);
    static_assert(RowsOfStep<Once<1, 1 << 26>>::parts == 1056 && RowsOfStep<Once<2, 16380>>::parts == 1 && RowsOfStep<Once<700, 20000>>::parts == 1 && RowsOfStep<Soft<2, 40004>>::parts == 1);
    check_program<Once<1, 70001>>(1e-5);
    check_program<Once<3, 40004>>(1e-5);
    check_program<Once<1, 34816>>(1e-5);  // the last part is empty
    check_program<Once<-5, 20000, 5>>(1e-5, {1, 2, 5});
}
TEST_CASE("rows of an odd length that blocks share read what is one for all rows from memory") {
    constexpr auto weighted = [](auto x, auto row) { return results(sum_keep(x * row, axis<-1>)); };
    using Weighted = Plain<decltype(weighted), In<float, 3, 5001>, In<float, 5001>>;
    static_assert(RowsOfStep<Weighted>::parts == 2 && RowsOfStep<Weighted>::bytes == 0);
    check_program<Weighted>(1e-5);
}
TEST_CASE("rows of 2^33 elements and more are counted in 64 bits") {
    using Flat = cuda::RowFolding<InNest<StepIn<Once<2, 40>>, Nest<1, 1, 1, 2, 1, 1, 1 << 9, 1 << 25, -1, 1, false, 3>>>;
    static_assert(Flat::W::length == 1L << 34 && Flat::S::vectors == 1L << 32 && Flat::S::turns_of(256) == 1 << 24 && Flat::team == 256 && Flat::parts == 528);
    using Upright = cuda::RowFolding<InNest<StepIn<Down<1, 300, 40>>, Nest<1, 1, 1, 1, 1, 1 << 9, 1 << 25, 40, -1, 1, true, 3>>>;
    static_assert(Upright::S::turns_of(1) == 1L << 34 && Upright::team == 8 && !Upright::unrolled);
}
TEST_CASE("values kept between passes, whole vectors and not") {
    check_program<Soft<33, 12>>(1e-6);
    check_program<Soft<33, 13>>(1e-6);
    check_program<Soft<5, 1000>>(1e-5);
    check_program<Soft<5, 519>>(1e-5);
    check_program<Soft<3, 4096>>(1e-5);
}
TEST_CASE("rows beside each other are shared by threads of a block, where they are few") {
    static_assert(RowsOfStep<Down<2, 20000, 8>>::team == 32 && RowsOfStep<Down<1, 300, 40>>::team == 8 && RowsOfStep<Down<3, 16, 40>>::team == 1);
    static_assert(RowsOfStep<Down<2, 20000, 8>>::W::vertical && RowsOfStep<Down<700, 70, 300>>::team == 1);
    check_program<Down<2, 5000, 8>>();  // one turn after another is put by
    check_program<Down<1, 300, 40>>();
    check_program<Down<3, 16, 40>>();
    check_program<Down<5, 70, 3>>();  // groups of rows that end amid a sample, threads without a row
    check_program<Down<3, 131, 129>>();
    check_program<Plain<decltype(soft_down), In<float, 3, 261, 12>>>(1e-5);
    check_program<Traced<decltype(soft_down), float, 7, true, In<float, -7, 65, 5>>>(1e-5, {1, 3, 7});
}
TEST_CASE("more rows than the launch has teams") {
    using Many = Folds<1500, 516>;
    static_assert(RowsOfStep<Many>::blocks * 8 < 1500);
    check_program<Many>();
}

}  // namespace strata::test
