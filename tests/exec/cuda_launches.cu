// SPDX-License-Identifier: BSL-1.0
#include <strata/exec/cuda.cuh>

#include <doctest/doctest.h>

#include <strata/layer.hpp>
#include <strata/plan/explain.hpp>

#include "../support/cuda.cuh"

namespace strata::test {
namespace {

/// What is launched for one run of P, over memory that is large enough for every array of it.
template <class P>
long launched(int count) {
    constexpr long bytes = 1 << 22;
    cuda::Memory<char> region[4] = {cuda::Memory<char>(bytes), cuda::Memory<char>(bytes), cuda::Memory<char>(bytes), cuda::Memory<char>(bytes)};
    std::vector<char> input(bytes), output(bytes), scalars(4096);
    Bindings b;
    int next = 0;
    for (const Region r : {Region::parameter, Region::state, Region::gradient, Region::moment}) b.region[static_cast<int>(r)] = region[next++].data();
    b.region[static_cast<int>(Region::scalar)] = scalars.data();
    for (int i = 0; i < 2; ++i) b.input[i] = input.data(), b.output[i] = output.data();
    Runner<Cuda, P> runner;
    for (int i = 0; i < 3; ++i) runner.run(Run{count, 1, 1, nullptr}, b);
    return runner.program().launched();
}
/// X: the host's model, session or step; its plan is looked at and run on a device.
template <class X>
void check_launches(long wanted) {
    using P = typename X::template PlanAt<Cuda>;
    CHECK(plan_of<X, Cuda>.launches == wanted);
    CHECK(launched<P>(P::capacity) == wanted);
    if (P::capacity > 5) CHECK(launched<P>(5) == wanted);
}
template <class Net, class In>
using Inference = Session<Model<Net, In>, 64>;
template <class Net, class In>
using Training = TrainingStep<Model<Net, In>, CrossEntropy, Adam, 64>;

using Narrow = Sequential<Dense<64>, Relu, Dense<64>, Relu, Dense<64>, Relu, Dense<10>>;

TEST_CASE("as many kernels are launched as the plan says: Dense and Relu 1, four narrow layers 1 and their training step 3, a loop in each turn") {
    check_launches<Inference<Sequential<Dense<64>, Relu>, Shape<200>>>(1);
    check_launches<Inference<Narrow, Shape<64>>>(1);
    check_launches<Model<Narrow, Shape<64>>>(1);
    check_launches<Training<Narrow, Shape<64>>>(3);
    using Looped = Inference<Sequential<Dense<20>, Repeat<4, Dense<20>, Tanh>, Dense<3>>, Shape<7>>;
    check_launches<Looped>(6);
}
TEST_CASE("narrow networks follow the host: residuals, normalised layers, dropout, odd widths and counts") {
    check_place<Cuda, Sequential<Dense<33>, Relu, Residual<Dense<33>, LayerNorm, Gelu>, Dropout<0.2f>, Dense<17>, Tanh, Dense<5>>, Shape<17>, float, 37>(Adam{.rate = 1e-3}, 2e-5);
}

}  // namespace
}  // namespace strata::test
