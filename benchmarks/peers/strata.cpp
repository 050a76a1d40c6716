// SPDX-License-Identifier: BSL-1.0
/// Our side of the paired benchmark: training steps, one sample, products as plans of matmul, convolutions; and the machine's peak.
#include <memory>

#include <strata/strata.hpp>

#include "../kernel/host/convolution_cases.hpp"
#include "../kernel/host/peak.hpp"
#include "cases.hpp"
#include "worker.hpp"

namespace st = strata;

namespace {

st::Pool* pool = nullptr;  ///< null for one thread

template <class Model>
void initialise(Model& model) {
    peers::Weights weights;
    int fan_in = 1;
    for (int i = 0; i < model.parts(); ++i) {
        const auto part = model.part(i);
        const int rows = part.dims[0], columns = part.dims.rank == 2 ? part.dims[1] : 1;
        int size = 1;
        for (int d = 0; d < part.dims.rank; ++d) size *= part.dims[d];
        if (i % 2 == 0) fan_in = part.dims.rank == 2 ? rows : size / rows;
        // Dense keeps [in, out]; the generator counts output by output.
        for (int at = 0; at < size; ++at) part.data[i % 2 == 0 && part.dims.rank == 2 ? at % rows * columns + at / rows : at] = weights.next(fan_in);
    }
}

template <class Model, int Batch>
peers::Item training(const char* name, double operations) {
    return {name, "strata", operations, [] {
                static Model model;
                static st::TrainingStep<Model, st::CrossEntropy, st::Adam, Batch> step{model, st::Adam{.rate = 1e-3}, st::Seed{1}, pool};
                static const peers::Images data(Batch);
                initialise(model);
                static const std::vector<float> first(model.parameters(), model.parameters() + Model::parameter_block());
                const auto call = [] {
                    const long at = step.steps() % peers::batches * Batch;
                    return step.run(data.x.data() + at * peers::width, data.label.data() + at, Batch);
                };
                peers::Ready ready{{}, call, [] {
                                       std::copy(first.begin(), first.end(), model.parameters());
                                       std::fill_n(step.moments().data(), step.moments().size(), 0.f);
                                       step.set_steps(0);
                                   }};
                for (int i = 0; i < 11; ++i) ready.result.push_back(static_cast<double>(call()));  // before the first step, ..., after ten
                return ready;
            }};
}

using Mlp = st::Sequential<st::Dense<256>, st::Relu, st::Dense<128>, st::Relu, st::Dense<10>>;
using Lenet = st::Sequential<st::Conv2d<6, 5>, st::Relu, st::MaxPool2d<2>, st::Conv2d<16, 5>, st::Relu, st::MaxPool2d<2>, st::Flatten, st::Dense<120>,
                             st::Relu, st::Dense<84>, st::Relu, st::Dense<10>>;

peers::Ready one_sample() {
    using Model = st::Model<st::Sequential<Mlp, st::Softmax>, st::Shape<peers::width>>;
    static Model model;
    static st::Session<Model, 1> session{model, pool};
    static const std::vector<float> x = peers::single_samples();
    static float y[peers::classes];
    initialise(model);
    session.run(x.data(), 1, y);
    return {std::vector<double>(y, y + peers::classes), [turn = 0u]() mutable {
                session.run(x.data() + turn++ % peers::samples * peers::width, 1, y);
                asm volatile("" : : "r"(y) : "memory");
            }};
}

/// The plan of matmul, an operand read transposed where it lies turned, bound to `d`.
template <int I>
struct Contract {
    static constexpr peers::Product p = peers::products[I];
    using A = st::Tensor<float, p.turns_a() ? p.k : p.m, p.turns_a() ? p.m : p.k>;
    using B = st::Tensor<float, p.turns_b() ? p.n : p.k, p.turns_b() ? p.k : p.n>;
    static constexpr auto expression(const A& a, const B& b) {
        if constexpr (p.turns_a()) return matmul(st::transpose<1, 0>(a), b);
        else if constexpr (p.turns_b()) return st::matmul_transposed(a, b);
        else return matmul(a, b);
    }
    using Plan = st::Program<st::detail::ExpressionTrace<decltype(expression(std::declval<const A&>(), std::declval<const B&>()))>>;
    static_assert(Plan::kernels == 1);

    static peers::Ready prepare() {
        const auto d = std::make_shared<peers::Matrices>(p);
        st::Bindings bound;
        bound.input[0] = d->a, bound.input[1] = d->b, bound.output[0] = d->c;
        const auto call = [d, bound] { st::HostProgram<Plan>::run(st::Run{1, 0, 0, pool}, bound); };
        call();
        return {d->probes(), call};
    }
};

template <int... I>
void products(std::vector<peers::Item>& items, std::integer_sequence<int, I...>) {
    (items.push_back({peers::products[I].name(), "strata", peers::products[I].operations(), Contract<I>::prepare}), ...);
}

void convolutions(std::vector<peers::Item>& items) {
    namespace s = baseline::sliding;
    s::each_case<32>([&]<class C, int Batch, s::Pass Pass>(s::Case<C, Batch, Pass>, const std::string& name) {
        items.push_back({"convolution: " + name, "strata", static_cast<double>(C::flops) * Batch, [] {
                             const auto m = std::make_shared<s::Memory<C, Batch>>();
                             m->pool = pool;
                             return peers::Ready{s::probes_of_ours<C, Batch, Pass>(), [m] { s::ours<C, Batch, Pass>(*m); }};
                         }});
    });
}

}  // namespace

int main(int, char** arguments) {
    const int threads = std::stoi(arguments[1]);
    st::Pool own(threads);
    if (threads > 1) pool = &own;
    const auto multiply_adds = [&own, threads] { own.for_each(threads, [](int) { baseline::multiply_adds(); }); };
    std::vector<peers::Item> items{{"peak", "strata", threads * baseline::peak_operations, [multiply_adds] { return peers::Ready{{}, multiply_adds}; }}};
    // Multiply-adds of a sample's forward pass, three times, less those for the gradient of the first layer's input, which nobody needs.
    constexpr double mlp = 2.0 * (3 * 234752 - 784 * 256), lenet = 2.0 * (3 * 281640 - 24 * 24 * 6 * 25);
    items.push_back(training<st::Model<Mlp, st::Shape<peers::width>>, 32>("training: mlp32", 32 * mlp));
    items.push_back(training<st::Model<Mlp, st::Shape<peers::width>>, 128>("training: mlp128", 128 * mlp));
    items.push_back(training<st::Model<Lenet, st::Shape<1, 28, 28>>, 32>("training: lenet32", 32 * lenet));
    items.push_back({"one sample", "strata", 469504, one_sample});
    products(items, std::make_integer_sequence<int, std::size(peers::products)>{});
    convolutions(items);
    return peers::serve("Strata " + std::to_string(STRATA_VERSION_MAJOR) + '.' + std::to_string(STRATA_VERSION_MINOR), std::move(items));
}
