// SPDX-License-Identifier: BSL-1.0
#include <strata/exec/host.hpp>

#include <doctest/doctest.h>

#include <strata/exec/expression.hpp>
#include <strata/layer/dropout.hpp>
#include <strata/layer/layer_norm.hpp>
#include <strata/op/softmax.hpp>

#include "../support/golden_nets.hpp"
#include "../support/machine.hpp"

namespace strata::test {
namespace {

template <class M, int B>
using Training = detail::TrainingTrace<typename M::Net, typename M::Input, B, CrossEntropy, Adam, typename M::Real>;
template <class M, int B>
using Inference = detail::InferenceTrace<typename M::Net, typename M::Input, B, typename M::Real>;
template <class Real>
using Dropping = Model<Sequential<Dense<33>, Relu, Dropout<0.3f>, LayerNorm, Dense<4>>, Shape<12>, Host, Precision<Real>>;
using Wide = Model<Sequential<Dense<300>, Relu, Dense<10>>, Shape<200>>;
template <int... D>
using F = TensorLeaf<float, Shape<D...>>;
using Tree = detail::ExpressionTrace<decltype(softmax(matmul(relu(matmul(F<9, 6>{}, F<6, 5>{}) * 2.0), F<5, 33>{})) + F<33>{})>;
}  // namespace

TEST_CASE("a run leaves in every sink what the traced graph says, and stays within its arrays") {
    for (int count : {1, 5, 6}) {
        CAPTURE(count);
        CHECK(unlike_graph<Training<LeNet<double>, 6>>(count) == "");
        CHECK(unlike_graph<Training<Dropping<double>, 6>>(count) == "");
    }
}
TEST_CASE("threads and what was in the arena make no difference to any bit") {
    check_bits<Training<LeNet<float>, 37>>(37);
    check_bits<Training<LeNet<float>, 37>>(20);
    check_bits<Training<ResidualNet<float>, 32>>(31);
    check_bits<Training<Dropping<float>, 64>>(61);
    check_bits<Training<Wide, 100>>(99);
    check_bits<Inference<LeNet<float>, 37>>(1);
    check_bits<Tree>(1);
}
TEST_CASE("a step writes where its plan says, and nowhere else") {
    check_steps<Training<LeNet<float>, 37>>(37);
    check_steps<Training<Dropping<float>, 64>>(61);
    check_steps<Inference<LeNet<float>, 37>>(1);
    check_steps<Tree>(1);
}

}  // namespace strata::test
