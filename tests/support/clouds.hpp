// SPDX-License-Identifier: BSL-1.0
/// A small task for trainers: three clouds that a small net can tell apart.
#pragma once

#include <cstdint>
#include <cstring>
#include <vector>

#include <strata/core/philox.hpp>
#include <strata/data/dataset.hpp>
#include <strata/layer/dense.hpp>
#include <strata/layer/dropout.hpp>
#include <strata/layer/relu.hpp>
#include <strata/layer/sequential.hpp>
#include <strata/loss/cross_entropy.hpp>
#include <strata/optim/adam.hpp>
#include <strata/train/trainer.hpp>

#include "here.hpp"

namespace strata::test {

using Clouds = data::Dataset<Shape<4>, 3>;
using CloudModel = Model<Sequential<Dense<16>, Relu, Dropout<0.1f>, Dense<3>>, Shape<4>, Here>;

inline Clouds clouds(int n, std::uint64_t seed) {
    std::vector<float> x;
    std::vector<std::int32_t> label;
    for (int i = 0; i < n; ++i) {
        const int c = i % 3;
        label.push_back(c);
        for (int k = 0; k < 4; ++k) x.push_back((k == c ? 2.0f : 0.0f) + Philox::uniform(seed, 1, static_cast<std::uint64_t>(4 * i + k)) - 0.5f);
    }
    return Clouds(x, label);
}
template <class Set = Clouds>
FitOptions<Set> quiet(int epochs) {
    FitOptions<Set> o;
    o.epochs = epochs;
    o.progress.silent = true;
    return o;
}
template <class M = CloudModel, class Optimiser = Adam>
auto trainer_of(M& m, int threads = 1, std::uint64_t seed = 5, const Optimiser& optimiser = Optimiser{.rate = 1e-2}) {
    return Trainer<M, CrossEntropy, Optimiser, 32>(m, CrossEntropy{}, optimiser, batch<32>, TrainerOptions{Seed{seed}, threads});
}
template <class M>
bool equal(const M& a, const M& b) {
    return std::memcmp(a.parameters(), b.parameters(), sizeof(typename M::Real) * M::parameter_block()) == 0;
}

}  // namespace strata::test
