// SPDX-License-Identifier: BSL-1.0
// Programs with loops beside the same nets written out; states that are written before they are read for the last time.
#include <strata/exec/host.hpp>

#include <doctest/doctest.h>

#include <strata/layer/repeat.hpp>
#include <strata/layer/tanh.hpp>

#include "../support/golden_nets.hpp"
#include "../support/machine.hpp"

namespace strata::test {
namespace {

template <class Net, int B, class Real>
using Training = detail::TrainingTrace<Net, Shape<5>, B, CrossEntropy, Adam, Real>;
template <class Net, int B, class Real>
using Inference = detail::InferenceTrace<Net, Shape<5>, B, Real>;

using Unit = Sequential<Dense<6>, Tanh>;
using Block = Residual<BatchNorm, Dense<6>, Relu>;
// A loop first behind another, then with its input added to its result: that is read when the turns are over.
using Looped = Sequential<Dense<6>, Repeat<3, Unit>, BatchNorm, Residual<Repeat<4, Block>>, Dense<4>>;
using Written = Sequential<Dense<6>, Unit, Unit, Unit, BatchNorm, Residual<Block, Block, Block, Block>, Dense<4>>;

/// Its derivative reads the state that its update has written by then.
struct Gain {
    template <class In>
    struct Parameters {
        BOOST_HANA_DEFINE_STRUCT(Parameters, (State<Shape<6>, Ones>, gain));
    };
    static constexpr auto forward(const auto& p, Expression auto x) { return updating(tanh(x * p.gain) * p.gain, assign(p.gain, p.gain * 0.5 + 1.0)); }
};
using Gains = Sequential<Dense<6>, Gain, Repeat<3, Dense<6>, Gain>, Dense<4>>;
using WrittenGains = Sequential<Dense<6>, Gain, Dense<6>, Gain, Dense<6>, Gain, Dense<6>, Gain, Dense<4>>;

}  // namespace

TEST_CASE("a run of loops leaves in every sink what the net written out says") {
    for (int count : {1, 5, 6}) {
        CAPTURE(count);
        CHECK(unlike_graph<Inference<Looped, 6, double>, Inference<Written, 6, double>>(count) == "");
        if (count > 1) CHECK(unlike_graph<Training<Looped, 6, double>, Training<Written, 6, double>>(count) == "");
    }
}
TEST_CASE("derivatives read states as they were before the step") {
    CHECK(unlike_graph<Training<Gains, 6, double>, Training<WrittenGains, 6, double>>(5) == "");
    CHECK(unlike_graph<Training<WrittenGains, 6, double>>(5) == "");
}
TEST_CASE("threads and what was in the arena make no difference to any bit, in any turn") { check_bits<Training<Looped, 40, float>>(39); }
TEST_CASE("a step writes where its plan says in that turn, and nowhere else") { check_steps<Training<Looped, 40, float>>(39); }

}  // namespace strata::test
