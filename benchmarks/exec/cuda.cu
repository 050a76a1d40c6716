// SPDX-License-Identifier: BSL-1.0
/// Whole training steps (forward, cross-entropy, gradients, Adam): the step's products alone by cuBLAS first, recorded; then Strata's step launch by
/// launch, and replayed as it is from the second step on. Inputs lie on the device. The loss of the third step is compared with the host's.
#include <strata/strata.hpp>

#include "../support/cublas.cuh"
#include "../support/program.cuh"

namespace bench {
namespace {

using Mlp = st::Sequential<st::Dense<256>, st::Relu, st::Dense<128>, st::Relu, st::Dense<10>>;
using LeNet = st::Sequential<st::Conv2d<6, 5>, st::Relu, st::MaxPool2d<2>, st::Conv2d<16, 5>, st::Relu, st::MaxPool2d<2>, st::Flatten, st::Dense<120>, st::Relu, st::Dense<84>, st::Relu,
                             st::Dense<10>>;

/// A step of Net with all that it needs.
template <class Net, class In, int B>
struct Training {
    using Model = st::Model<Net, In, st::Cuda>;
    using Step = st::TrainingStep<Model, st::CrossEntropy, st::Adam, B>;
    using Plan = typename Step::Plan;
    static constexpr int numbers = st::common_scalars + st::Adam::scalars;

    Numbers<float> x{long{B} * In::size, 1};
    std::vector<std::int32_t> label = std::vector<std::int32_t>(B);
    st::cuda::Memory<std::int32_t> labels;
    Model model{st::Seed{7}};
    st::cuda::Memory<float> gradient{Model::parameter_block()}, moments{Model::parameter_block() * st::Adam::moments}, loss{1};
    st::CudaProgram<Plan> program;
    float scalars[numbers] = {};
    long steps = 0;

    Training() {
        for (int i = 0; i < B; ++i) label[static_cast<std::size_t>(i)] = i * 3 % 10;
        labels = st::cuda::Memory<std::int32_t>(label.data(), B);
    }
    void run() {
        ++steps;
        const st::Adam adam{.rate = 1e-3};
        double own[st::Adam::scalars] = {};
        adam.numbers(steps, own);
        scalars[0] = 1.f / B, scalars[1] = static_cast<float>(adam.rate);
        for (int i = 0; i < st::Adam::scalars; ++i) scalars[st::common_scalars + i] = static_cast<float>(own[i]);
        st::Bindings b;
        b.region[static_cast<int>(st::Region::parameter)] = model.parameters();
        b.region[static_cast<int>(st::Region::state)] = model.states();
        b.region[static_cast<int>(st::Region::gradient)] = gradient.data();
        b.region[static_cast<int>(st::Region::moment)] = moments.data();
        b.region[static_cast<int>(st::Region::scalar)] = scalars;
        b.input[0] = x.there.data();
        b.input[1] = labels.data();
        b.output[1] = loss.data();
        program.run(st::Run{B, 7, static_cast<std::uint64_t>(steps), nullptr}, b);
    }
    /// How far the loss of step 3 is from the host's.
    double error() {
        using Here = st::Model<Net, In>;
        Here here{st::Seed{7}};
        st::TrainingStep<Here, st::CrossEntropy, st::Adam, B> step{here, st::Adam{.rate = 1e-3}, st::Seed{7}};
        float wanted = 0;
        for (int i = 0; i < 3; ++i) {
            wanted = step.run(x.here.data(), label.data(), B);
            run();
        }
        program.stream().wait();
        return std::fabs(static_cast<double>(loss.to_host()[0]) - wanted) / wanted;
    }
};

struct Product {
    long m, k, n;
};
/// The products of a step, each on operands of its own that are there already.
struct Products {
    std::vector<Product> all;
    Cublas cublas{};
    st::cuda::Memory<float> a, b, c;
    explicit Products(std::vector<Product> of) : all(std::move(of)) {
        long left = 0, right = 0, result = 0;
        for (const Product& p : all) left = std::max(left, p.m * p.k), right = std::max(right, p.k * p.n), result = std::max(result, p.m * p.n);
        a = st::cuda::Memory<float>(left), b = st::cuda::Memory<float>(right), c = st::cuda::Memory<float>(result);
    }
    void run() {
        for (const Product& p : all) cublas.product(Number::f32, p.m, p.k, p.n, a.data(), b.data(), c.data());
    }
};

template <class Net, class In, int B>
void training(const char* name, std::vector<Product> forward) {
    add("training step", name, 0, [forward](Case& c) {
        using T = Training<Net, In, B>;
        std::vector<Product> all = forward;
        for (const Product& p : forward) all.push_back({p.k, p.m, p.n});  // by the weights
        for (std::size_t i = 1; i < forward.size(); ++i) all.push_back({forward[i].m, forward[i].n, forward[i].k});  // by the input
        for (const Product& p : all) c.operations += 2.0 * static_cast<double>(p.m) * static_cast<double>(p.k) * static_cast<double>(p.n);
        // Parameters are read twice and written, gradients written and read, moments read and written; inputs read twice.
        c.bytes = 4.0 * (9.0 * T::Model::parameter_block() + 2.0 * B * In::size), c.places = 4.0 * (4.0 * T::Model::parameter_block() + 1.0 * B * In::size);
        const auto products = std::make_shared<Products>(all);
        c.systems.push_back({"cuBLAS, " + std::to_string(all.size()) + " products alone", &products->cublas.stream(), [=] { products->run(); }, 0, 0, false});
        const auto by_launch = std::make_shared<T>();
        const double first = by_launch->error();
        c.systems.push_back({"Strata, " + std::to_string(T::Plan::plan.launches) + " launches", &by_launch->program.stream(), [=] { by_launch->program.again(); }, first, 1e-5, true, false});
        const auto replayed = std::make_shared<T>();
        const double second = replayed->error();
        c.systems.push_back({"Strata, replayed", &replayed->program.stream(), [=] { replayed->run(); }, second, 1e-5, true, false});
    });
}

[[maybe_unused]] const bool added = [] {
    training<Mlp, st::Shape<784>, 32>("784-256-128-10, batch 32", {{32, 784, 256}, {32, 256, 128}, {32, 128, 10}});
    training<Mlp, st::Shape<784>, 128>("784-256-128-10, batch 128", {{128, 784, 256}, {128, 256, 128}, {128, 128, 10}});
    training<LeNet, st::Shape<1, 28, 28>, 32>("LeNet, batch 32", {{32 * 576, 25, 6}, {32 * 64, 150, 16}, {32, 256, 120}, {32, 120, 84}, {32, 84, 10}});
    return true;
}();

}  // namespace
}  // namespace bench
