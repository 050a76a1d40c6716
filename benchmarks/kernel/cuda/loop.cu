// SPDX-License-Identifier: BSL-1.0
/// Rows and maps: soft-max, layer norm, cross-entropy and its gradient, an optimiser's update. All are bound by memory, so the baseline is the
/// runtime's own copy of as many bytes (half read, half written); cuDNN's soft-max where cuDNN was found; for the update with momentum the calls of
/// cuBLAS that do it, tensor by tensor (scal, axpy, axpy), for Adam, which cuBLAS has no square roots for, the copy. Results are compared with double.
#include <strata/layer/layer_norm.hpp>
#include <strata/loss/cross_entropy.hpp>
#include <strata/exec/gradient.hpp>
#include <strata/model/trace.hpp>
#include <strata/op/cast.hpp>
#include <strata/optim/adam.hpp>
#include <strata/optim/sgd.hpp>

#include "../../support/cublas.cuh"
#include "../../support/cudnn.cuh"
#include "../../support/program.cuh"

namespace bench {
namespace {

constexpr double allowed = 1e-5;
/// The same where results are rounded to T, in which operands are exact.
template <class T>
constexpr double allowed_in = std::is_same_v<T, float> ? allowed : 4e-3;

/// The runtime's copy of `bytes` in all.
void add_copy(Case& c) {
    struct Copy {
        long half;
        st::cuda::Memory<char> from{half}, to{half, st::cuda::Unset{}};
        st::cuda::Stream stream{};
    };
    const auto copy = std::make_shared<Copy>(Copy{static_cast<long>(c.bytes / 2)});
    c.systems.push_back({"copy of as many bytes", &copy->stream,
                         [copy] { st::cuda::check(cudaMemcpyAsync(copy->to.data(), copy->from.data(), static_cast<std::size_t>(copy->half), cudaMemcpyDeviceToDevice, copy->stream.get()), "cudaMemcpyAsync"); },
                         0, 0, false});
}
template <class T = float>
std::string size_of(long rows, long columns) { return std::to_string(rows) + " x " + std::to_string(columns) + (std::is_same_v<T, float> ? "" : ", bf16"); }

/// What soft-max, norm and entropy say of one row in double.
struct RowFacts {
    double most = -1e300, sum = 0, mean = 0, variance = 0;
    template <class X>
    RowFacts(const X& x, long row, long columns) {
        for (long j = 0; j < columns; ++j) most = std::fmax(most, x[row * columns + j]);
        for (long j = 0; j < columns; ++j) sum += std::exp(x[row * columns + j] - most), mean += x[row * columns + j] / static_cast<double>(columns);
        for (long j = 0; j < columns; ++j) variance += (x[row * columns + j] - mean) * (x[row * columns + j] - mean) / static_cast<double>(columns);
    }
};

template <class T, int R, int C>
void softmax() {
    add("softmax", size_of<T>(R, C), 0, [](Case& c) {
        c.bytes = 2.0 * R * C * sizeof(T);
        const auto x = std::make_shared<Numbers<T>>(long{R} * C, 1, 3.0);
        const auto y = std::make_shared<st::cuda::Memory<T>>(long{R} * C, st::cuda::Unset{});
        const auto error = [&](const st::cuda::Memory<T>& of) {
            return error_of(of, 100, [&](long i) {
                const RowFacts f(*x, i / C, C);
                const double p = std::exp((*x)[i] - f.most) / f.sum;
                return Wanted{p, p};
            });
        };
        add_copy(c);
        if constexpr (std::is_same_v<T, float>) add_softmax_of_cudnn(c, R, C, x, [&](const st::cuda::Memory<T>& of) { return error(of); }, allowed_in<T>);
        const auto ours = ready<T>(narrowed<T>(st::softmax(widened(x->template as<R, C>()))), y->data());
        c.systems.push_back({"Strata", &ours->stream(), [=] { ours->again(); static_cast<void>(x), static_cast<void>(y); }, error(*y), allowed_in<T>});
    });
}
template <class T, int R, int C>
void layer_norm() {
    add("layer norm", size_of<T>(R, C), 0, [](Case& c) {
        c.bytes = 2.0 * R * C * sizeof(T) + 2.0 * C * sizeof(T);
        struct Data {
            Numbers<T> x{long{R} * C, 1, 2.0, 0.5}, weight{C, 2, 0.5, 1}, bias{C, 3};
            st::cuda::Memory<T> y{long{R} * C, st::cuda::Unset{}};
        };
        const auto d = std::make_shared<Data>();
        using Vector = decltype(widened(std::declval<st::TensorLeaf<T, st::Shape<C>, st::Cuda>>()));
        struct Parameters {
            Vector weight, bias;
        };
        add_copy(c);
        const auto ours = ready<T>(narrowed<T>(st::LayerNorm::forward(Parameters{widened(d->weight.template as<C>()), widened(d->bias.template as<C>())}, widened(d->x.template as<R, C>()))), d->y.data());
        const double error = error_of(d->y, 100, [&](long i) {
            const RowFacts f(d->x, i / C, C);
            const double y = (d->x[i] - f.mean) / std::sqrt(f.variance + 1e-5) * d->weight[i % C] + d->bias[i % C];
            return Wanted{y, std::fabs(y) + 1};
        });
        c.systems.push_back({"Strata", &ours->stream(), [=] { ours->again(), static_cast<void>(d); }, error, allowed_in<T>});
    });
}
template <int R, int C>
struct Scores {
    Numbers<float> x{long{R} * C, 1, 3.0};
    std::vector<std::int32_t> label = std::vector<std::int32_t>(R);
    st::cuda::Memory<std::int32_t> labels;
    st::cuda::Memory<float> y{long{R} * C, st::cuda::Unset{}};
    Scores() {
        for (int i = 0; i < R; ++i) label[static_cast<std::size_t>(i)] = i * 7 % C;
        labels = st::cuda::Memory<std::int32_t>(label.data(), R);
    }
    auto loss() const { return st::CrossEntropy::forward(x.template as<R, C>(), st::TensorLeaf<std::int32_t, st::Shape<R>, st::Cuda>{labels.data()}); }
};
template <int R, int C>
void cross_entropy() {
    add("cross-entropy", size_of(R, C) + ", loss", 0, [](Case& c) {
        c.bytes = 4.0 * R * C + 4.0 * R;
        const auto d = std::make_shared<Scores<R, C>>();
        d->y = st::cuda::Memory<float>(1, st::cuda::Unset{});
        add_copy(c);
        const auto ours = ready<float>(d->loss(), d->y.data());
        const double error = error_of(d->y, 1, [&](long) {
            double sum = 0;
            for (long i = 0; i < R; ++i) {
                const RowFacts f(d->x, i, C);
                sum += f.most + std::log(f.sum) - d->x[i * C + d->label[static_cast<std::size_t>(i)]];
            }
            return Wanted{sum, sum};
        });
        c.systems.push_back({"Strata", &ours->stream(), [=] { ours->again(), static_cast<void>(d); }, error, allowed});
    });
    add("cross-entropy", size_of(R, C) + ", gradient", 0, [](Case& c) {
        c.bytes = 8.0 * R * C + 4.0 * R;
        const auto d = std::make_shared<Scores<R, C>>();
        add_copy(c);
        using E = decltype(d->loss());
        using Trace = st::detail::GradientTrace<E, st::TensorOn<st::Cuda, float, R, C>>;
        const auto ours = std::make_shared<Ready<E, float, Trace>>(d->loss(), d->y.data());
        const double error = error_of(d->y, 100, [&](long i) {
            const RowFacts f(d->x, i / C, C);
            return Wanted{std::exp(d->x[i] - f.most) / f.sum - (d->label[static_cast<std::size_t>(i / C)] == i % C ? 1 : 0), 1};
        });
        c.systems.push_back({"Strata", &ours->stream(), [=] { ours->again(), static_cast<void>(d); }, error, allowed});
    });
}

/// An optimiser's update of N parameters, as training steps have it.
template <class Optimiser, int N>
struct UpdateTrace {
    using Real = float;
    using BlockRef = st::Ref<st::Shape<N>, st::detail::Weak>;
    using Each = decltype(st::detail::update_of<Optimiser>(BlockRef{}, BlockRef{}, static_cast<const BlockRef*>(nullptr), std::make_integer_sequence<int, Optimiser::moments>{}).each);
    template <class E>
    struct OpsIn;
    template <class... E>
    struct OpsIn<st::detail::Operands<E...>> {
        using type = st::OpsOf<E...>;
    };
    using List = typename OpsIn<Each>::type;
    static constexpr st::Policy policy = st::PolicyOn<st::Cuda, float>::value;
    static constexpr int capacity = 1;
    template <class B, class... E>
    static constexpr void sink(B& b, const st::detail::Operands<E...>& e, int which) {
        if constexpr (sizeof...(E) > 0) {
            b.sink(st::lower<List>(b, e.first), which < 0 ? st::Region::parameter : st::Region::moment, 0, which < 0 ? 0 : static_cast<long>(which) * N);
            sink(b, e.rest, which + 1);
        }
    }
    static constexpr auto graph() {
        st::Builder<160, 8> b;
        b.facts = st::Ops<List>::facts;
        b.real = st::DType::f32;
        const st::Dims flat{1, {N}};
        const BlockRef p{b.leaf(st::Region::parameter, 0, 0, st::DType::f32, flat)}, g{b.leaf(st::Region::gradient, 0, 0, st::DType::f32, flat)};
        BlockRef moment[Optimiser::moments + 1] = {};
        for (int i = 0; i < Optimiser::moments; ++i) moment[i].id = b.leaf(st::Region::moment, 0, static_cast<long>(i) * N, st::DType::f32, flat);
        sink(b, st::detail::update_of<Optimiser>(p, g, moment, std::make_integer_sequence<int, Optimiser::moments>{}).each, -1);
        return b.graph;
    }
};
template <class Optimiser, int N>
struct Update {
    using Plan = st::Program<UpdateTrace<Optimiser, N>>;
    Numbers<float> p{N, 1}, g{N, 2};
    st::cuda::Memory<float> moments{long{N} * Optimiser::moments};
    st::CudaProgram<Plan> program;
    explicit Update(const Optimiser& by) {
        double own[Optimiser::scalars + 1] = {};
        by.numbers(1, own);
        float scalars[st::common_scalars + Optimiser::scalars] = {1, static_cast<float>(by.rate)};
        for (int i = 0; i < Optimiser::scalars; ++i) scalars[st::common_scalars + i] = static_cast<float>(own[i]);
        st::Bindings b;
        b.region[static_cast<int>(st::Region::parameter)] = p.there.data();
        b.region[static_cast<int>(st::Region::gradient)] = g.there.data();
        b.region[static_cast<int>(st::Region::moment)] = moments.data();
        b.region[static_cast<int>(st::Region::scalar)] = scalars;
        program.run(st::Run{}, b);
        program.stream().wait();
    }
    /// Of the parameters after one step.   to: a parameter and its gradient become the new parameter.
    template <class F>
    double error(F to) const {
        return error_of(p.there, 200, [&](long i) { return Wanted{to(p[i], g[i]), 1}; });
    }
};
/// v = 0.9 v + g; p -= 0.01 v for each tensor by itself.
struct MomentumByCublas {
    std::vector<long> sizes;
    Numbers<float> p, g;
    st::cuda::Memory<float> v;
    Cublas cublas{};
    MomentumByCublas(std::vector<long> of, long all) : sizes(std::move(of)), p(all, 1), g(all, 2), v(all) {}
    void run() {
        const float momentum = 0.9f, one = 1, down = -0.01f;
        long at = 0;
        for (long n : sizes) {
            const int count = static_cast<int>(n);
            check(cublasSscal(cublas.get(), count, &momentum, v.data() + at, 1), "cublasSscal");
            check(cublasSaxpy(cublas.get(), count, &one, g.there.data() + at, 1, v.data() + at, 1), "cublasSaxpy");
            check(cublasSaxpy(cublas.get(), count, &down, v.data() + at, 1, p.there.data() + at, 1), "cublasSaxpy");
            at += n;
        }
    }
};
template <int N>
void update(const std::string& name, const std::vector<long>& tensors) {
    add("update", name + ", momentum", 0, [tensors](Case& c) {
        c.bytes = 20.0 * N, c.places = 12.0 * N;
        add_copy(c);
        const auto momentum = [](double p, double g) { return p - 0.01 * g; };
        const auto loop = std::make_shared<MomentumByCublas>(tensors, N);
        loop->run(), loop->cublas.stream().wait();
        const double theirs = error_of(loop->p.there, 200, [&](long i) { return Wanted{momentum(loop->p[i], loop->g[i]), 1}; });
        c.systems.push_back({"cuBLAS, " + std::to_string(3 * tensors.size()) + " calls", &loop->cublas.stream(), [=] { loop->run(); }, theirs, allowed, false});
        const auto ours = std::make_shared<Update<st::Momentum, N>>(st::Momentum{});
        c.systems.push_back({"Strata", &ours->program.stream(), [=] { ours->program.again(); }, ours->error(momentum), allowed});
    });
    add("update", name + ", Adam", 0, [](Case& c) {
        c.bytes = 28.0 * N, c.places = 16.0 * N;
        add_copy(c);
        const auto ours = std::make_shared<Update<st::Adam, N>>(st::Adam{.rate = 1e-2});
        // In the first step the moments' bias correction leaves g / (|g| + epsilon).
        c.systems.push_back({"Strata", &ours->program.stream(), [=] { ours->program.again(); }, ours->error([](double p, double g) { return p - 1e-2 * g / (std::fabs(g) + 1e-8); }), allowed});
    });
}

[[maybe_unused]] const bool added = [] {
    softmax<float, 128, 10>(), softmax<float, 16384, 64>(), softmax<float, 4096, 1024>(), softmax<float, 64, 32768>();
    softmax<st::bf16, 128, 10>(), softmax<st::bf16, 16384, 64>(), softmax<st::bf16, 4096, 1024>(), softmax<st::bf16, 64, 32768>();
    layer_norm<float, 16384, 128>(), layer_norm<float, 4096, 1024>(), layer_norm<st::bf16, 16384, 128>(), layer_norm<st::bf16, 4096, 1024>();
    cross_entropy<128, 10>(), cross_entropy<4096, 1024>();
    update<235146>("784-256-128-10", {784 * 256, 256, 256 * 128, 128, 1280, 10});
    update<4 * 1024 * 1024>("64 tensors of 65,536", std::vector<long>(64, 65536));
    return true;
}();

}  // namespace
}  // namespace bench
