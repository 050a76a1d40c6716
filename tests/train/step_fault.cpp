// SPDX-License-Identifier: BSL-1.0
#include <strata/train/step_fault.hpp>

#include <doctest/doctest.h>

#include <type_traits>

#include <strata/layer/dense.hpp>
#include <strata/loss/cross_entropy.hpp>
#include <strata/loss/mse.hpp>
#include <strata/optim/sgd.hpp>

namespace strata::test {

using M = Model<Sequential<Dense<3>>, Shape<4>>;
using Other = Model<Sequential<Dense<2>>, Shape<4>>;
template <class T, class L = CrossEntropy, class O = Sgd, int B = 2>
using Of = detail::TrainingFault<T, L, O, B>;

static_assert(std::is_same_v<Of<M>, NoFault> && std::is_same_v<Of<M, MeanSquaredError>, NoFault>);
static_assert(std::is_same_v<Of<int>, NotAModel<int>> && std::is_same_v<Of<const M>, ModelIsNoVariable<const M>>);
static_assert(std::is_same_v<Of<M, CrossEntropy, Sgd, 0>, BatchOfNone<0>>);
struct OfAnObject {
    double weight = 2;
    template <class Output>
    using Target = Values<Output>;
    static constexpr bool classifies = false;
    constexpr auto forward(Expression auto y, Expression auto t) const { return mean_keep(square(y - t), axes<>) * weight; }
};
static_assert(std::is_same_v<Of<M, OfAnObject>, LossForwardIsNotStatic<OfAnObject, M::Output>>);
static_assert(std::is_same_v<Of<M, Sgd>, NotALoss<Sgd, M::Output>> && std::is_same_v<Of<M, CrossEntropy, int>, NotAnOptimiser<int>>);
static_assert(std::is_same_v<detail::VariableFault<M, M&>, NoFault>);
static_assert(std::is_same_v<detail::VariableFault<M, M>, ModelIsNoVariable<M>> && std::is_same_v<detail::VariableFault<M, const M&>, ModelIsNoVariable<M>>);
static_assert(std::is_same_v<detail::VariableFault<M, Other&>, AnotherModel<M, Other>>);

TEST_CASE("what makes a training step, and what does not") {
    CHECK(detail::makes_step<M, Sgd, M&, Sgd, Seed>);
    CHECK_FALSE(detail::makes_step<M, Sgd, M&, Sgd>);
    CHECK_FALSE(detail::makes_step<M, Sgd, M&, Sgd, int>);
}

}  // namespace strata::test
