// SPDX-License-Identifier: BSL-1.0
#include <strata/layer/batch_norm.hpp>

#include <algorithm>
#include <cmath>
#include <string>
#include <type_traits>
#include <vector>

#include <strata/layer/dense.hpp>

#include "../support/check.hpp"
#include "../support/probe.hpp"

namespace st = strata;

namespace {
/// [3, Channels, Places] by the definition: in training by the batch, in inference by what is stored.
template <class In, int Channels, int Places>
void check() {
    using P = st::test::Probe<st::BatchNorm, In>;
    P probe;
    static_assert(std::is_same_v<typename P::Output, In>);
    static_assert(P::M::cost.parameters == 2 * In::size + 2 * Channels && P::M::cost.states == 2 * Channels);
    double *weight = probe.field("weight"), *bias = probe.field("bias"), *mean = probe.field("mean"), *variance = probe.field("variance");
    std::vector<double> wanted_train(probe.x.size()), wanted_infer(probe.x.size()), next_mean, next_variance;
    for (int c = 0; c < Channels; ++c) {
        CHECK(weight[c] == 1);
        CHECK(bias[c] == 0);
        CHECK(mean[c] == 0);
        CHECK(variance[c] == 1);
        weight[c] = 1 + 0.25 * c;
        bias[c] = 0.5 - 0.25 * c;
        mean[c] = 0.125 * c - 0.25;
        variance[c] = 0.5 + 0.5 * c;
        const auto place = [&](int n, int i) { return static_cast<std::size_t>((n * Channels + c) * Places + i); };
        constexpr double all = P::count * Places;
        double m = 0, v = 0;
        for (int n = 0; n < P::count; ++n)
            for (int i = 0; i < Places; ++i) m += probe.x[place(n, i)] / all;
        for (int n = 0; n < P::count; ++n)
            for (int i = 0; i < Places; ++i) v += (probe.x[place(n, i)] - m) * (probe.x[place(n, i)] - m) / all;
        for (int n = 0; n < P::count; ++n)
            for (int i = 0; i < Places; ++i) {
                wanted_train[place(n, i)] = (probe.x[place(n, i)] - m) / std::sqrt(v + 1e-5) * weight[c] + bias[c];
                wanted_infer[place(n, i)] = (probe.x[place(n, i)] - mean[c]) / std::sqrt(variance[c] + 1e-5) * weight[c] + bias[c];
            }
        next_mean.push_back(0.9 * mean[c] + 0.1 * m);
        next_variance.push_back(0.9 * variance[c] + 0.1 * v * all / (all - 1));
    }
    const auto infer = probe.infer();
    for (std::size_t i = 0; i < infer.size(); ++i) CHECK(std::abs(infer[i] - wanted_infer[i]) <= 1e-12);
    CHECK(mean[0] == -0.25);  // inference changes nothing
    probe.loss(std::vector<double>(infer.size(), 1.0));
    for (std::size_t c = 0; c < Channels; ++c) {
        CHECK(std::abs(mean[c] - next_mean[c]) <= 1e-14);
        CHECK(std::abs(variance[c] - next_variance[c]) <= 1e-14);
    }
    const auto train = probe.train();
    for (std::size_t i = 0; i < train.size(); ++i) CHECK(std::abs(train[i] - wanted_train[i]) <= 1e-12);
}

/// The layer's fields, as expressions; the running statistics as states where they are only written.
template <class E, class Running>
struct Fields {
    E weight, bias;
    Running mean, variance;
};
/// Values and gradients of a golden case in T.   Over an exact batch, as an expression: a model's gradients by its input are no one's.
template <class T, st::Mode Mode, class In, int Channels>
void check_golden_mode(const st::test::Golden& golden, const std::string& name) {
    using namespace st::test;
    using PerChannel = st::BatchNorm::Channels<In>;
    const auto mean = golden_tensor<Tensor<T, Channels>>(golden, name + ".x3"), variance = golden_tensor<Tensor<T, Channels>>(golden, name + ".x4");
    const auto f = [&](const auto& x, const auto& weight, const auto& bias) {
        using E = decltype(st::reshape<PerChannel>(weight));
        const auto result = [&](const auto& m, const auto& v) {
            const Fields<E, std::remove_cvref_t<decltype(m)>> fields{st::reshape<PerChannel>(weight), st::reshape<PerChannel>(bias), m, v};
            return st::detail::result_of(st::BatchNorm::forward(fields, st::detail::wrap(x), st::ModeTag<Mode>{}));
        };
        if constexpr (Mode == st::Mode::train)
            return result(st::State<PerChannel, st::Zeros>{}, st::State<PerChannel, st::Zeros>{});
        else
            return result(st::reshape<PerChannel>(mean), st::reshape<PerChannel>(variance));
    };
    check_golden_in<T, In, st::Shape<Channels>, st::Shape<Channels>>(golden, name, f, Smooth::yes);
}
/// The running statistics after a step of training.   In: with its batch.
template <class In, int Channels>
void check_golden_statistics(const st::test::Golden& golden, const std::string& name) {
    using P = st::test::Probe<st::BatchNorm, st::SampleShape<In>, In::dims().extent[0]>;
    P probe;
    probe.x = golden.values(name + ".x0");
    const auto set = [&](const char* field, const char* array) { std::copy_n(golden.values(name + array).data(), Channels, probe.field(field)); };
    set("weight", ".x1"), set("bias", ".x2"), set("mean", ".x3"), set("variance", ".x4");
    probe.loss(golden.values(name + ".dy"));
    for (int c = 0; c < Channels; ++c) {
        const auto i = static_cast<std::size_t>(c);
        CHECK(st::test::near(probe.field("mean")[c], golden.values(name + ".running_mean")[i], 1e-12));
        CHECK(st::test::near(probe.field("variance")[c], golden.values(name + ".running_variance")[i], 1e-12));
    }
}
template <class In, int Channels>
void check_golden_case(const std::string& shape) {
    const st::test::Golden golden{"ops_norm.txt"};
    check_golden_mode<float, st::Mode::train, In, Channels>(golden, "batch_norm." + shape + "_train");
    check_golden_mode<double, st::Mode::train, In, Channels>(golden, "batch_norm." + shape + "_train");
    check_golden_mode<float, st::Mode::infer, In, Channels>(golden, "batch_norm." + shape + "_infer");
    check_golden_mode<double, st::Mode::infer, In, Channels>(golden, "batch_norm." + shape + "_infer");
    check_golden_statistics<In, Channels>(golden, "batch_norm." + shape + "_train");
}
}  // namespace

TEST_CASE("PyTorch's values, gradients and running statistics: on features") { check_golden_case<st::Shape<6, 5>, 5>("dense"); }
TEST_CASE("PyTorch's values, gradients and running statistics: on images") { check_golden_case<st::Shape<4, 3, 5, 2>, 3>("image"); }
TEST_CASE("on features: statistics over the batch") { check<st::Shape<5>, 5, 1>(); }
TEST_CASE("on images: statistics over batch, height and width") { check<st::Shape<3, 2, 4>, 3, 8>(); }

TEST_CASE("the gradient, through the statistics too") {
    st::test::Probe<st::BatchNorm, st::Shape<3, 2, 4>>{}.check_gradient();
    // Scale and shift of a feature in front would cancel: a product mixes them.
    st::test::Probe<st::Sequential<st::Dense<5>, st::BatchNorm>, st::Shape<4>>{}.check_gradient({"0.shift", "1.bias"});
}
TEST_CASE("a batch of one sample keeps the biased variance and stays finite") {
    using M = st::Model<st::BatchNorm, st::Shape<4>, st::test::Here, st::Precision<double>>;
    M model;
    st::TrainingStep<M, st::test::Weighted, st::Sgd, 2> step(model, st::Sgd{0.1}, st::Seed{1});
    const double x[4] = {1, 2, 3, 4}, weight[4] = {1, 1, 1, 1};
    CHECK(std::abs(step.run(x, weight, 1)) <= 1e-12);  // each is its own mean
    const auto mean = model.part(2), variance = model.part(3);
    for (int c = 0; c < 4; ++c) {
        CHECK(mean.data[c] == doctest::Approx(0.1 * x[c]));
        CHECK(variance.data[c] == doctest::Approx(0.9));
    }
}
