// SPDX-License-Identifier: BSL-1.0
#include <strata/layer/dropout.hpp>

#include <cmath>
#include <vector>

#include <strata/op/mean.hpp>
#include <strata/op/sigmoid.hpp>
#include <strata/op/sum.hpp>

#include "../support/probe.hpp"

namespace st = strata;

namespace {
using P = st::test::Probe<st::Dropout<0.25>, st::Shape<6>>;
constexpr int samples = 60, features = 128;
/// Its gradient by the shift in front is the mask itself, summed over the batch.
using M = st::Model<st::Sequential<st::test::Affine, st::Dropout<0.3f>>, st::Shape<features>, st::test::Here>;
using Step = st::TrainingStep<M, st::test::Weighted, st::Sgd, 1>;

/// Masks of `samples` steps: 0 or 1 / (1 - rate) for each feature.
std::vector<float> masks(st::Seed seed) {
    M model;
    Step step(model, st::Sgd{0.0}, seed);
    const std::vector<float> x(features, 1.0f);
    std::vector<float> all;
    for (int i = 0; i < samples; ++i) {
        step.run(x.data(), x.data(), 1);
        const float* mask = step.gradients().data() + M::layout.entry[1].offset;
        all.insert(all.end(), mask, mask + features);
    }
    return all;
}

/// What a layer may do with a dropped value, that only one mask for all its uses makes right.
struct Gated {
    static constexpr auto forward(const auto&, auto x, auto) {
        const auto h = st::dropout(x, 0.5);
        return h * st::sigmoid(h);
    }
};
struct Centred {
    static constexpr auto forward(const auto&, auto x, auto) {
        const auto h = st::dropout(x, 0.5);
        const auto m = st::mean_keep(h, st::axis<-1>);
        return st::sum_keep(h - m, st::axis<-1>) + x * 0;
    }
};
/// Of two calls, each has its own, also where one expression in the source makes both.
struct Apart {
    static constexpr auto forward(const auto&, auto x, auto) {
        const auto drop = [](auto v) { return st::dropout(v, 0.5); };
        return drop(x) - drop(x);
    }
};
struct OfWeight {
    template <class In>
    struct Parameters {
        BOOST_HANA_DEFINE_STRUCT(Parameters, (st::Param<st::SampleShape<In>>, weight));
    };
    static constexpr auto forward(const auto& p, auto x, auto) {
        const auto w = st::dropout(p.weight, 0.5);
        return x * w - x * w;
    }
};
}  // namespace

TEST_CASE("a layer's dropped value is one value, however often it is used") {
    st::test::Probe<Gated, st::Shape<40>> gated;
    const auto y = gated.train();
    for (std::size_t i = 0; i < y.size(); ++i) CHECK((y[i] == 0 || std::abs(y[i] - 2 * gated.x[i] / (1 + std::exp(-2 * gated.x[i]))) < 1e-12));
    gated.check_gradient();
    st::test::Probe<Centred, st::Shape<40>> centred;
    for (double v : centred.train()) CHECK(std::abs(v) < 1e-12);
    st::test::Probe<OfWeight, st::Shape<40>> weight;
    for (double v : weight.train()) CHECK(v == 0);
    st::test::Probe<Apart, st::Shape<400>> apart;
    int differ = 0;
    for (double v : apart.train()) differ += v != 0;
    CHECK(differ > 100);
}
TEST_CASE("in inference it is the identity") {
    P probe;
    CHECK(probe.infer() == probe.x);
}
TEST_CASE("in training an element is dropped, or scaled so that the mean stays") {
    P probe;
    const auto y = probe.train();
    int dropped = 0;
    for (std::size_t i = 0; i < y.size(); ++i) {
        if (y[i] == 0)
            ++dropped;
        else
            CHECK(y[i] == doctest::Approx(probe.x[i] / 0.75).epsilon(1e-14));
    }
    CHECK(dropped > 0);
    CHECK(dropped < static_cast<int>(y.size()));
}
TEST_CASE("the gradient goes through the same mask") { P{}.check_gradient(); }
TEST_CASE("a share of `rate` is dropped: every step, every feature") {
    const auto all = masks(st::Seed{11});
    const double rate = static_cast<double>(0.3f);
    double kept = 0;
    std::vector<double> by_step(samples), by_feature(features);
    for (int s = 0; s < samples; ++s)
        for (int f = 0; f < features; ++f) {
            const float v = all[static_cast<std::size_t>(s * features + f)];
            REQUIRE((v == 0.0f || v == doctest::Approx(1 / 0.7).epsilon(1e-6)));
            if (v == 0.0f) continue;
            ++kept;
            ++by_step[static_cast<std::size_t>(s)];
            ++by_feature[static_cast<std::size_t>(f)];
        }
    // Within five standard deviations of the binomial distribution.
    const auto deviation = [&](double n) { return 5 * std::sqrt(n * rate * (1 - rate)); };
    CHECK(std::abs(kept - (1 - rate) * samples * features) <= deviation(samples * features));
    for (double k : by_step) CHECK(std::abs(k - (1 - rate) * features) <= deviation(features));
    for (double k : by_feature) CHECK(std::abs(k - (1 - rate) * samples) <= deviation(samples));
}
TEST_CASE("the same seed gives the same masks, another seed and the next step others") {
    const auto a = masks(st::Seed{11}), b = masks(st::Seed{11}), c = masks(st::Seed{12});
    CHECK(a == b);
    int differ = 0, next_differs = 0;
    for (std::size_t i = 0; i < a.size(); ++i) differ += a[i] != c[i];
    for (std::size_t i = features; i < a.size(); ++i) next_differs += a[i] != a[i - features];
    const double expected = 2 * 0.3 * 0.7 * samples * features;  // two independent masks differ that often
    CHECK(std::abs(differ - expected) <= 0.1 * expected);
    CHECK(std::abs(next_differs - expected) <= 0.1 * expected);
}
TEST_CASE("two layers of one net have masks of their own") {
    using Two = st::Model<st::Sequential<st::test::Affine, st::Dropout<0.5>, st::Dropout<0.5>>, st::Shape<features>, st::test::Here>;
    Two model;
    st::TrainingStep<Two, st::test::Weighted, st::Sgd, 1> step(model, st::Sgd{0.0}, st::Seed{11});
    const std::vector<float> x(features, 1.0f);
    step.run(x.data(), x.data(), 1);
    int kept = 0;
    for (int f = 0; f < features; ++f) kept += step.gradients()[Two::layout.entry[1].offset + f] != 0.0f;
    CHECK(kept > features / 8);  // a quarter; half if both masks were one
    CHECK(kept < features * 3 / 8);
}
TEST_CASE("a rate of 0 leaves nothing out") {
    st::test::Probe<st::Dropout<0.0>, st::Shape<6>> probe;
    CHECK(probe.train() == probe.x);
}
