// SPDX-License-Identifier: BSL-1.0
#include <strata/optim/optimiser.hpp>

#include <cmath>
#include <vector>

#include <strata/op/add.hpp>
#include <strata/op/subtract.hpp>

#include "../support/probe.hpp"

namespace st = strata;

namespace {
/// A user's own: the running sum of gradients, of which a share goes off the parameters.   m = m + g; p -= rate share m, share falling with the step.
struct Summing {
    double rate = 0.5;
    static constexpr int moments = 1, scalars = 1;
    void numbers(long step, double* out) const { out[0] = 1.0 / static_cast<double>(step); }
    static constexpr auto update(st::Expression auto p, st::Expression auto g, st::Expression auto m) {
        const auto sum = m + g;
        return st::updated(p - st::rate() * st::own<0>() * sum, sum);
    }
};
}  // namespace

TEST_CASE("an optimiser is an expression: moments, numbers of the step and the rate reach it") {
    using M = st::Model<st::test::Affine, st::Shape<3>, st::test::Here, st::Precision<double>>;
    M model;
    st::TrainingStep<M, st::test::Weighted, Summing, 2> step(model, Summing{}, st::Seed{1});
    const double x[3] = {1, -2, 0.5}, weight[3] = {1, 0.25, -3};
    double shift[3] = {}, scale[3] = {1, 1, 1}, sum_shift[3] = {}, sum_scale[3] = {};
    for (int i = 1; i <= 4; ++i) {
        step.run(x, weight, 1, i == 3 ? 0.5 : 1.0);
        const double rate = 0.5 * (i == 3 ? 0.5 : 1.0) / i;
        for (int k = 0; k < 3; ++k) {
            shift[k] -= rate * (sum_shift[k] += weight[k]);
            scale[k] -= rate * (sum_scale[k] += weight[k] * x[k]);
            CHECK(model.part(0).data[k] == doctest::Approx(scale[k]).epsilon(1e-14));
            CHECK(model.part(1).data[k] == doctest::Approx(shift[k]).epsilon(1e-14));
            CHECK(step.moments()[M::layout.entry[1].offset + k] == doctest::Approx(sum_shift[k]).epsilon(1e-14));
        }
    }
    CHECK(step.moments().size() == M::parameter_block());
}
