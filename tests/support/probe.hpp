// SPDX-License-Identifier: BSL-1.0
/// One layer under test, in double: its results in inference and in training, and its derivatives beside central differences.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include <strata/layer/param.hpp>
#include <strata/layer/sequential.hpp>
#include <strata/loss/target.hpp>
#include <strata/op/multiply.hpp>
#include <strata/op/sum.hpp>
#include <strata/optim/sgd.hpp>
#include <strata/train/step.hpp>

#include "here.hpp"

namespace strata::test {

/// x scale + shift, a pair for each element of a sample: in front of a layer it makes the derivative by the layer's input visible.
struct Affine {
    template <class In>
    struct Parameters {
        BOOST_HANA_DEFINE_STRUCT(Parameters, (Param<SampleShape<In>, Ones>, scale), (Param<SampleShape<In>, Zeros>, shift));
    };
    static constexpr auto forward(const auto& p, Expression auto x) { return x * p.scale + p.shift; }
};
/// sum(y target): any linear function of a layer's result; with a target of one 1 it is an element of the result.
struct Weighted {
    template <class Output>
    using Target = Values<Output>;
    static constexpr bool classifies = false;
    static constexpr auto forward(Expression auto y, Expression auto target) { return sum_keep(y * target, axes<>); }
};

/// Uniform numbers in [-1, 1).
class Numbers {
  public:
    explicit Numbers(std::uint64_t seed) : seed_(seed) {}
    double next() { return 2.0 * static_cast<double>(Philox::uniform(seed_, 77, at_++)) - 1.0; }
    std::vector<double> many(long n, double size = 1) {
        std::vector<double> v(static_cast<std::size_t>(n));
        for (double& x : v) x = size * next();
        return v;
    }

  private:
    std::uint64_t seed_, at_ = 0;
};

/// Layer L on samples of shape In: a batch of `Count` in a capacity of one more, so that the bounded axis is at work.
template <class L, class In, int Count = 3>
class Probe {
  public:
    static constexpr int count = Count, capacity = Count + 1;
    using M = Model<Sequential<Affine, L>, In, Here, Precision<double>>;
    using Output = typename M::Output;

    explicit Probe(double size = 2) : model(Seed{7}), step(model, Sgd{0.0}, Seed{3}), session(model), x(Numbers{1}.many(count * In::size, size)) {}

    /// [count, Output], row-major, in inference mode.
    std::vector<double> infer() {
        std::vector<double> y(static_cast<std::size_t>(count * Output::size));
        session.run(guarded().data(), count, y.data());
        return y;
    }
    /// The same in training mode. States advance by one step for each element.
    std::vector<double> train() {
        std::vector<double> y(static_cast<std::size_t>(count * Output::size)), weight(y.size());
        for (std::size_t i = 0; i < y.size(); ++i) {
            weight[i] = 1;
            y[i] = loss(weight);
            weight[i] = 0;
        }
        return y;
    }
    /// The first step, again and again: the same random numbers.
    double loss(std::vector<double> weight) {
        step.set_steps(0);
        weight.resize(static_cast<std::size_t>(capacity * Output::size), NAN);
        return step.run(guarded().data(), weight.data(), count);
    }
    /// Parameter or state of the layer, by its field.
    double* field(const std::string& name) {
        for (int i = 0; i < M::parts(); ++i)
            if (model.part(i).path == "1." + name) return model.part(i).data;
        REQUIRE_MESSAGE(false, "no field " << name);
        return nullptr;
    }
    /// Moves every parameter by up to `size`, so that none has a special value.
    void shake(double size = 0.4) {
        Numbers numbers{2};
        for (int i = 0; i < M::parts(); ++i)
            if (model.part(i).trained)
                for (long k = 0; k < model.part(i).dims.size(); ++k) model.part(i).data[k] += size * numbers.next();
    }
    /// Every derivative (by the layer's parameters, and by its input through Affine) within 1e-6 of max(1, |g|) of central differences.
    /// `flat`: paths of parameters that the result does not depend on, by nature.
    void check_gradient(const std::vector<std::string>& flat = {}) {
        shake();
        const auto weight = Numbers{3}.many(count * Output::size);
        loss(weight);
        const auto gradient = step.gradients();
        for (int i = 0; i < M::parts(); ++i) {
            const auto part = model.part(i);
            if (!part.trained) continue;
            const long offset = part.data - model.parameters();
            double worst = 0, largest = 0;
            for (long k = 0; k < part.dims.size(); k += stride_here(part.dims.size(), 8)) {
                constexpr double h = 1e-5;
                const double kept = part.data[k], g = gradient[offset + k];
                part.data[k] = kept + h;
                const double up = loss(weight);
                part.data[k] = kept - h;
                const double down = loss(weight);
                part.data[k] = kept;
                const double error = std::abs((up - down) / (2 * h) - g) / std::max(1.0, std::abs(g));
                if (!(error <= worst)) worst = std::isnan(error) ? INFINITY : error;
                largest = std::max(largest, std::abs(g));
            }
            const std::string path = part.path;
            CAPTURE(path);
            CHECK(worst <= 1e-6);
            const bool depends = std::find(flat.begin(), flat.end(), path) == flat.end();
            CHECK((largest > 1e-3) == depends);
        }
    }

    /// x, and NaN in the rest of the capacity, so that reading past the count shows.
    std::vector<double> guarded() const {
        std::vector<double> v = x;
        v.resize(static_cast<std::size_t>(capacity * In::size), NAN);
        return v;
    }

    M model;
    TrainingStep<M, Weighted, Sgd, capacity> step;
    Session<M, capacity> session;
    std::vector<double> x;
};

/// f(x) element by element in both modes, within 1e-12 of max(1, |f|), and the gradient.
template <class L, class F>
void check_activation(F f) {
    Probe<L, Shape<3, 5>> probe;
    const auto infer = probe.infer(), train = probe.train();
    REQUIRE(infer.size() == probe.x.size());
    for (std::size_t i = 0; i < infer.size(); ++i) {
        const double wanted = f(probe.x[i]);
        CAPTURE(probe.x[i]);
        CHECK(std::abs(infer[i] - wanted) <= 1e-12 * std::max(1.0, std::abs(wanted)));
        CHECK(std::abs(train[i] - wanted) <= 1e-12 * std::max(1.0, std::abs(wanted)));
    }
    probe.check_gradient();
}

}  // namespace strata::test
