// SPDX-License-Identifier: BSL-1.0
#include <strata/optim/clip.hpp>

#include <cmath>
#include <vector>

#include <strata/optim/adam.hpp>
#include <strata/optim/sgd.hpp>

#include "../support/golden_nets.hpp"
#include "../support/probe.hpp"

namespace st = strata;

namespace {
/// y = sum of weights times parameters: the gradient is the weight itself.
using M = st::Model<st::test::Affine, st::Shape<5>, st::test::Here, st::Precision<double>>;
/// The move of the parameters in one step of SGD with rate 1 and gradients 3, 4 (shift) and 0 (scale).
std::vector<double> move(double norm) {
    M model;
    const std::vector<double> before(model.parameters(), model.parameters() + M::parameter_block());
    const auto optimiser = st::clip(st::Sgd{1.0}, norm);
    st::TrainingStep<M, st::test::Weighted, st::Clipped<st::Sgd>, 1> step(model, optimiser, st::Seed{1});
    const double x[5] = {}, weight[5] = {3, 0, 4, 0, 0};
    step.run(x, weight, 1);
    std::vector<double> moved;
    for (int i = 0; i < 5; ++i) {
        const long k = M::layout.entry[1].offset + i;
        moved.push_back(before[static_cast<std::size_t>(k)] - model.parameters()[k]);
    }
    return moved;
}
}  // namespace

TEST_CASE("a gradient that is too long is shortened, its direction kept") {
    const auto moved = move(0.5);
    CHECK(moved[0] == doctest::Approx(3 * 0.5 / (5 + 1e-6)).epsilon(1e-14));
    CHECK(moved[2] == doctest::Approx(4 * 0.5 / (5 + 1e-6)).epsilon(1e-14));
    CHECK(moved[1] == 0);
}
TEST_CASE("one that is short enough is left alone") {
    const auto moved = move(10);
    CHECK(moved[0] == 3);
    CHECK(moved[2] == 4);
}
TEST_CASE("ten steps beside PyTorch's") { st::test::check_golden_runs<st::test::Mlp>("mlp", "clip", st::clip(st::Sgd{0.5}, 0.5)); }
TEST_CASE("it goes with any optimiser and keeps its moments") {
    using C = st::Clipped<st::Adam>;
    static_assert(C::moments == 2 && C::scalars == st::Adam::scalars + 1);
    double own[C::scalars] = {};
    st::clip(st::Adam{}, 0.25).numbers(1, own);
    CHECK(own[C::scalars - 1] == 0.25);
    CHECK(own[0] == 0.9);
}
