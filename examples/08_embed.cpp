// SPDX-License-Identifier: BSL-1.0
// flags: -fno-exceptions -fno-rtti
/// Inference inside a program without exceptions, run-time types or, after set-up, the heap: an audio effect that asks a net for each block.
#include <cmath>
#include <cstdio>

#include <strata/strata.hpp>

namespace st = strata;

using Model = st::Model<st::Sequential<st::Dense<16>, st::Tanh, st::Dense<16>, st::Tanh, st::Dense<1>>, st::Shape<4>>;
constexpr int block = 64;

int main() {
    static const Model model{st::Seed{11}};               // set-up
    static st::Session<Model, block> session{model};      // its scratch
    float history[block * 4] = {}, out[block] = {};
    double energy = 0;
    for (int b = 0; b < 100; ++b) {
        for (int i = 0; i < block; ++i)
            for (int k = 0; k < 4; ++k) history[4 * i + k] = std::sin(0.05f * static_cast<float>(b * block + i - k));
        session.run(history, block, out);  // noexcept, no lock, no heap
        for (int i = 0; i < block; ++i) energy += static_cast<double>(out[i] * out[i]);
    }
    std::printf("%d bytes of weights, %ld of scratch, energy %.3f\n", static_cast<int>(Model::cost.bytes), st::Session<Model, block>::Plan::plan.arena, energy);
    return energy > 0 && energy < 1e6 ? 0 : 1;
}
