// SPDX-License-Identifier: BSL-1.0
/// Training held to golden numbers: a model begins where PyTorch's began, takes the same ten batches, and must end where it ended.
#pragma once

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include <strata/loss/cross_entropy.hpp>
#include <strata/train/step.hpp>

#include "golden.hpp"
#include "here.hpp"

namespace strata::test {

/// max |a - b| over max |b|; infinite where an element is not a number.
template <class A>
double relative_distance(const A* a, const std::vector<double>& b) {
    double most = 0, size = 0;
    for (std::size_t i = 0; i < b.size(); ++i) {
        const double d = std::abs(static_cast<double>(a[i]) - b[i]);
        if (!(d <= most)) most = std::isnan(d) ? INFINITY : d;
        if (std::abs(b[i]) > size) size = std::abs(b[i]);
    }
    return size > 0 ? most / size : most;
}

/// The model's trained parts (or its states) from the arrays of a prefix, which are named in the order of the layers.
template <class M>
void load_golden(M& model, const Golden& golden, const std::string& prefix, bool trained) {
    std::size_t next = 0;
    const auto names = golden.names(prefix);
    for (int i = 0; i < M::parts(); ++i) {
        const auto part = model.part(i);
        if (part.trained != trained) continue;
        const auto& values = golden.values(names.at(next++));
        REQUIRE(static_cast<long>(values.size()) == part.dims.size());
        for (std::size_t k = 0; k < values.size(); ++k) part.data[k] = static_cast<typename M::Real>(values[k]);
    }
    REQUIRE(next == names.size());
}

struct Same {
    double operator()(long) const { return 1; }
};

/// Ten steps of `<net>.<run>`: each loss, then every parameter and running statistic, within `tolerance` of the largest of its array.
/// `Capacity` is that of the batch; the golden batches hold six.
template <class M, int Capacity = 6, class Optimiser, class Schedule = Same>
void check_golden_run(const std::string& net, const std::string& run, const Optimiser& optimiser, double tolerance, Schedule schedule = {}) {
    using Real = typename M::Real;
    const Golden golden{"training_" + net + ".txt"};
    CAPTURE(net);
    CAPTURE(run);
    M model{Seed{1}};
    load_golden(model, golden, net + ".initial.", true);
    if (M::cost.states > 0) load_golden(model, golden, net + ".state.", false);
    const auto x = golden.as<Real>(net + ".x");
    const auto labels = golden.as<std::int32_t>(net + ".labels");
    const auto& losses = golden.values(net + "." + run + ".loss");
    TrainingStep<M, CrossEntropy, Optimiser, Capacity> step(model, optimiser, Seed{1});
    constexpr int count = 6;
    for (int i = 0; i < 10; ++i) {
        CAPTURE(i);
        const Real loss = step.run(x.data() + i * count * M::Input::size, labels.data() + i * count, count, schedule(i));
        CHECK(std::abs(static_cast<double>(loss) - losses[static_cast<std::size_t>(i)]) <= tolerance * losses[static_cast<std::size_t>(i)]);
    }
    const std::string finals = net + "." + run + ".final.";
    std::vector<std::string> parameters, states;
    for (const auto& name : golden.names(finals)) {
        const std::string field = name.substr(name.rfind('.') + 1);
        (field == "mean" || field == "variance" ? states : parameters).push_back(name);
    }
    std::size_t p = 0, s = 0;
    for (int i = 0; i < M::parts(); ++i) {
        const auto part = model.part(i);
        const std::string name = part.trained ? parameters.at(p++) : states.at(s++);
        CAPTURE(name);
        CAPTURE(part.path);
        CHECK(relative_distance(part.data, golden.values(name)) <= tolerance);
    }
    CHECK(p == parameters.size());
    CHECK(s == states.size());
}

}  // namespace strata::test
