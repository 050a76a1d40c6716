// SPDX-License-Identifier: BSL-1.0
/// LeNet in 16 bits: one step against its traced graph, computed node by node in double. Loops in 16 bits against what they repeat.
#include <strata/train/step.hpp>

#include <doctest/doctest.h>

#include <strata/layer/repeat.hpp>
#include <strata/layer/tanh.hpp>
#include <strata/optim/sgd.hpp>

#include "../support/golden_nets.hpp"
#include "../support/machine.hpp"
#include "../support/places.hpp"

namespace strata::test {
namespace {
using Small = LeNet<float>;
template <class Stored, int B>
using Training = detail::TrainingTrace<Small::Net, Small::Input, B, CrossEntropy, Sgd, float, Host, Stored>;
}  // namespace

TEST_CASE("a step of LeNet leaves what its graph says, roundings included") {
    for (const int count : {1, 5}) {
        CAPTURE(count);
        CHECK(unlike_graph<Training<float, 5>>(count, 2e-5) == "");
        CHECK(unlike_graph<Training<bf16, 5>>(count, 2e-3) == "");
        CHECK(unlike_graph<Training<f16, 5>>(count, 5e-4) == "");
    }
}
TEST_CASE("threads and what was in the arena make no difference to any bit") { check_bits<Training<bf16, 5>>(4); }
TEST_CASE("a loop rounds in each turn what its layers, written out, round") {
    using Turns = Sequential<Dense<9>, Repeat<3, Dense<9>, Tanh>, Dense<4>>;
    using Lines = Sequential<Dense<9>, Dense<9>, Tanh, Dense<9>, Tanh, Dense<9>, Tanh, Dense<4>>;
    const auto loop = course_on<Turns, Shape<7>, bf16, 5, Momentum, Host>(Momentum{.rate = 0.1});
    CHECK(loop.unlike(course_on<Lines, Shape<7>, bf16, 5, Momentum, Host>(Momentum{.rate = 0.1}), 1e-6) == "");
    CHECK(loop.unlike(course_on<Turns, Shape<7>, float, 5, Momentum, Host>(Momentum{.rate = 0.1}), 1e-4) != "");
}

}  // namespace strata::test
