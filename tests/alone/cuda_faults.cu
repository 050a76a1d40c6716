// SPDX-License-Identifier: BSL-1.0
#include <strata/device/cuda.cuh>

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include <strata/exec/cuda.cuh>
#include <strata/exec/cuda_expression.cuh>
#include <strata/exec/gradient.hpp>
#include <strata/layer/dense.hpp>
#include <strata/layer/relu.hpp>
#include <strata/layer/sequential.hpp>
#include <strata/loss/cross_entropy.hpp>
#include <strata/op.hpp>
#include <strata/optim/adam.hpp>
#include <strata/train/trainer.hpp>

#include "../support/faults.cuh"

namespace strata::test {
namespace {

using Net = Sequential<Dense<6>, Relu, Dense<3>>;
using There = Model<Net, Shape<4>, Cuda>;
using Here = Model<Net, Shape<4>>;
using Step = TrainingStep<There, CrossEntropy, Adam, 8>;

struct Batch {
    float x[8 * 4];
    std::int32_t label[8];
    Batch() {
        for (int i = 0; i < 8 * 4; ++i) x[i] = static_cast<float>(i % 7) / 7 - 0.4f;
        for (int i = 0; i < 8; ++i) label[i] = i % 3;
    }
};
/// A model brought over and trained for some steps, waiting and not: everything that takes memory.
double work(const Here& from) {
    const Batch b;
    There model(from);
    Step step(model, Adam{.rate = 1e-2}, Seed{1});
    for (int i = 0; i < 3; ++i) step.run(b.x, b.label, 8);
    cuda::Pinned<float> loss(3);
    for (int i = 0; i < 3; ++i) step.start(b.x, b.label, 8, ConstantRate{}, loss.data() + i);
    step.finish();
    return static_cast<double>(loss[2]);
}
bool same(const Here& a, const Here& b) {
    bool yes = true;
    for (long i = 0; i < a.parameter_block(); ++i) yes = yes && a.parameters()[i] == b.parameters()[i];
    return yes;
}
struct Set {
    static constexpr long sample_size = 4;
    static constexpr int classes = 3;
    std::vector<float> x;
    std::vector<std::int32_t> y;
    long size() const { return static_cast<long>(y.size()); }
    void copy_sample(long i, float* to) const { std::copy_n(x.data() + i * 4, 4, to); }
    std::int32_t label(long i) const { return y[static_cast<std::size_t>(i)]; }
};
Set set_of(int batches) {
    Set set;
    for (int i = 0; i < batches * 8; ++i) {
        set.y.push_back(i % 3);
        for (int k = 0; k < 4; ++k) set.x.push_back(static_cast<float>((i * 5 + k) % 11) / 11 - (k == i % 3 ? 1.f : 0.f));
    }
    return set;
}
template <class M>
void fit_once(M& model, const Set& set) {
    Trainer trainer(model, CrossEntropy{}, Adam{.rate = 1e-2}, batch<8>, TrainerOptions{.threads = 1});
    FitOptions<Set> options;
    options.epochs = 1;
    options.progress.silent = true;
    trainer.fit(set, options);
}
/// `f` with each of its allocations failing in turn, at least so many: an error that says so, nothing is kept, and the next try succeeds.
template <class F>
void out_of_memory(const std::string& what, int least, F f) {
    CAPTURE(what);
    faults = {};
    f();
    const int allocations = faults.allocations;
    CHECK(allocations >= least);
    CHECK(alive == 0);
    for (int at = 0; at < allocations; ++at) {
        CAPTURE(at);
        faults = {};
        faults.fail_allocation = at;
        std::string text = "nothing was thrown";
        try {
            f();
        } catch (const CudaError& e) {
            CHECK(e.code() == cudaErrorMemoryAllocation);
            CHECK_FALSE(e.lost());
            text = e.what();
        }
        CHECK(text.find("strata: cuda") == 0);
        CHECK(text.find("(cudaErrorMemoryAllocation); take smaller batches, or free what other programs hold") != std::string::npos);
        CHECK(alive == 0);
        faults = {};
        CHECK_NOTHROW(f());
        CHECK(alive == 0);
    }
}
struct Reset {
    Reset() { faults = {}; }
    ~Reset() { faults = {}; }
};

}  // namespace

TEST_CASE("out of memory at each allocation in turn: an error that says so, the host's weights as they were, nothing kept, and the next try succeeds") {
    const Reset reset;
    const Here here{Seed{3}}, before(here);
    const double wanted = work(here);
    out_of_memory("a model and its steps", 16, [&] {
        const double loss = work(here);
        CHECK(loss == wanted);
        CHECK(same(here, before));
    });
}
TEST_CASE("out of memory at each allocation of an expression, a gradient, a session and a fit, in f32 and in f16 with its scale of losses: the same") {
    const Reset reset;
    const auto x_here = Tensor<float, 8, 4>::full(0.5f);
    const auto w_here = Tensor<float, 4, 3>::full(0.25f);
    const Here here{Seed{3}}, before(here);
    const Model<Net, Shape<4>, Host, Precision<f16>> narrow{Seed{3}};
    const Set set = set_of(5);
    const auto fit = [&](auto model) { fit_once(model, set); };
    out_of_memory("an expression", 3, [&] {
        const TensorOn<Cuda, float, 8, 4> x(x_here);
        const TensorOn<Cuda, float, 4, 3> w(w_here);
        const TensorOn<Cuda, float, 8, 3> y = softmax(matmul(x, w));
        CHECK(y.to_host()(7, 2) == doctest::Approx(1. / 3));
    });
    out_of_memory("a gradient", 4, [&] {
        const TensorOn<Cuda, float, 8, 4> x(x_here);
        const TensorOn<Cuda, float, 4, 3> w(w_here);
        const auto [dx, dw] = gradient(mean(square(matmul(x, w))) + sum(x), x, w);
        CHECK(dw.to_host()(0, 0) == doctest::Approx(1. / 6));
        CHECK(dx.to_host()(0, 0) == doctest::Approx(1 + 1. / 32));
    });
    out_of_memory("a session", 5, [&] {
        const There model(here);
        Session<There, 8> session(model);
        float y[8 * 3];
        for (const int count : {8, 8, 5}) session.run(x_here.data(), count, y);
    });
    out_of_memory("a fit in f32", 15, [&] { fit(There(here)); });
    out_of_memory("a fit in f16", 15, [&] { fit(Model<Net, Shape<4>, Cuda, Precision<f16>>(narrow)); });
    CHECK(same(here, before));
}
TEST_CASE("a device without a pool: the same from cudaMalloc, and the query says so") {
    const Reset reset;
    const Here here{Seed{3}};
    const double wanted = work(here);
    CHECK(cuda::has_pool(Cuda{0}));
    CHECK(cuda::keep_freed(Cuda{0}, 1 << 20));
    faults.pools = false;
    CHECK_FALSE(cuda::has_pool(Cuda{0}));
    CHECK_FALSE(cuda::keep_freed(Cuda{0}, 1 << 20));
    CHECK(work(here) == wanted);
}
TEST_CASE("a launch that fails: an error at the kernel's launch, no step taken, and the next step is as if it had not been") {
    const Reset reset;
    const Batch b;
    for (int before = 0; before < 2; ++before) {  // the second run is recorded
        CAPTURE(before);
        There model(Here{Seed{3}}), other(model);
        Step step(model, Adam{.rate = 1e-2}, Seed{1}), undisturbed(other, Adam{.rate = 1e-2}, Seed{1});
        if (before > 0) CHECK(step.run(b.x, b.label, 8) == undisturbed.run(b.x, b.label, 8));
        faults.launch = cudaErrorInvalidConfiguration;
        std::string text;
        try {
            step.run(b.x, b.label, 8);
        } catch (const CudaError& e) {
            text = e.what();
        }
        CHECK(text.find("strata: a kernel's launch at ") == 0);
        CHECK(text.find("(cudaErrorInvalidConfiguration)") != std::string::npos);
        CHECK(step.steps() == before);
        for (int i = 0; i < 4; ++i) CHECK(step.run(b.x, b.label, 8) == undisturbed.run(b.x, b.label, 8));
    }
}
TEST_CASE("a device that is lost: an error that says that this process cannot go on there; what the host has is whole") {
    const Reset reset;
    const Batch b;
    const Here here{Seed{3}}, before(here);
    {
        There model(here);
        Step step(model, Adam{.rate = 1e-2}, Seed{1});
        step.run(b.x, b.label, 8);
        for (const cudaError_t lost : {cudaErrorLaunchFailure, cudaErrorDevicesUnavailable}) {
            faults.every_wait = lost;
            for (int time = 0; time < 2; ++time) {
                std::string text;
                try {
                    step.run(b.x, b.label, 8);
                } catch (const CudaError& e) {
                    CHECK(e.code() == lost);
                    CHECK(e.lost() == (lost == cudaErrorLaunchFailure));
                    text = e.what();
                }
                CHECK(text.find("start the program again") != std::string::npos);
            }
        }
    }
    CHECK(same(here, before));
    Here on(here);
    TrainingStep<Here, CrossEntropy, Adam, 8> step(on, Adam{.rate = 1e-2}, Seed{1});
    CHECK(step.run(b.x, b.label, 8) > 0);
}
TEST_CASE("a recording that cannot be launched: no step taken, and the next is as if it had not been; where that loses the device, a fit says so") {
    const Reset reset;
    const Batch b;
    const Here here{Seed{3}}, before(here);
    {
        There model(here), other(here);
        Step step(model, Adam{.rate = 1e-2}, Seed{1}), undisturbed(other, Adam{.rate = 1e-2}, Seed{1});
        for (int i = 0; i < 4; ++i) CHECK(step.run(b.x, b.label, 8) == undisturbed.run(b.x, b.label, 8));
        faults.replays = 0;
        faults.replay = cudaErrorInvalidConfiguration;
        std::string text;
        try {
            step.run(b.x, b.label, 8);
        } catch (const CudaError& e) {
            CHECK_FALSE(e.lost());
            text = e.what();
        }
        CHECK(text.find("strata: cudaGraphLaunch at ") == 0);
        CHECK(step.steps() == 4);
        for (int i = 0; i < 4; ++i) CHECK(step.run(b.x, b.label, 8) == undisturbed.run(b.x, b.label, 8));
    }
    {
        There model(here);
        faults.replays = 20;
        faults.replay = cudaErrorLaunchFailure;
        faults.sticks = true;
        std::string text;
        try {
            fit_once(model, set_of(40));
        } catch (const CudaError& e) {
            CHECK(e.lost());
            text = e.what();
        }
        CHECK(text.find("start the program again") != std::string::npos);
    }
    faults = {};
    CHECK(same(here, before));
    CHECK(alive == 0);
}
TEST_CASE("a fit on a device waits where losses are read, not at each step; it comes to what a step at a time comes to") {
    const Reset reset;
    const Set set = set_of(40);
    There there(Here{Seed{3}}), further(there);
    Here here{Seed{3}};
    Trainer on_device(there, CrossEntropy{}, Adam{.rate = 1e-2}, batch<8>, TrainerOptions{.threads = 1});
    Trainer on_host(here, CrossEntropy{}, Adam{.rate = 1e-2}, batch<8>, TrainerOptions{.threads = 1});
    Trainer longer(further, CrossEntropy{}, Adam{.rate = 1e-2}, batch<8>, TrainerOptions{.threads = 1});
    FitOptions<Set> options;
    options.epochs = 2;
    options.progress.silent = true;
    const History h = on_host.fit(set, options);
    faults = {};
    const History d = on_device.fit(set, options);
    const int waits = faults.waits;
    CHECK(waits > 0);
    CHECK(waits < 40);  // 80 steps
    // What is allowed at a step: that the third on its way waits for the first, which leaves the device the second.
    CHECK(faults.waits_behind <= 80);
    // As often for 56 steps an epoch, whose losses are read as many times: no wait is a step's.
    faults = {};
    longer.fit(set_of(56), options);
    CHECK(faults.waits == waits);
    REQUIRE(d.step_losses.size() == h.step_losses.size());
    for (std::size_t i = 0; i < h.step_losses.size(); ++i) CHECK(d.step_losses[i] == doctest::Approx(h.step_losses[i]).epsilon(1e-4));
}

}  // namespace strata::test
