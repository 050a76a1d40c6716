// SPDX-License-Identifier: BSL-1.0
/// Models for views of them: every activation, norms, residuals, loops, whole numbers, and what a session says of the same samples.
#pragma once

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <type_traits>
#include <vector>

#include <strata/core/philox.hpp>
#include <strata/layer/batch_norm.hpp>
#include <strata/layer/dense.hpp>
#include <strata/layer/embedding.hpp>
#include <strata/layer/flatten.hpp>
#include <strata/layer/gelu.hpp>
#include <strata/layer/layer_norm.hpp>
#include <strata/layer/leaky_relu.hpp>
#include <strata/layer/relu.hpp>
#include <strata/layer/repeat.hpp>
#include <strata/layer/sequential.hpp>
#include <strata/layer/sigmoid.hpp>
#include <strata/layer/silu.hpp>
#include <strata/layer/softmax.hpp>
#include <strata/layer/softplus.hpp>
#include <strata/layer/tanh.hpp>
#include <strata/model/model.hpp>
#include <strata/op/mean.hpp>

namespace strata::test {

using Activations = Sequential<Dense<12>, Relu, Dense<9>, LeakyRelu<>, Dense<8>, Gelu, Dense<8>, GeluTanh, Dense<12>, Silu, Dense<7>, Softplus, Dense<8>, Sigmoid, Dense<8>, Tanh, Dense<5>, LogSoftmax>;
using Normed = Sequential<LayerNorm, Dense<12>, BatchNorm, Relu, Residual<LayerNorm, Dense<12>, Gelu>, Repeat<3, Residual<Dense<12>, Tanh>>, Dense<6>, Softmax>;
/// The mean of the tokens of a sequence.
struct MeanOfTokens {
    static constexpr auto forward(const auto&, Expression auto x) { return mean(x, axis<1>); }
};
using Words = Sequential<Embedding<9, 8>, LayerNorm, Dense<10>, Tanh, MeanOfTokens, Dense<3>>;

/// A model whose states are not those of birth, some samples, and a session's results of them.
template <class Net, class In, class Real>
struct Viewed {
    using M = Model<Net, In, Host, Precision<Real>>;
    using X = typename M::InputElement;
    static constexpr int samples = 37;
    M model{Seed{11}};
    std::vector<X> x;
    std::vector<Real> y;
    Viewed() : x(samples * In::size), y(samples * M::Output::size) {
        for (long i = 0; i < M::state_block(); ++i) model.states()[i] = static_cast<Real>(0.5 + Philox::uniform(2, 3, static_cast<std::uint64_t>(i)));
        for (long i = 0; i < M::parameter_block(); ++i) model.parameters()[i] += static_cast<Real>(0.1 * Philox::uniform(2, 4, static_cast<std::uint64_t>(i)));
        for (std::size_t i = 0; i < x.size(); ++i) {
            const auto u = Philox::uniform(2, 5, i);
            x[i] = std::is_integral_v<X> ? static_cast<X>(u * 9) : static_cast<X>(4 * u - 2);
        }
        Session<M, samples> session(model);
        session.run(x.data(), samples, y.data());
    }
    void check(const std::vector<Real>& got, double most) const {
        REQUIRE(got.size() == y.size());
        double off = 0, largest = 1e-6;
        for (std::size_t i = 0; i < y.size(); ++i) {
            const double d = std::abs(static_cast<double>(got[i]) - static_cast<double>(y[i]));
            off = d <= off ? off : std::isnan(d) ? INFINITY : d;
            largest = std::fmax(largest, std::abs(static_cast<double>(y[i])));
        }
        CHECK(off <= most * largest);
    }
};

}  // namespace strata::test
