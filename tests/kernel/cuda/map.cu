// SPDX-License-Identifier: BSL-1.0
#include <strata/kernel/cuda/map.cuh>

#include <doctest/doctest.h>

#include <strata/op.hpp>

#include "../../support/launch.cuh"
#include "../../support/steps.hpp"

namespace strata::test {
namespace {

template <class F, class... I>
using Plain = Traced<F, float, 1, true, I...>;
template <class T>
using MapOf = cuda::Mapping<StepIn<T>>;

constexpr auto spread = [](auto x, auto row, auto column, auto one) { return results(x * row - column, maximum(x, row) + one, column * 2); };
template <int N, int M>
using Spread = Plain<decltype(spread), In<float, N, M>, In<float, M>, In<float, N, 1>, In<float>>;
/// The second of its arrays begins where no access of 16 bytes finds it.
constexpr auto shifted = [](auto x, auto z) { return results(x - slice<-1, 1, to_end, 1>(z), slice<0, 1, to_end, 1>(z)); };
template <int N, int M>
using Shifted = Plain<decltype(shifted), In<float, N, M>, In<float, N, M + 1>>;

constexpr auto sample = [](auto x, auto row) { return results(x * row); };
using Sample = StepIn<Traced<decltype(sample), float, 7, true, In<float, -7, 12>, In<float, 12>>>;
/// Any number of blocks, for samples [first, first + count) of the run.
__global__ void share_kernel(cuda::Bases<3> base, int first, int count) {
    cuda::Mapping<Sample>::run(base, nullptr, nullptr, nullptr, cuda::Share{blockIdx.x, 0, 0, gridDim.x, first, count});
}

}  // namespace

TEST_CASE("rows that share what is one for all of them: few and many, by four, two, one at a time") {
    static_assert(MapOf<Spread<70, 8>>::W::width == 4 && MapOf<Spread<70, 8>>::ahead == 4 && MapOf<Spread<63, 8>>::ahead == 1);
    static_assert(MapOf<Spread<70, 6>>::W::width == 2 && MapOf<Spread<70, 7>>::W::width == 1);
    check_program<Spread<70, 8>>();
    check_program<Spread<63, 8>>();
    check_program<Spread<301, 6>>();
    check_program<Spread<66, 7>>();
    check_program<Spread<2, 4096>>();
    check_program<Spread<257, 516>>();
}
TEST_CASE("arrays that begin at odd places") {
    using S = Shifted<9, 12>;
    static_assert(MapOf<S>::W::width == 4);
    check_program<S>();
    check_program<Shifted<70, 3>>();
}
TEST_CASE("more elements than threads, in one row and in rows") {
    constexpr auto twice = [](auto x) { return results(x * 2); };
    using Line = Plain<decltype(twice), In<float, 2500004>>;
    static_assert(MapOf<Line>::blocks == 2112 && MapOf<Line>::vectors > 2112 * 256);
    check_program<Line>();
    constexpr auto scaled = [](auto x, auto row) { return results(x * row); };
    using Long = Plain<decltype(scaled), In<float, 3, 200004>, In<float, 200004>>;
    static_assert(MapOf<Long>::blocks * 256 < MapOf<Long>::vectors / 3);
    check_program<Long>();
}
TEST_CASE("random numbers by four are those one by one") {
    constexpr auto noise = [](auto x) { return results(x * apply<RandomLikeOp>(x), apply<RandomLikeOp>(x) > 0.5); };
    check_program<Plain<decltype(noise), In<float, 5, 8>>>(1e-6);
    check_program<Plain<decltype(noise), In<float, 5, 6>>>(1e-6);
    check_program<Traced<decltype(noise), float, 7, true, In<float, -7, 12>>>(1e-6, {1, 7});
}
TEST_CASE("a share of the samples is computed, and nothing else is written") {
    std::vector<float> x(84), row(12);
    for (std::size_t i = 0; i < 84; ++i) x[i] = static_cast<float>(i);
    for (std::size_t i = 0; i < 12; ++i) row[i] = static_cast<float>(i + 1);
    const auto a = on_device(x), b = on_device(row);
    auto y = on_device(std::vector<float>(84, -1.0f));
    share_kernel<<<2, 256>>>(cuda::Bases<3>{{const_cast<float*>(a.data()), const_cast<float*>(b.data()), y.data()}}, 2, 3);
    cuda::launched();
    const auto got = from_device(y);
    for (std::size_t i = 0; i < 84; ++i) CHECK(got[i] == (i >= 24 && i < 60 ? x[i] * row[i % 12] : -1.0f));
}

}  // namespace strata::test
