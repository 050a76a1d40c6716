// SPDX-License-Identifier: BSL-1.0
/// One network in two places: results, losses, gradients and parameters held to the host's.
#pragma once

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

#include <strata/core/philox.hpp>
#include <strata/loss/cross_entropy.hpp>
#include <strata/optim/adam.hpp>
#include <strata/optim/sgd.hpp>
#include <strata/train/step.hpp>

namespace strata::test {

/// Numbers from the memory of a place; tests/support/cuda.cuh tells how on a device.
template <class Place>
struct Fetch;
template <>
struct Fetch<Host> {
    template <class T>
    static std::vector<T> many(const T* from, long n) {
        return std::vector<T>(from, from + n);
    }
};

/// What some steps of training and a run of inference before and after come to.
struct Course {
    static constexpr int parts = 6;
    static constexpr const char* names[parts] = {"results before", "losses", "gradients", "parameters", "states", "results after"};
    std::vector<double> part[parts];
    void put(int i, const auto* first, long many) { part[i].insert(part[i].end(), first, first + many); }
    bool operator==(const Course& other) const {
        for (int i = 0; i < parts; ++i)
            if (part[i] != other.part[i]) return false;
        return true;
    }
    /// The part that is furthest from the other's: by how much of the largest number there.
    std::string unlike(const Course& other, double most) const {
        for (int i = 0; i < parts; ++i) {
            double off = 0, size = 1e-6;
            if (part[i].size() != other.part[i].size()) return std::string(names[i]) + " are fewer or more";
            for (std::size_t k = 0; k < part[i].size(); ++k) {
                const double d = std::abs(part[i][k] - other.part[i][k]);
                off = d <= off ? off : std::isnan(d) ? INFINITY : d;
                size = std::fmax(size, std::abs(other.part[i][k]));
            }
            if (!(off <= most * size)) return std::string(names[i]) + " are off by " + std::to_string(off / size * 1e9) + "e-9 of the largest";
        }
        return "";
    }
};

/// Three steps of training with batches of B, B - 1 and 1 samples.
template <class Net, class In, class Stored, int B, class Optimiser, class Place>
Course course_on(const Optimiser& optimiser) {
    using M = Model<Net, In, Place, Precision<Stored>>;
    using Real = typename M::Real;
    using X = typename M::InputElement;
    M model{Seed{3}};
    TrainingStep<M, CrossEntropy, Optimiser, B> step{model, optimiser, Seed{4}};
    Session<M, B> session{model};
    constexpr int classes = static_cast<int>(M::Output::size);
    std::vector<X> x(static_cast<std::size_t>(3 * B * In::size));
    std::vector<std::int32_t> labels(3 * B);
    for (std::size_t i = 0; i < x.size(); ++i) {
        const auto u = Philox::uniform(9, 1, i);
        x[i] = std::is_integral_v<X> ? static_cast<X>(u * 5) : static_cast<X>(2 * u - 1);
    }
    for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = static_cast<std::int32_t>(Philox::uniform(9, 2, i) * classes);
    std::vector<Real> y(static_cast<std::size_t>(B * classes));
    Course c;
    session.run(x.data(), B, y.data());
    c.put(0, y.data(), B * classes);
    const int counts[] = {B, B - 1, 1};
    for (int i = 0; i < 3; ++i) {
        const Real loss = step.run(x.data() + i * B * In::size, labels.data() + i * B, counts[i]);
        c.put(1, &loss, 1);
        if (i == 0) c.put(2, Fetch<Place>::many(step.gradients().data(), M::parameter_block()).data(), M::parameter_block());
    }
    c.put(3, Fetch<Place>::many(model.parameters(), M::parameter_block()).data(), M::parameter_block());
    c.put(4, Fetch<Place>::many(model.states(), M::state_block()).data(), M::state_block());
    session.run(x.data(), B - 1, y.data());
    c.put(5, y.data(), (B - 1) * classes);
    return c;
}
/// The course on `Place` is within `most` of the host's, part by part, and the same to the bit when taken again.
template <class Place, class Net, class In, class Real, int B, class Optimiser>
void check_place(const Optimiser& optimiser, double most) {
    const Course here = course_on<Net, In, Real, B, Optimiser, Host>(optimiser), there = course_on<Net, In, Real, B, Optimiser, Place>(optimiser);
    CHECK(there.unlike(here, most) == "");
    CHECK(course_on<Net, In, Real, B, Optimiser, Place>(optimiser) == there);
}

}  // namespace strata::test
