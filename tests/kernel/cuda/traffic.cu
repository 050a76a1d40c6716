// SPDX-License-Identifier: BSL-1.0
// What maps, rows and columns move, on arrays of 1 MiB and more. Each case computes on the device and says on a line that begins with "traffic:" how
// much has to move; traffic.cmake runs each by itself on a runtime that counts sectors, and compares.
#include <strata/kernel/cuda/loop.cuh>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdio>
#include <vector>

#include <strata/exec/cuda_expression.cuh>
#include <strata/layer/layer_norm.hpp>
#include <strata/op.hpp>
#include <strata/optim/adam.hpp>

#include "../../support/steps.hpp"

namespace strata::test {
namespace {

using Numbers = std::vector<float>;

/// Kernels move at most `percent` of so many bytes.
void must_move(long bytes, int percent = 105) { std::printf("\ntraffic: at most %d percent of %ld bytes\n", percent, bytes); }
/// At most `percent` of what the kernels of another case move.
void against(const char* other, int percent) { std::printf("\ntraffic: at most %d percent of \"%s\"\n", percent, other); }

template <class F, bool Fuse, class... I>
struct Work : Traced<F, float, 1, true, I...> {
    static constexpr Policy policy = [] {
        Policy p = PolicyOn<Cuda, float>::value;
        p.fuse = Fuse;
        return p;
    }();
};
float at(int array, long i) {
    const std::uint32_t mixed = static_cast<std::uint32_t>(i * 2654435761u + static_cast<unsigned>(array) * 40503u) >> 8;
    return static_cast<float>(mixed) / (1 << 23) - 1;
}
/// Numbers in [-1, 1) of array number `array`.
Numbers numbers(int array, long n) {
    Numbers v(static_cast<std::size_t>(n));
    for (long i = 0; i < n; ++i) v[static_cast<std::size_t>(i)] = at(array, i);
    return v;
}
/// The stream of the only random node in the graph of W.
template <class W>
std::uint64_t stream_of() {
    for (int i = 0; i < Program<W>::graph.nodes; ++i)
        if (const Node& n = Program<W>::graph.node[i]; n.kind == Kind::random) return static_cast<std::uint64_t>(n.attributes.value[1]);
    return 0;
}
/// The results of F over inputs 0, 1, ... (in numbers above `least`), from the device.
template <bool Fuse, class F, class... I>
std::vector<Numbers> on_device(F, const float* scalars, float least, I...) {
    using P = Program<Work<F, Fuse, I...>>;
    std::vector<Numbers> in, out;
    (in.push_back(numbers(static_cast<int>(in.size()), I::Shape::size)), ...);
    for (Numbers& v : in)
        for (float& x : v) x = x < least ? least - x : x;
    Bindings b;
    for (std::size_t i = 0; i < in.size(); ++i) b.input[i] = in[i].data();
    for (int s = 0; s < P::graph.sinks; ++s) out.emplace_back(static_cast<std::size_t>(P::graph.node[P::graph.sink[s].node].dims.size()));
    for (std::size_t i = 0; i < out.size(); ++i) b.output[i] = out[i].data();
    b.region[static_cast<int>(Region::scalar)] = const_cast<float*>(scalars);
    Runner<Cuda, P> runner;
    runner.run(Run{1, 7, 3, nullptr}, b);
    return out;
}
template <bool Fuse = true, class F, class... I>
std::vector<Numbers> results_of(F f, I... in) {
    const float none[16] = {1, 1};
    return on_device<Fuse>(f, none, -2, in...);
}
/// wanted(i) is element i of `got`, to 1e-5 of `size`.
template <class F>
void check_all(const Numbers& got, F wanted, double size = 1) {
    long wrong = 0, first = -1;
    for (long i = 0; i < static_cast<long>(got.size()); ++i)
        if (const double w = wanted(i); !(std::abs(got[static_cast<std::size_t>(i)] - w) <= 1e-5 * std::fmax(size, std::abs(w)))) first = wrong++ == 0 ? i : first;
    CAPTURE(first);
    CHECK(wrong == 0);
}

constexpr long million = 1 << 20;
constexpr int rows = 4096, wide = 768;
constexpr auto chain = [](auto a, auto b) { return results((a * b + 0.5) * (a - b) + maximum(a, b) * 0.25); };
double chained(long i) {
    const double a = at(0, i), b = at(1, i);
    return (a * b + 0.5) * (a - b) + std::fmax(a, b) * 0.25;
}
constexpr auto updates = [](auto p, auto g, auto m, auto v) { return Adam::update(p, g, m, v).each; };
constexpr long parameters = 300000;  // 1.1 MiB
template <bool Fuse>
std::vector<Numbers> adam() {
    double own[Adam::scalars];
    Adam{}.numbers(3, own);
    float scalars[common_scalars + Adam::scalars] = {1, 1e-3f};
    for (int i = 0; i < Adam::scalars; ++i) scalars[common_scalars + i] = static_cast<float>(own[i]);
    using B = In<float, parameters>;
    return on_device<Fuse>(updates, scalars, 0, B{}, B{}, B{}, B{});
}
void check_adam(const Numbers& p, const Numbers& m, const Numbers& v) {
    double own[Adam::scalars];
    Adam{}.numbers(3, own);
    const auto x = [](int k, long i) { return std::abs(double{at(k, i)}); };
    const auto first = [&](long i) { return own[0] * x(2, i) + own[1] * x(1, i); };
    const auto second = [&](long i) { return own[2] * x(3, i) + own[3] * x(1, i) * x(1, i); };
    check_all(m, first);
    check_all(v, second);
    check_all(p, [&](long i) { return x(0, i) - 1e-3 * own[4] * first(i) / (std::sqrt(second(i)) * own[5] + own[6]); });
}

}  // namespace

TEST_CASE("a map of three arrays") {
    const auto y = results_of([](auto a, auto b, auto c) { return results(tanh(a) * b + c); }, In<float, million>{}, In<float, million>{}, In<float, million>{});
    check_all(y[0], [](long i) { return std::tanh(static_cast<double>(at(0, i))) * at(1, i) + at(2, i); });
    must_move(4 * million * 4);
}
TEST_CASE("a map with a row and a column and two results") {
    const auto y = results_of([](auto x, auto row, auto column) { return results(x * row + column, x - row); }, In<float, rows, wide>{}, In<float, wide>{}, In<float, rows, 1>{});
    check_all(y[0], [](long i) { return double{at(0, i)} * at(1, i % wide) + at(2, i / wide); });
    check_all(y[1], [](long i) { return double{at(0, i)} - at(1, i % wide); });
    must_move(3L * rows * wide * 4);
}
TEST_CASE("a map of an array and one that lies after it with other lanes") {
    const auto y = results_of([](auto x, auto z) { return results(x + slice<-1, 4, to_end, 1>(z)); }, In<float, 1024, 1000>{}, In<float, 1024, 1004>{});
    check_all(y[0], [](long i) { return double{at(0, i)} + at(1, i / 1000 * 1004 + i % 1000 + 4); });
    must_move(3L * 1024 * 1000 * 4);
}
TEST_CASE("a map and a mask") {
    const auto y = results_of([](auto a, auto b) { return results(select(a > b, a, b * 2), a > b * 2); }, In<float, million>{}, In<float, million>{});
    check_all(y[0], [](long i) { return at(0, i) > at(1, i) ? double{at(0, i)} : 2.0 * at(1, i); });
    must_move(3 * million * 4 + million);
}
TEST_CASE("random numbers") {
    constexpr auto noise = [](auto a) { return results(a * apply<RandomLikeOp>(a)); };
    const auto y = results_of(noise, In<float, million>{});
    const std::uint64_t stream = 3 * 65536u + stream_of<Work<decltype(noise), true, In<float, million>>>();
    long wrong = 0;
    for (long i = 0; i < million; ++i) wrong += y[0][static_cast<std::size_t>(i)] != at(0, i) * Philox::uniform(7, stream, static_cast<std::uint64_t>(i));
    CHECK(wrong == 0);
    must_move(2 * million * 4);
}
TEST_CASE("a softmax of rows") {
    constexpr int n = 1000;
    const auto y = results_of([](auto x) { return results(softmax(x)); }, In<float, rows, n>{});
    std::vector<double> sum(rows, 0.0);
    for (long i = 0; i < long{rows} * n; ++i) sum[static_cast<std::size_t>(i / n)] += std::exp(double{at(0, i)});
    check_all(y[0], [&](long i) { return std::exp(double{at(0, i)}) / sum[static_cast<std::size_t>(i / n)]; }, 1e-3);
    must_move(2L * rows * n * 4);
}
TEST_CASE("a softmax of long rows") {
    constexpr int n = 4096, many = 256;
    const auto y = results_of([](auto x) { return results(softmax(x)); }, In<float, many, n>{});
    std::vector<double> sum(many, 0.0);
    for (long i = 0; i < long{many} * n; ++i) sum[static_cast<std::size_t>(i / n)] += std::exp(double{at(0, i)});
    check_all(y[0], [&](long i) { return std::exp(double{at(0, i)}) / sum[static_cast<std::size_t>(i / n)]; }, 1e-4);
    must_move(2L * many * n * 4);
}
template <class P>
struct Affine {
    P weight, bias;
};
TEST_CASE("a layer norm") {
    const auto y = results_of(
        [](auto x, auto scale, auto shift) { return results(LayerNorm::forward(Affine<decltype(scale)>{scale, shift}, x)); },
        In<float, rows, wide>{}, In<float, wide>{}, In<float, wide>{});
    std::vector<double> mean(rows, 0.0), var(rows, 0.0);
    for (long i = 0; i < long{rows} * wide; ++i) mean[static_cast<std::size_t>(i / wide)] += double{at(0, i)} / wide;
    for (long i = 0; i < long{rows} * wide; ++i) var[static_cast<std::size_t>(i / wide)] += std::pow(at(0, i) - mean[static_cast<std::size_t>(i / wide)], 2) / wide;
    check_all(y[0], [&](long i) {
        const auto r = static_cast<std::size_t>(i / wide);
        return (at(0, i) - mean[r]) / std::sqrt(var[r] + 1e-5) * at(1, i % wide) + at(2, i % wide);
    });
    must_move(2L * rows * wide * 4);
}
TEST_CASE("sums of columns") {
    const auto y = results_of([](auto x) { return results(sum(x, axis<0>)); }, In<float, rows, wide>{});
    std::vector<double> s(wide, 0.0);
    for (long i = 0; i < long{rows} * wide; ++i) s[static_cast<std::size_t>(i % wide)] += double{at(0, i)};
    check_all(y[0], [&](long i) { return s[static_cast<std::size_t>(i)]; }, 64);
    must_move(long{rows} * wide * 4);
}
TEST_CASE("sums of columns beside what folds of the rows make") {
    const auto y = results_of(
        [](auto x, auto z) {
            const auto rest = x - sum_keep(x, axis<-1>) * (1.0 / wide);
            return results(rest * z, sum(rest * z, axis<0>), sum(z, axis<0>));
        },
        In<float, rows, wide>{}, In<float, rows, wide>{});
    std::vector<double> mean(rows, 0.0), s(wide, 0.0), t(wide, 0.0);
    for (long i = 0; i < long{rows} * wide; ++i) mean[static_cast<std::size_t>(i / wide)] += double{at(0, i)} / wide;
    const auto product = [&](long i) { return (at(0, i) - mean[static_cast<std::size_t>(i / wide)]) * at(1, i); };
    for (long i = 0; i < long{rows} * wide; ++i) s[static_cast<std::size_t>(i % wide)] += product(i), t[static_cast<std::size_t>(i % wide)] += double{at(1, i)};
    check_all(y[0], product);
    check_all(y[1], [&](long i) { return s[static_cast<std::size_t>(i)]; }, 64);
    check_all(y[2], [&](long i) { return t[static_cast<std::size_t>(i)]; }, 64);
    must_move(3L * rows * wide * 4);
}
TEST_CASE("a chain") {
    check_all(results_of(chain, In<float, million>{}, In<float, million>{})[0], chained);
    must_move(3 * million * 4);
    against("a chain in a kernel a node", 50);
}
TEST_CASE("a chain in a kernel a node") { check_all(results_of<false>(chain, In<float, million>{}, In<float, million>{})[0], chained); }
TEST_CASE("an update of Adam") {
    const auto y = adam<true>();
    check_adam(y[0], y[1], y[2]);
    must_move(7 * parameters * 4);
    against("an update of Adam in four kernels", 75);
    against("an update of Adam in a kernel a node", 30);
}
TEST_CASE("an update of Adam in four kernels") {
    // Both moments, the step, the weights, as a library writes them that fuses within a function alone: 12 arrays where 7 have to move.
    const auto there = [](int k) {
        Tensor<float, parameters> x;
        for (long i = 0; i < parameters; ++i) x.data()[i] = std::abs(at(k, i));
        return TensorOn<Cuda, float, parameters>(x);
    };
    const auto p = there(0), g = there(1), m = there(2), v = there(3);
    double own[Adam::scalars];
    Adam{}.numbers(3, own);
    TensorOn<Cuda, float, parameters> m2, v2, step, p2;
    m2 = m * own[0] + g * own[1];
    v2 = v * own[2] + square(g) * own[3];
    step = m2 * (1e-3 * own[4]) / (sqrt(v2) * own[5] + own[6]);
    p2 = p - step;
    const auto seen = [](const auto& x) {
        const auto here = x.to_host();
        return Numbers(here.data(), here.data() + parameters);
    };
    check_adam(seen(p2), seen(m2), seen(v2));
    must_move(12 * parameters * 4);
}
TEST_CASE("an update of Adam in a kernel a node") {
    const auto y = adam<false>(), together = adam<true>();
    for (std::size_t k = 0; k < 3; ++k) check_all(y[k], [&](long i) { return together[k][static_cast<std::size_t>(i)]; });
}

}  // namespace strata::test
