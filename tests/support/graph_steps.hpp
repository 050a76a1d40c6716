// SPDX-License-Identifier: BSL-1.0
/// Training by the traced graph of a step, computed node by node in double: what a step's kernels are held to over many steps.
#pragma once

#include <cstdint>
#include <vector>

#include <strata/optim/loss_scale.hpp>
#include <strata/train/step.hpp>

#include "interpreter.hpp"

namespace strata::test {

/// What TrainingStep<M, Loss, Optimiser, B> computes, the roundings that its graph names included, and no other; what one step hands to the
/// next is f32.
template <class M, class Loss, class Optimiser, int B>
class GraphSteps {
    using Step = TrainingStep<M, Loss, Optimiser, B>;
    using Traced = typename Step::template TracedAt<Host>;
    static constexpr int own = Optimiser::scalars + (Step::scales ? LossScale::scalars : 0);

public:
    std::vector<float> parameters, states, moments;
    long steps = 0, skipped = 0;

    GraphSteps(const M& model, const Optimiser& optimiser, const LossScale& scale)
        : parameters(model.parameters(), model.parameters() + M::parameter_block()),
          states(model.states(), model.states() + M::state_block()),
          moments(static_cast<std::size_t>(M::parameter_block() * Optimiser::moments + Step::tail)),
          optimiser_(optimiser),
          scale_(scale) {
        if (Step::scales) moments[moments.size() - 2] = static_cast<float>(scale.initial);
    }
    /// The mean loss before the update.
    double run(const float* x, const std::int32_t* labels, int count) {
        double numbers[own + 1] = {};
        optimiser_.numbers(steps + 1, numbers);
        if constexpr (Step::scales) scale_.numbers(numbers + Optimiser::scalars);
        std::vector<float> scalars{1 / static_cast<float>(count), static_cast<float>(optimiser_.rate)};
        scalars.insert(scalars.end(), numbers, numbers + own);
        scalars.insert(scalars.end(), scalars.begin() + 1, scalars.begin() + 2 + Optimiser::scalars);  // as if the step before had been left out: it is known
        Binding b;
        b.count = count, b.step = static_cast<std::uint64_t>(steps + skipped + 1);
        b.input[0] = x, b.input[1] = labels;
        b.region[static_cast<int>(Region::parameter)] = parameters.data();
        b.region[static_cast<int>(Region::state)] = states.data();
        b.region[static_cast<int>(Region::moment)] = moments.data();
        b.region[static_cast<int>(Region::scalar)] = scalars.data();
        const std::vector<Value> values = interpret_trace<Traced>(b);
        static constexpr auto graph = Traced::graph();
        double loss = 0, taken = 1;
        for (int s = 0; s < graph.sinks; ++s) {
            const Sink& sink = graph.sink[s];
            const Value& v = values[static_cast<std::size_t>(sink.node)];
            if (sink.region == Region::output) (sink.index == 1 ? loss : taken) = v[0];
            std::vector<float>* to = sink.region == Region::parameter ? &parameters
                                     : sink.region == Region::state   ? &states
                                     : sink.region == Region::moment  ? &moments
                                                                      : nullptr;
            if (to == nullptr) continue;
            for (std::size_t i = 0; i < v.at.size(); ++i) to->at(static_cast<std::size_t>(sink.offset) + i) = static_cast<float>(v.at[i]);
        }
        ++(taken == 0 ? skipped : steps);
        return loss;
    }

private:
    Optimiser optimiser_;
    LossScale scale_;
};

}  // namespace strata::test
