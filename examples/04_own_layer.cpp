// SPDX-License-Identifier: BSL-1.0
/// A layer of your own: parameters and one expression. Its backward pass is derived.
#include <cstdio>

#include <strata/strata.hpp>

namespace st = strata;

/// y = tanh(x W + b) * sigmoid(x V + c).
template <int Out>
struct Gated {
    template <class In>
    struct Parameters {  // reflected: names, order, paths in files
        BOOST_HANA_DEFINE_STRUCT(Parameters, (st::Param<st::Shape<st::last<In>, Out>, st::GlorotUniform>, w), (st::Param<st::Shape<Out>, st::Zeros>, b),
                                 (st::Param<st::Shape<st::last<In>, Out>, st::GlorotUniform>, v), (st::Param<st::Shape<Out>, st::Zeros>, c));
    };
    static constexpr auto forward(const auto& p, st::Expression auto x) {
        return st::tanh(st::matmul(x, p.w) + p.b) * st::sigmoid(st::matmul(x, p.v) + p.c);
    }
};

using Model = st::Model<st::Sequential<Gated<16>, st::LayerNorm, st::Dense<1>>, st::Shape<3>>;

int main() {
    Model model{st::Seed{1}};
    for (int i = 0; i < Model::parts(); ++i) std::printf("%-10s %ld numbers\n", model.part(i).path, model.part(i).dims.size());

    // Learn the product of three numbers.
    float x[32 * 3], t[32];
    st::TrainingStep<Model, st::MeanSquaredError, st::Adam, 32> step{model, st::Adam{.rate = 1e-2}, st::Seed{1}};
    float first = 0, loss = 0;
    for (int i = 0; i < 2000; ++i) {
        for (int k = 0; k < 96; ++k) x[k] = st::Philox::uniform(5, 0, static_cast<std::uint64_t>(i * 96 + k)) * 2 - 1;
        for (int k = 0; k < 32; ++k) t[k] = x[3 * k] * x[3 * k + 1] * x[3 * k + 2];
        loss = step.run(x, t, 32);
        if (i == 0) first = loss;
    }
    std::printf("loss %.4f -> %.5f in %d kernels a step\n", static_cast<double>(first), static_cast<double>(loss), step.kernels);
    return loss < 0.01f ? 0 : 1;
}
