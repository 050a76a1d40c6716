// SPDX-License-Identifier: BSL-1.0
/// Products: cuBLAS first, then cuBLASLt, then Strata's. Compiled once for each kind of number (STRATA_BENCHMARK_NUMBER).
/// Squares, and the layers of 784-256-128-10, an encoder's and a classifier's, plain and with bias and activation. Results are compared with sums in double.
#include <strata/op/add.hpp>
#include <strata/op/cast.hpp>
#include <strata/op/gelu.hpp>
#include <strata/op/matmul.hpp>
#include <strata/op/relu.hpp>

#include "../../support/cublas.cuh"
#include "../../support/program.cuh"

namespace bench {
namespace {

constexpr Number number = Number::STRATA_BENCHMARK_NUMBER;
using Element = std::conditional_t<number == Number::bf16, st::bf16, std::conditional_t<number == Number::f16, st::f16, float>>;
/// Of one result by the sum of the sizes of its products. Operands in 16 bits are exact, their results are rounded once.
constexpr double allowed = number == Number::f32 ? 2e-6 : number == Number::tf32 ? 2e-3 : number == Number::bf16 ? 8e-3 : 1e-3;

enum class After { nothing, relu, gelu };

double activated(After after, double x) {
    return after == After::relu ? std::fmax(x, 0) : after == After::gelu ? x / (1 + std::exp(-2 * 0.7978845608028654 * (x + 0.044715 * x * x * x))) : x;
}

template <int M, int K, int N>
struct Operands {
    Numbers<Element> a{long{M} * K, 1}, b{long{K} * N, 2}, bias{N, 3};  // bias too is of the operands' type, as is the result
    st::cuda::Memory<Element> library{long{M} * N, st::cuda::Unset{}}, lt{long{M} * N, st::cuda::Unset{}}, ours{long{M} * N, st::cuda::Unset{}};

    double error(const st::cuda::Memory<Element>& c, bool biased, After after) const {
        return error_of(c, 200, [&](long i) {
            const long row = i / N, column = i % N;
            double sum = biased ? bias[column] : 0, size = std::fabs(sum);
            for (long q = 0; q < K; ++q) {
                const double x = a[row * K + q] * b[q * N + column];
                sum += x, size += std::fabs(x);
            }
            return Wanted{activated(after, sum), size};
        });
    }
};

template <int M, int K, int N>
void describe(Case& c) {
    c.number = number;
    c.operations = 2.0 * M * K * N;
    c.bytes = (double{M} * K + double{K} * N + double{M} * N) * bytes_of(number);
}

/// Strata's program of a product, multiplied as the number says.
template <class E>
struct Trace : st::detail::ExpressionTrace<E, Element, st::Cuda> {
    static constexpr st::Policy policy = [] {
        st::Policy p = st::PolicyOn<st::Cuda, float>::value;
        if (number == Number::tf32) p.multiply = st::Multiply::tf32;
        return p;
    }();
};
/// Whether expressions compute with such elements.
template <class T>
inline constexpr bool computed = std::is_convertible_v<T, float>;
/// y: makes the product and what follows, in f32.
template <class Data, class Y>
void add_ours(Case& c, const Data& d, Y y, bool biased, After after) {
    [[maybe_unused]] const auto of = [&](const auto& e) {
        using E = std::remove_cvref_t<decltype(e)>;
        const auto ours = std::make_shared<Ready<E, Element, Trace<E>>>(e, d->ours.data());
        c.systems.push_back({"Strata", &ours->stream(), [ours, d] { ours->again(); }, d->error(d->ours, biased, after), allowed});
    };
    if constexpr (std::is_same_v<Element, float>) {
        of(y(d));
    } else if constexpr (computed<Element>) {
        of(st::cast<Element>(y(d)));
    } else {
        System s{"Strata", nullptr, {}};
        s.absent = std::string("no expressions of ") + name_of(number) + " yet";
        c.systems.push_back(s);
    }
}

template <int M, int K, int N>
void plain(long side = 0) {
    const std::string shape = std::to_string(M) + " x " + std::to_string(K) + " x " + std::to_string(N);
    add("product", std::string(name_of(number)) + " " + shape, side, [](Case& c) {
        describe<M, K, N>(c);
        const auto d = std::make_shared<Operands<M, K, N>>();
        const auto library = std::make_shared<Cublas>();
        const auto call = [=] { library->product(number, M, K, N, d->a.there.data(), d->b.there.data(), d->library.data()); };
        call(), library->stream().wait();
        c.systems.push_back({"cuBLAS", &library->stream(), call, d->error(d->library, false, After::nothing), allowed, false});
        const auto lt = std::make_shared<Lt>(number, M, K, N, d->a.there.data(), d->b.there.data(), d->lt.data());
        lt->run(), lt->stream().wait();
        c.systems.push_back({"cuBLASLt", &lt->stream(), [=] { lt->run(); }, d->error(d->lt, false, After::nothing), allowed, false});
        add_ours(c, d, [](const auto& of) { return st::matmul(widened(of->a.template as<M, K>()), widened(of->b.template as<K, N>())); }, false, After::nothing);
    });
}
template <int M, int K, int N, After after>
void dense() {
    const std::string shape = std::to_string(M) + " x " + std::to_string(K) + " x " + std::to_string(N);
    add("product, bias, activation", std::string(name_of(number)) + " " + shape + (after == After::relu ? " relu" : " gelu"), 0, [](Case& c) {
        describe<M, K, N>(c);
        c.bytes += double{N} * bytes_of(number);
        const auto d = std::make_shared<Operands<M, K, N>>();
        const auto lt = std::make_shared<Lt>(number, M, K, N, d->a.there.data(), d->b.there.data(), d->lt.data(), after == After::relu ? CUBLASLT_EPILOGUE_RELU_BIAS : CUBLASLT_EPILOGUE_GELU_BIAS,
                                             d->bias.there.data());
        lt->run(), lt->stream().wait();
        c.systems.push_back({"cuBLASLt", &lt->stream(), [=] { lt->run(); }, d->error(d->lt, true, after), after == After::gelu ? std::max(allowed, 1e-4) : allowed, false});
        const auto y = [](const auto& of) {
            const auto linear = st::matmul(widened(of->a.template as<M, K>()), widened(of->b.template as<K, N>())) + widened(of->bias.template as<N>());
            if constexpr (after == After::relu)
                return st::relu(linear);
            else
                return st::gelu_tanh(linear);
        };
        add_ours(c, d, y, true, after);
    });
}

[[maybe_unused]] const bool added = [] {
    plain<64, 64, 64>(64), plain<128, 128, 128>(128), plain<256, 256, 256>(256), plain<512, 512, 512>(512), plain<1024, 1024, 1024>(1024);
    plain<2048, 2048, 2048>(2048), plain<4096, 4096, 4096>(4096), plain<8192, 8192, 8192>(8192);
    plain<1, 784, 128>(), plain<32, 784, 128>(), plain<128, 784, 256>(), plain<32, 128, 512>(), plain<128, 512, 512>(), plain<64, 1024, 4096>();
    dense<1, 784, 128, After::relu>(), dense<32, 784, 128, After::relu>(), dense<128, 784, 256, After::relu>(), dense<32, 128, 512, After::relu>();
    dense<128, 512, 512, After::gelu>(), dense<64, 1024, 4096, After::gelu>();
    return true;
}();

}  // namespace
}  // namespace bench
