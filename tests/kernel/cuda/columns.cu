// SPDX-License-Identifier: BSL-1.0
#include <strata/kernel/cuda/columns.cuh>

#include <doctest/doctest.h>

#include <strata/op.hpp>

#include "../../support/steps.hpp"

namespace strata::test {
namespace {

template <class F, class... I>
using Plain = Traced<F, float, 1, true, I...>;
template <class T>
using SumsOf = cuda::ColumnSums<StepIn<T>>;

constexpr auto beside = [](auto x, auto row) { return results(sum(x * row, axis<0>), x - row, sum(x, axis<0>)); };
template <int N, int M>
using Beside = Plain<decltype(beside), In<float, N, M>, In<float, M>>;
constexpr auto folded = [](auto x, auto z) {
    const auto rest = x - max_keep(x, axis<-1>);
    return results(rest * z, sum(rest * z, axis<0>), sum(z, axis<0>));
};
template <int N, int M>
using Folded = Plain<decltype(folded), In<float, N, M>, In<float, N, M>>;

}  // namespace

TEST_CASE("columns in tiles, rows in parts") {
    using One = Beside<5, 8>;
    static_assert(SumsOf<One>::fits && SumsOf<One>::blocks == 1 && SumsOf<One>::team == 2 && SumsOf<One>::bytes == 256 * 16);
    check_program<One>();
    using Tiles = Beside<40, 516>;
    static_assert(SumsOf<Tiles>::fits && SumsOf<Tiles>::tiles == 5 && SumsOf<Tiles>::parts == 1);
    check_program<Tiles>();
    using Parts = Beside<700, 132>;
    static_assert(SumsOf<Parts>::fits && SumsOf<Parts>::tiles == 2 && SumsOf<Parts>::parts == 5);
    check_program<Parts>();
    check_program<Beside<9001, 7>>();
    check_program<Beside<1, 6>>();
}
TEST_CASE("sums beside folds of the rows: parts of a warp, a warp, a block a row") {
    static_assert(SumsOf<Folded<19, 8>>::fits && SumsOf<Folded<19, 8>>::team == 2);
    check_program<Folded<19, 8>>();
    using Warp = Folded<300, 516>;
    static_assert(SumsOf<Warp>::fits && SumsOf<Warp>::team == 32 && SumsOf<Warp>::turns == 5 && SumsOf<Warp>::parts > 1);
    check_program<Warp>();
    using Block = Folded<100, 1300>;
    static_assert(SumsOf<Block>::fits && SumsOf<Block>::deep == 1 && SumsOf<Block>::parts > 1);
    check_program<Block>();
}
TEST_CASE("sums of what is one for the row, and of whole numbers and doubles") {
    constexpr auto once = [](auto x) {
        const auto most = max_keep(x, axis<-1>);
        return results(sum_keep(most, axis<0>), sum_keep(x - most, axis<0>));
    };
    check_program<Plain<decltype(once), In<float, 5, 12>>>();
    check_program<Plain<decltype(once), In<float, 3000, 36>>>();
    check_program<Traced<decltype(once), double, 1, true, In<double, 3000, 6>>>();
    constexpr auto whole = [](auto i) { return results(sum(i, axis<0>), i * 2); };
    check_program<Plain<decltype(whole), In<std::int32_t, 3000, 20>>>();
    constexpr auto alone = [](auto x, auto row) { return results(sum_keep(sum_keep(x * row, axis<-1>), axis<0>), x * row); };
    using Alone = Plain<decltype(alone), In<float, 40, 516>, In<float, 516>>;
    static_assert(SumsOf<Alone>::fits && SumsOf<Alone>::bytes == 516 * 4);
    check_program<Alone>(1e-5);
}
TEST_CASE("sums of fewer samples than there could be") {
    constexpr auto samples = [](auto x, auto row) { return results(sum(x * row, axis<0>), x * 2, sum(x - max_keep(x, axis<-1>), axis<0>)); };
    using S = Traced<decltype(samples), float, 600, true, In<float, -600, 132>, In<float, 132>>;
    static_assert(SumsOf<S>::fits && SumsOf<S>::parts > 1);
    check_program<S>(0, {1, 333, 600});
}

}  // namespace strata::test
