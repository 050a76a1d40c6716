// SPDX-License-Identifier: BSL-1.0
#include <strata/optim/loss_scale.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include <strata/optim/adam.hpp>
#include <strata/optim/clip.hpp>
#include <strata/optim/sgd.hpp>

#include "../support/narrow_step.hpp"

namespace strata::test {
namespace {

using Narrow = SmallModel<f16>;
constexpr float infinite = std::numeric_limits<float>::infinity(), undefined = std::numeric_limits<float>::quiet_NaN();

bool finite(std::initializer_list<float> g) {
    Tensor<float, 37> x;
    long i = 0;
    for (const float v : g) x.data()[4 * i++ + 3] = v;
    const Tensor<bool, 1> y = LossScale::finite(x);
    return y(0);
}
/// The scale and the good steps in a row after steps of which those in `bad` overflow, by plain arithmetic.
std::pair<float, float> after(const LossScale& s, const std::vector<bool>& bad) {
    double scale = s.initial, good = 0;
    for (const bool b : bad) {
        good = b ? 0 : good + 1;
        if (b) scale = std::fmax(scale * s.backoff, LossScale::smallest);
        if (good >= static_cast<double>(s.interval)) scale = std::fmin(scale * s.growth, LossScale::largest), good = 0;
    }
    return {static_cast<float>(scale), static_cast<float>(good)};
}
}  // namespace

TEST_CASE("gradients are finite when all of them are, the largest numbers too") {
    CHECK(finite({1, -2, 0}));
    CHECK(finite({std::numeric_limits<float>::max(), -std::numeric_limits<float>::max(), 1e-45f}));
    CHECK_FALSE(finite({1, infinite, 0}));
    CHECK_FALSE(finite({1, 2, 3, 4, 5, 6, -infinite}));
    CHECK_FALSE(finite({undefined, 2, 3}));
    CHECK_FALSE(finite({infinite, undefined, 3}));
    CHECK_FALSE(finite({1, 2, 3, 4, 5, 6, 7, undefined}));
}

TEST_CASE("a scale under which gradients overflow changes nothing but itself, until it is small enough") {
    const Sorted data;
    SmallModel<f16> model{Seed{1}};
    const LossScale scale{.initial = 0x1p30, .interval = 4};
    SmallStep<f16, Adam> step{model, Adam{.rate = 0.01}, Seed{2}, nullptr, scale};
    std::vector<bool> bad;
    double first = 0, last = 0;
    for (int i = 0; i < 60; ++i) {
        const auto before = parameters_of(model), moments = numbers_of<Narrow>(step.moments(), 2);
        const long steps = step.steps();
        last = static_cast<double>(step.run(data.x.data(), data.label.data(), Sorted::samples));
        if (i == 0) first = last;
        const auto gradients = numbers_of<Narrow>(step.gradients());
        bool overflowed = false;
        for (const float g : gradients) overflowed = overflowed || !std::isfinite(g);
        bad.push_back(overflowed);
        CHECK(step.steps() == steps + !overflowed);
        CHECK((parameters_of(model) == before) == overflowed);
        CHECK((numbers_of<Narrow>(step.moments(), 2) == moments) == overflowed);
        REQUIRE(step.scale() == after(scale, bad));
    }
    CHECK(bad[0]);
    CHECK(step.skipped() >= 8);
    CHECK(step.steps() >= 40);
    CHECK(last < 0.8 * first);
}

TEST_CASE("what a step does is not changed by its scale: the optimiser and a clipped norm see gradients of the loss itself") {
    const Sorted data;
    const auto trained = [&](double scale) {
        SmallModel<f16> model{Seed{1}};
        SmallStep<f16, Clipped<Momentum>> step{model, clip(Momentum{.rate = 0.1}, 0.05), Seed{2}, nullptr, LossScale{.initial = scale}};
        for (int i = 0; i < 5; ++i) step.run(data.x.data(), data.label.data(), Sorted::samples);
        CHECK(step.skipped() == 0);
        return parameters_of(model);
    };
    const auto a = trained(256), b = trained(4096), plain = [&] {
        SmallModel<float> model{Seed{1}};
        SmallStep<float, Clipped<Momentum>> step{model, clip(Momentum{.rate = 0.1}, 0.05), Seed{2}};
        for (int i = 0; i < 5; ++i) step.run(data.x.data(), data.label.data(), Sorted::samples);
        return parameters_of(model);
    }();
    for (std::size_t i = 0; i < a.size(); ++i) {
        CHECK(std::abs(a[i] - b[i]) < 1e-6);
        CHECK(std::abs(a[i] - plain[i]) < 1e-4);
    }
}

TEST_CASE("gradients too small for f16 are lost without a scale, and kept with one") {
    const Sorted data;
    const auto lost = [&](double scale) {
        SmallModel<f16> model{Seed{1}};
        SmallStep<f16, Sgd> step{model, Sgd{.rate = 0}, Seed{2}, nullptr, LossScale{.initial = scale}};
        step.run(data.x.data(), data.label.data(), Sorted::samples);
        const auto g = numbers_of<Narrow>(step.gradients());
        int zeros = 0;
        for (const float v : g) zeros += v == 0;
        return zeros;
    };
    CHECK(lost(0x1p-20) > lost(1024) + 100);
}

}  // namespace strata::test
