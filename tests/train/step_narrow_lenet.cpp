// SPDX-License-Identifier: BSL-1.0
/// LeNet in 16 bits, ten steps: beside its graph in double that rounds where products read, beside PyTorch's double that rounds nowhere,
/// and, on a device, beside the host.
#include <doctest/doctest.h>

#include <strata/optim/sgd.hpp>
#include <strata/train/step.hpp>

#include "../support/golden_nets.hpp"
#include "../support/graph_steps.hpp"

namespace strata::test {
namespace {
constexpr int count = 6, steps = 10;
using Small = LeNet<float>;
template <class Stored, class Place>
using Narrow = Model<Small::Net, Small::Input, Place, Precision<Stored>>;

struct Data {
    Golden golden{"training_lenet.txt"};
    std::vector<float> x = golden.as<float>("lenet.x");
    std::vector<std::int32_t> label = golden.as<std::int32_t>("lenet.labels");
    const float* samples(int step) const { return x.data() + step * count * Small::Input::size; }
    const std::int32_t* labels(int step) const { return label.data() + step * count; }
};
struct Course {
    std::vector<double> losses, parameters;
    long skipped = 0;
    template <class Numbers>
    void end(const Numbers& p, long left_out) {
        parameters.assign(p, p + Small::parameter_block());
        skipped = left_out;
    }
    double apart(const Course& other) const {
        CHECK(skipped == other.skipped);
        return std::fmax(relative_distance(losses.data(), other.losses), relative_distance(parameters.data(), other.parameters));
    }
};
template <class M>
M begun(const Data& data) {
    M model{Seed{1}};
    load_golden(model, data.golden, "lenet.initial.", true);
    return model;
}
const Momentum momentum{0.05, 0.9};

/// Ten steps of kernels at a place.
template <class Stored, class Place>
Course taken(const Data& data, const LossScale& scale) {
    using M = Narrow<Stored, Place>;
    M model = begun<M>(data);
    TrainingStep<M, CrossEntropy, Momentum, count> step{model, momentum, Seed{1}, nullptr, scale};
    Course c;
    for (int i = 0; i < steps; ++i) c.losses.push_back(static_cast<double>(step.run(data.samples(i), data.labels(i), count)));
    c.end(model.parameters(), step.skipped());
    return c;
}
/// Ten steps of the graph.
template <class Stored>
Course meant(const Data& data, const LossScale& scale) {
    using M = Narrow<Stored, Host>;
    GraphSteps<M, CrossEntropy, Momentum, count> step(begun<M>(data), momentum, scale);
    Course c;
    for (int i = 0; i < steps; ++i) c.losses.push_back(step.run(data.samples(i), data.labels(i), count));
    c.end(step.parameters.data(), step.skipped);
    return c;
}
/// Ten steps of PyTorch in double.
Course exact(const Data& data) {
    Course c;
    c.losses = data.golden.values("lenet.momentum.loss");
    Small model{Seed{1}};
    load_golden(model, data.golden, "lenet.momentum.final.", true);
    c.end(model.parameters(), 0);
    return c;
}
/// Within `most` of the graph's and of the host's numbers.
template <class Stored>
Course check_steps(const Data& data, const LossScale& scale, double most) {
    const Course here = taken<Stored, Here>(data, scale), wanted = meant<Stored>(data, scale);
    MESSAGE("away from the graph by ", here.apart(wanted));
    CHECK(here.apart(wanted) <= most);
    if constexpr (!on_host) CHECK(here.apart(taken<Stored, Host>(data, scale)) <= most);
    return here;
}
}  // namespace

TEST_CASE("in bf16") {
    const Data data;
    const Course c = check_steps<bf16>(data, {}, 2e-4);
    MESSAGE("away from PyTorch by ", c.apart(exact(data)));
    CHECK(c.apart(exact(data)) <= 0x1p-8);
}
TEST_CASE("in f16, with a scale of the loss that grows every third step") {
    const Data data;
    const Course c = check_steps<f16>(data, {.initial = 1024, .interval = 3}, 5e-5);
    MESSAGE("away from PyTorch by ", c.apart(exact(data)));
    CHECK(c.apart(exact(data)) <= 0x1p-11);
}
TEST_CASE("in f16, with a scale under which the first steps overflow") {
    const Data data;
    const Course c = check_steps<f16>(data, {.initial = 0x1p21, .interval = 3}, 5e-5);
    CHECK(c.skipped >= 2);
    CHECK(c.skipped <= 7);
}

}  // namespace strata::test
