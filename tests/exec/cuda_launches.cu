// SPDX-License-Identifier: BSL-1.0
#include <strata/exec/cuda.cuh>

#include <doctest/doctest.h>

#include <strata/layer.hpp>
#include <strata/plan/explain.hpp>

#include "../support/cuda.cuh"

namespace strata::test {
namespace {

/// Kernels alone, without copies and fillings, among what `f` puts into a stream.
template <class F>
long kernels_in(const cuda::Stream& stream, F f) {
    cudaGraph_t graph{};
    cuda::check(cudaStreamBeginCapture(stream.get(), cudaStreamCaptureModeThreadLocal), "cudaStreamBeginCapture");
    f();
    cuda::check(cudaStreamEndCapture(stream.get(), &graph), "cudaStreamEndCapture");
    std::size_t n = 0;
    cuda::check(cudaGraphGetNodes(graph, nullptr, &n), "cudaGraphGetNodes");
    std::vector<cudaGraphNode_t> nodes(n);
    cuda::check(cudaGraphGetNodes(graph, nodes.data(), &n), "cudaGraphGetNodes");
    long kernels = 0;
    for (const cudaGraphNode_t node : nodes) {
        cudaGraphNodeType type{};
        cuda::check(cudaGraphNodeGetType(node, &type), "cudaGraphNodeGetType");
        kernels += type == cudaGraphNodeTypeKernel;
    }
    cuda::check(cudaGraphDestroy(graph), "cudaGraphDestroy");
    return kernels;
}
/// What one run of P launches, over memory that is large enough for every array of it: kernels, and all that is recorded.
struct Launched {
    long kernels, recorded;
};
template <class P>
Launched launched(int count) {
    constexpr long bytes = 1 << 22;
    std::vector<cuda::Memory<char>> memory;
    Bindings b;
    const auto next = [&] { return memory.emplace_back(bytes).data(); };
    for (const Region r : {Region::parameter, Region::state, Region::gradient, Region::moment}) b.region[static_cast<int>(r)] = next();
    std::vector<char> scalars(4096);
    b.region[static_cast<int>(Region::scalar)] = scalars.data();
    for (int i = 0; i < 2; ++i) b.input[i] = next(), b.output[i] = next();
    CudaProgram<P> program;
    for (int i = 0; i < 2; ++i) program.run(Run{count, 1, 1, nullptr}, b);
    const long kernels = kernels_in(program.stream(), [&] { program.again(); });
    program.stream().wait();
    return {kernels, program.launched()};
}
/// X: the host's model, session or step; its plan is looked at and run on a device.
template <class X>
void check_launches(long wanted) {
    using P = typename X::template PlanAt<Cuda>;
    CHECK(plan_of<X, Cuda>.launches == wanted);
    for (const int count : {P::capacity, P::capacity > 5 ? 5 : 1}) {
        const Launched l = launched<P>(count);
        CHECK(l.kernels == wanted);
        CHECK(l.recorded == wanted);
    }
}
template <class Net, class In>
using Inference = Session<Model<Net, In>, 64>;
template <class Net, class In>
using Training = TrainingStep<Model<Net, In>, CrossEntropy, Adam, 64>;

/// max(x, 0)^2: an op of a user's.
struct SquaredReluOp : Elementwise<1> {
    static constexpr auto name = "squared_relu";
    template <class T>
    STRATA_HD static constexpr T apply(T x) {
        const T positive = math::max(x, T(0));
        return positive * positive;
    }
    static constexpr auto backward(Expression auto dy, Expression auto /*y*/, Expression auto x) { return gradients(dy * 2.0 * relu(x)); }
};
struct SquaredRelu {
    static constexpr auto forward(const auto&, Expression auto x) { return apply<SquaredReluOp>(x); }
};

using Narrow = Sequential<Dense<64>, Relu, Dense<64>, Relu, Dense<64>, Relu, Dense<10>>;
using Wide = Sequential<Dense<256>, Relu, Dense<128>, Relu, Dense<10>>;
using LeNet = Sequential<Conv2d<6, 5>, Relu, MaxPool2d<2>, Conv2d<16, 5>, Relu, MaxPool2d<2>, Flatten, Dense<120>, Relu, Dense<84>, Relu, Dense<10>>;

TEST_CASE("as many kernels are launched as the plan says: Dense and Relu 1, four narrow layers 1 and their training step 3, a loop in each turn") {
    check_launches<Inference<Sequential<Dense<64>, Relu>, Shape<200>>>(1);
    check_launches<Inference<Narrow, Shape<64>>>(1);
    check_launches<Model<Narrow, Shape<64>>>(1);
    check_launches<Training<Narrow, Shape<64>>>(3);
    using Looped = Inference<Sequential<Dense<20>, Repeat<4, Dense<20>, Tanh>, Dense<3>>, Shape<7>>;
    check_launches<Looped>(6);
}
TEST_CASE("a user's own op costs no launch: after Dense and Relu still 1, and none more in a training step") {
    check_launches<Inference<Sequential<Dense<64>, Relu, SquaredRelu>, Shape<200>>>(1);
    check_launches<Inference<Sequential<Dense<256>, Relu, SquaredRelu>, Shape<784>>>(1);
    static_assert(plan_of<Training<Sequential<Dense<256>, Relu, SquaredRelu, Dense<128>, Relu, Dense<10>>, Shape<784>>, Cuda>.launches == 6);
}
TEST_CASE("a training step with Adam: 784-256-128-10 in 6 launches, LeNet in 13") {
    static_assert(plan_of<Training<Wide, Shape<784>>, Cuda>.launches == 6);
    static_assert(plan_of<Training<LeNet, Shape<1, 28, 28>>, Cuda>.launches == 13);
    check_launches<Training<Wide, Shape<784>>>(6);
    check_launches<Training<LeNet, Shape<1, 28, 28>>>(13);
}
TEST_CASE("narrow networks follow the host: residuals, normalised layers, dropout, odd widths and counts") {
    check_place<Cuda, Sequential<Dense<33>, Relu, Residual<Dense<33>, LayerNorm, Gelu>, Dropout<0.2f>, Dense<17>, Tanh, Dense<5>>, Shape<17>, float, 37>(Adam{.rate = 1e-3}, 2e-6);  // measured 2.6e-7
}

}  // namespace
}  // namespace strata::test
