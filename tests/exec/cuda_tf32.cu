// SPDX-License-Identifier: BSL-1.0
/// Models whose products are in tf32 on a device, and products with tiles of a user's.
#include <strata/exec/cuda.cuh>

#include <doctest/doctest.h>

#include <strata/layer/conv2d.hpp>
#include <strata/layer/dense.hpp>
#include <strata/layer/flatten.hpp>
#include <strata/layer/relu.hpp>
#include <strata/layer/sequential.hpp>
#include <strata/layer/tanh.hpp>

#include "../support/cuda.cuh"
#include "../support/place.cuh"

namespace strata::test {
/// A device where a user has pinned some tiles: a place of its own, since pins hold for a whole program.
struct Tiled : Managed {
    constexpr Tiled(Managed at = {}) : Managed(at) {}
};
}  // namespace strata::test

namespace strata {
template <class T>
struct MemoryOf<test::Tiled, T> : MemoryOf<test::Managed, T> {};
template <class T>
struct StagingOf<test::Tiled, T> : StagingOf<Cuda, T> {};
template <class Real>
struct PolicyOn<test::Tiled, Real> : PolicyOn<Cuda, Real> {};
template <class P>
class Runner<test::Tiled, P> : public Runner<Cuda, P> {
    using Runner<Cuda, P>::Runner;
};
template <>
struct PinsOn<test::Tiled> {
    static constexpr Pin list[] = {
        {.m = 40, .n = 160, .k = 96, .tiles = {16, 32, 16, 4}},   // forward
        {.m = 96, .n = 160, .k = 40, .tiles = {32, 64, 8, 2}},    // the weights' gradient
        {.m = 40, .n = 5, .k = 160, .tiles = {.m = 16, .n = 16}}, // too wide on the left to share a launch
        {.m = 40, .n = 24, .k = 96, .tiles = {.m = 16, .n = 16}}, // which others of such sides would
        {.m = 40, .n = 160, .k = 96, .tiles = {64, 32, 64, 3}, .operands = DType::bf16},
    };
};
}  // namespace strata

namespace strata::test {
template <>
struct Fetch<Tiled> : Fetch<Cuda> {};
namespace {
using Net = Sequential<Dense<160>, Tanh, Dense<5>>;
using In = Shape<96>;
constexpr int B = 40;

/// A kernel of a product in P of m x n results, sums of k terms.
template <class P, int M, int N, int K, int S = 0>
constexpr auto product_in() {
    static_assert(S < P::kernels, "there is no such product");
    constexpr const Group& group = P::plan.group[S];
    if constexpr (group.anchor == Kind::contract) {
        using Kernel = cuda::KernelFor<typename P::template StepType<S>>;
        constexpr const ProductFacts& f = StepsOf<P, S - S % detail::steps_at_once>::steps.at[S % detail::steps_at_once].product;
        if constexpr (f.m == M && f.n == N && f.k == K)
            return static_cast<Kernel*>(nullptr);
        else
            return product_in<P, M, N, K, S + 1>();
    } else {
        return product_in<P, M, N, K, S + 1>();
    }
}
template <class P, int M, int N, int K>
using ProductIn = std::remove_pointer_t<decltype(product_in<P, M, N, K>())>;

template <class Place, class Precise>
using SessionOf = Session<Model<Net, In, Place, Precise>, B>;
template <class Place, class Precise>
using StepOf = TrainingStep<Model<Net, In, Place, Precise>, CrossEntropy, Sgd, B>;

// All products of a training step that have a kernel of their own are in tf32 there; on the host the steps are those of float.
using Trained = StepOf<Cuda, Precision<tf32>>::Plan;
static_assert(ProductIn<Trained, B, 160, 96>::Product::units == cuda::Units::tf32 && ProductIn<Trained, 96, 160, B>::Product::units == cuda::Units::tf32);
static_assert(ProductIn<StepOf<Cuda, Precision<float>>::Plan, B, 160, 96>::Product::units == cuda::Units::threads);
static_assert(std::is_same_v<SessionOf<Host, Precision<tf32>>::Plan::StepType<0>, SessionOf<Host, Precision<float>>::Plan::StepType<0>>);
static_assert(std::is_same_v<Precision<tf32>::Real, float> && std::is_same_v<Precision<tf32>, Precision<tf32, float, float>>);
static_assert(plan_of<SessionOf<Host, Precision<tf32>>, Cuda>.kernels == plan_of<SessionOf<Host, Precision<float>>, Cuda>.kernels);

// A pin is the tile that is used, for its shape and type alone.
template <class P, int M, int N, int K>
constexpr cuda::Tiling tile_in = ProductIn<P, M, N, K>::t;
using Pinned = StepOf<Tiled, Precision<float>>::Plan;
constexpr bool is(const cuda::Tiling& t, int m, int n, int k, int stages) { return t.m == m && t.n == n && t.k == k && t.stages == stages; }
static_assert(is(tile_in<Pinned, B, 160, 96>, 16, 32, 16, 4) && is(tile_in<Pinned, 96, 160, B>, 32, 64, 8, 2));
static_assert(ProductIn<Pinned, B, 160, 96>::Product::tiles_m == 3 && ProductIn<Pinned, B, 160, 96>::Product::tiles_n == 5);
static_assert(tile_in<Pinned, B, 5, 160>.m == 16 && tile_in<Pinned, B, 5, 160>.k > 0);
static_assert(!is(tile_in<StepOf<Cuda, Precision<float>>::Plan, B, 160, 96>, 16, 32, 16, 4));
static_assert(is(tile_in<StepOf<Tiled, Precision<bf16>>::Plan, B, 160, 96>, 64, 32, 64, 3));
// A product that would share a launch with others, on some samples at a time, has its own once its tile is pinned.
template <class Place>
using Narrow = Session<Model<Sequential<Dense<24>, Relu, Dense<24>, Relu>, In, Place>, B>;
static_assert(Narrow<Cuda>::Plan::plan.launches == 1 && Narrow<Tiled>::Plan::plan.launches == 2);

/// A net's results for B samples, and what its first layer's terms add up to without their signs, for each result of that.
template <class Place, class Precise>
std::vector<float> results(const std::vector<float>& x) {
    const Model<Sequential<Dense<160>>, In, Place, Precise> model{Seed{3}};
    Session<Model<Sequential<Dense<160>>, In, Place, Precise>, B> session{model};
    std::vector<float> y(B * 160);
    session(x, y);
    return y;
}
std::vector<float> samples() {
    std::vector<float> x(B * 96);
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = 2 * static_cast<float>(Philox::uniform(9, 1, i)) - 1;
    return x;
}
}  // namespace

TEST_CASE("a layer in tf32: each operand is rounded to 11 bits, so a sum is within 2^-10 of its terms' sizes, and not as near as in f32") {
    const std::vector<float> x = samples(), exact = results<Host, Precision<float>>(x), there = results<Cuda, Precision<tf32>>(x);
    const Model<Sequential<Dense<160>>, In> model{Seed{3}};
    const float* w = model.part(0).data;
    REQUIRE(std::string(model.part(0).path) == "0.weight");
    double worst = 0;
    for (int i = 0; i < B; ++i)
        for (int j = 0; j < 160; ++j) {
            double size = 0;
            for (int q = 0; q < 96; ++q) size += std::abs(static_cast<double>(x[static_cast<std::size_t>(i * 96 + q)]) * static_cast<double>(w[q * 160 + j]));
            const auto at = static_cast<std::size_t>(i * 160 + j);
            worst = std::fmax(worst, std::abs(static_cast<double>(there[at]) - static_cast<double>(exact[at])) / size);
        }
    MESSAGE("off by up to ", worst, " of the sizes of the terms");
    CHECK(worst <= 0x1p-10);
    CHECK(worst > 0x1p-16);
    CHECK(results<Host, Precision<tf32>>(x) == exact);
}
TEST_CASE("training in tf32 on a device follows the host's in f32") { check_place<Cuda, Net, In, tf32, B>(Momentum{.rate = 0.05}, 1e-3); }
TEST_CASE("convolutions in tf32 on a device follow the host's in f32") {
    check_place<Cuda, Sequential<Conv2d<8, 3>, Tanh, Flatten, Dense<4>>, Shape<4, 8, 8>, tf32, 5>(Momentum{.rate = 0.05}, 1e-3);
}
TEST_CASE("training with pinned tiles on a device follows the host's") {
    check_place<Tiled, Net, In, float, B>(Momentum{.rate = 0.05}, 2e-6);
    check_place<Tiled, Sequential<Dense<24>, Relu, Dense<24>, Relu>, In, float, B>(Momentum{.rate = 0.05}, 2e-6);
}

}  // namespace strata::test
