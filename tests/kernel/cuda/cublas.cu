// SPDX-License-Identifier: BSL-1.0
#include <strata/kernel/cuda/cublas.cuh>

#include <doctest/doctest.h>

#include <cmath>

#include <strata/exec/cuda_expression.cuh>
#include <strata/layer/dense.hpp>
#include <strata/layer/relu.hpp>
#include <strata/layer/sequential.hpp>
#include <strata/loss/cross_entropy.hpp>
#include <strata/op/cast.hpp>
#include <strata/op/matmul.hpp>
#include <strata/op/relu.hpp>
#include <strata/optim/sgd.hpp>
#include <strata/train/step.hpp>

#include "../../support/launch.cuh"

#ifndef STRATA_CUBLAS
#error "this test is of programs that are compiled with STRATA_CUBLAS"
#endif

namespace strata::test {
namespace {

template <class T, int... D>
using Leaf = TensorLeaf<T, Shape<D...>, Cuda>;
template <class E>
struct PinnedTrace : detail::ExpressionTrace<E, float, Cuda> {
    static constexpr Policy policy = [] {
        Policy p = PolicyOn<Cuda, float>::value;
        p.tiles = {64, 64, 16, 2};
        return p;
    }();
};
template <class E>
struct Tf32Trace : detail::ExpressionTrace<E, float, Cuda> {
    static constexpr Policy policy = [] {
        Policy p = PolicyOn<Cuda, float>::value;
        p.multiply = Multiply::tf32;
        return p;
    }();
};
template <class P, int S = 0>
constexpr bool given = requires { cuda::KernelFor<typename P::template StepType<S>>::counts; };
template <class E, class Trace = detail::ExpressionTrace<E, float, Cuda>>
constexpr bool given_all = Program<Trace>::kernels == 1 && given<Program<Trace>>;

// From 256 cubed on, with no more than a bias after it, and where nobody gives tiles.
using Square = decltype(matmul(Leaf<float, 256, 256>{}, Leaf<float, 256, 256>{}));
static_assert(given_all<Square> && !given_all<Square, PinnedTrace<Square>>);
static_assert(!given_all<decltype(matmul(Leaf<float, 255, 256>{}, Leaf<float, 256, 256>{}))>);
static_assert(given_all<decltype(matmul(Leaf<float, 256, 256>{}, Leaf<float, 256, 256>{}) + Leaf<float, 256>{})>);
static_assert(given_all<decltype(Leaf<float, 256>{} + matmul(Leaf<float, 256, 256>{}, Leaf<float, 256, 256>{}))>);
static_assert(!given_all<decltype(matmul(Leaf<float, 256, 256>{}, Leaf<float, 256, 256>{}) * Leaf<float, 256>{})>);
static_assert(!given_all<decltype(matmul(Leaf<float, 256, 256>{}, Leaf<float, 256, 256>{}) + Leaf<float, 256, 1>{})>);
static_assert(!given_all<decltype(relu(matmul(Leaf<float, 256, 256>{}, Leaf<float, 256, 256>{})))>);
static_assert(!given_all<decltype(matmul(relu(Leaf<float, 256, 256>{}), Leaf<float, 256, 256>{}))>);
static_assert(!given<Program<detail::ExpressionTrace<decltype(matmul(Leaf<double, 256, 256>{}, Leaf<double, 256, 256>{})), double, Cuda>>>);

/// Small whole numbers, so that sums are exact in any order.
template <class T>
cuda::Memory<T> numbers(long n, unsigned state) {
    std::vector<T> v(static_cast<std::size_t>(n));
    for (T& x : v) x = static_cast<float>(static_cast<int>((state = state * 1664525u + 1013904223u) >> 29) - 4);
    return on_device(v);
}

/// The expression by the library, launched and recorded, and the same step by our own kernel: equal to the bit.
template <class T = float, class E>
void check(const E& e) {
    using P = Program<detail::ExpressionTrace<E, T, Cuda>>;
    static_assert(P::kernels == 1 && given<P>);
    constexpr long n = E::Shape::size;
    auto theirs = filled<T>(n), ours = filled<T>(n);
    void* out[] = {theirs.data()};
    const detail::Bound<P, E> bound(e, out, 1);
    CudaProgram<P> program;
    const auto run = [&] {
        cuda::check(cudaMemset(theirs.data(), 0xff, n * sizeof(T)), "cudaMemset");
        cuda::check(cudaStreamSynchronize(nullptr), "cudaStreamSynchronize");
        program.run(Run{}, bound.bindings());
        program.stream().wait();
        std::vector<float> seen(static_cast<std::size_t>(n));
        const auto there = from_device(theirs);
        for (std::size_t i = 0; i < seen.size(); ++i) seen[i] = there[i];
        return seen;
    };
    const auto launched = run();

    using Own = cuda::Contract<typename P::template StepType<0>>;
    using Places = Addresses<P, 0>;
    Bindings b = bound.bindings();
    b.output[0] = ours.data();
    void* base[Own::operands];
    for (int i = 0; i < Own::operands; ++i) base[i] = resolved(Places::list.at[0][i], b, 0);
    const auto facts = on_device(std::vector<cuda::Facts>{cuda::Facts{}});
    auto workspace = filled<char>(Own::workspace);
    cuda::Memory<unsigned> tickets(Own::tickets);
    const cuda::Stream stream;
    Own::launch(cuda::Launch{stream.get(), facts.data(), workspace.data(), tickets.data()}, base);
    stream.wait();
    std::vector<float> own(static_cast<std::size_t>(n));
    const auto there = from_device(ours);
    for (std::size_t i = 0; i < own.size(); ++i) own[i] = there[i];
    CHECK(launched == own);
    for (int time = 0; time < 2; ++time) CHECK(run() == own);  // recorded, then replayed
}

TEST_CASE("what cuBLASLt makes of a large product is what our kernel makes of it") {
    const auto a = numbers<float>(200 * 420, 1), b = numbers<float>(420 * 208, 2), bias = numbers<float>(208, 3);
    const Leaf<float, 200, 420> x{a.data()};
    const Leaf<float, 420, 208> w{b.data()};
    const Leaf<float, 208> c{bias.data()};
    SUBCASE("plain") { check(matmul(x, w)); }
    SUBCASE("with a bias") { check(matmul(x, w) + c); }
    SUBCASE("the right operand transposed") { check(matmul_transposed(x, Leaf<float, 208, 420>{b.data()})); }
    SUBCASE("the left operand transposed") { check(apply<MatmulOp<true, false>>(Leaf<float, 420, 200>{a.data()}, w)); }
    SUBCASE("both transposed, with a bias") { check(apply<MatmulOp<true, true>>(Leaf<float, 420, 200>{a.data()}, Leaf<float, 208, 420>{b.data()}) + c); }
    SUBCASE("batches") { check(matmul(Leaf<float, 4, 50, 420>{a.data()}, Leaf<float, 4, 420, 208>{numbers<float>(4 * 420 * 208, 4).data()})); }
}

TEST_CASE_TEMPLATE("the same of 16-bit operands", T, bf16, f16) {
    const auto a = numbers<T>(200 * 420, 1), b = numbers<T>(420 * 208, 2), bias = numbers<T>(208, 3);
    const auto y = matmul(cast<float>(Leaf<T, 200, 420>{a.data()}), cast<float>(Leaf<T, 420, 208>{b.data()}));
    SUBCASE("with a result in f32") { check(y); }
    SUBCASE("with a result in as few bits") { check<T>(cast<T>(y)); }
    SUBCASE("with a bias in f32") { check(y + Leaf<float, 208>{numbers<float>(208, 4).data()}); }
}
TEST_CASE("f32 operands are multiplied as tf32 where the plan says so") {
    const auto b = numbers<float>(420 * 208, 2);
    using E = decltype(matmul(Leaf<float, 200, 420>{}, Leaf<float, 420, 208>{}));
    using P = Program<Tf32Trace<E>>;
    static_assert(given<P>);
    auto to = filled<float>(200 * 208);
    void* out[] = {to.data()};
    // 1 + 2^-12 is 1 in tf32.
    const auto near = on_device(std::vector<float>(200 * 420, 1.000244140625f));
    CudaProgram<P> program;
    program.run(Run{}, detail::Bound<P, E>(matmul(Leaf<float, 200, 420>{near.data()}, Leaf<float, 420, 208>{b.data()}), out, 1).bindings());
    program.stream().wait();
    const auto sums = from_device(to);
    int whole = 0;
    for (float s : sums) whole += s == std::round(s);
    CHECK(whole == 200 * 208);
}

template <class Place>
using Broad = Model<Sequential<Dense<512>, Relu, Dense<640>>, Shape<512>, Place>;

TEST_CASE("a session follows the host through batches of changing size") {
    // relu is ours, the last layer the library's.
    using There = Session<Broad<Cuda>, 64>;
    Broad<Host> here{Seed{3}};
    Broad<Cuda> there{here};
    Session<Broad<Host>, 64> on_host{here};
    There on_device{there};
    std::vector<float> x(64 * 512), y(64 * 640), wanted(64 * 640);
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(i * 37 % 101) / 101.f - 0.5f;
    for (int count : {17, 17, 17, 64, 64, 64, 1}) {
        CAPTURE(count);
        std::fill(y.begin(), y.end(), 7.f);
        on_host.run(x.data(), count, wanted.data());
        on_device.run(x.data(), count, y.data());
        int wrong = 0;
        for (std::size_t i = 0; i < static_cast<std::size_t>(count) * 640; ++i) wrong += !(std::fabs(y[i] - wanted[i]) < 1e-5f);
        CHECK(wrong == 0);
        for (std::size_t i = static_cast<std::size_t>(count) * 640; i < y.size(); ++i) REQUIRE(y[i] == 7.f);
    }
}

TEST_CASE("training follows the host: sums over the batch are those of its samples") {
    using Here = TrainingStep<Broad<Host>, CrossEntropy, Momentum, 64>;
    using There = TrainingStep<Broad<Cuda>, CrossEntropy, Momentum, 64>;
    Broad<Host> here{Seed{3}};
    Broad<Cuda> there{here};
    Here on_host{here, Momentum{}, Seed{1}};
    There on_device{there, Momentum{}, Seed{1}};
    std::vector<float> x(64 * 512);
    std::vector<std::int32_t> label(64);
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(i * 37 % 101) / 101.f - 0.5f;
    for (std::size_t i = 0; i < label.size(); ++i) label[i] = static_cast<std::int32_t>(i * 11 % 640);
    for (int count : {64, 64, 30, 64, 64, 64}) {
        CAPTURE(count);
        const double wanted = on_host.run(x.data(), label.data(), count);
        CHECK(on_device.run(x.data(), label.data(), count) == doctest::Approx(wanted).epsilon(1e-5));
    }
}

}  // namespace
}  // namespace strata::test
