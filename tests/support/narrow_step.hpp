// SPDX-License-Identifier: BSL-1.0
/// A small net under training in 16 bits, at the place that a test runs at.
#pragma once

#include <vector>

#include <strata/layer/dense.hpp>
#include <strata/layer/relu.hpp>
#include <strata/layer/sequential.hpp>
#include <strata/layer/tanh.hpp>
#include <strata/loss/cross_entropy.hpp>
#include <strata/train/step.hpp>

#include "here.hpp"

namespace strata::test {

/// Samples whose label is the greatest of their first three numbers.
struct Sorted {
    static constexpr int features = 7, classes = 3, samples = 24;
    std::vector<float> x;
    std::vector<std::int32_t> label;
    Sorted() {
        for (int i = 0; i < samples * features; ++i) x.push_back(2 * Philox::uniform(5, 1, static_cast<std::uint64_t>(i)) - 1);
        for (int i = 0; i < samples; ++i) {
            const float* s = &x[static_cast<std::size_t>(i * features)];
            label.push_back(s[0] > s[1] ? (s[0] > s[2] ? 0 : 2) : (s[1] > s[2] ? 1 : 2));
        }
    }
};
using SmallNet = Sequential<Dense<20>, Tanh, Dense<11>, Relu, Dense<Sorted::classes>>;
template <class Stored>
using SmallModel = Model<SmallNet, Shape<Sorted::features>, Here, Precision<Stored>>;
template <class Stored, class Optimiser>
using SmallStep = TrainingStep<SmallModel<Stored>, CrossEntropy, Optimiser, Sorted::samples>;

template <class M>
std::vector<float> parameters_of(const M& m) {
    return std::vector<float>(m.parameters(), m.parameters() + M::parameter_block());
}
/// Gradients or moments of all parameters, `times` over.
template <class M, class Numbers>
std::vector<float> numbers_of(const Numbers& n, int times = 1) {
    return std::vector<float>(n.data(), n.data() + times * M::parameter_block());
}

}  // namespace strata::test
