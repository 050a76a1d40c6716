// SPDX-License-Identifier: BSL-1.0
/// LeNet in 16 bits: one step against its traced graph, computed node by node in double; and what the arena holds.
#include <strata/train/step.hpp>

#include <doctest/doctest.h>

#include <strata/optim/sgd.hpp>

#include "../support/golden_nets.hpp"
#include "../support/machine.hpp"

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

}  // namespace strata::test
