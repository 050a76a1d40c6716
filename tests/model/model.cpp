// SPDX-License-Identifier: BSL-1.0
#include <strata/model/model.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include <strata/layer/batch_norm.hpp>
#include <strata/layer/conv2d.hpp>
#include <strata/layer/dense.hpp>
#include <strata/layer/flatten.hpp>
#include <strata/layer/pool.hpp>
#include <strata/layer/softmax.hpp>
#include <strata/layer/tanh.hpp>

#include "../support/probe.hpp"

namespace st = strata;
using st::test::Here, st::test::Tensor;

namespace {
using Net = st::Sequential<st::Dense<7>, st::Tanh, st::Dense<3>>;
template <class Real, class N = Net>
using Mlp = st::Model<N, st::Shape<5>, Here, st::Precision<Real>>;
using Images = st::Model<st::Sequential<st::Conv2d<3, 3>, st::BatchNorm, st::Tanh, st::MaxPool2d<2>, st::Flatten, st::Dense<4>, st::Softmax>, st::Shape<2, 6, 8>, Here>;

template <class Real>
std::vector<Real> numbers(long n, std::uint64_t seed = 1) {
    const auto v = st::test::Numbers{seed}.many(n);
    return {v.begin(), v.end()};
}
template <class M>
bool same(const M& a, const M& b) {
    return std::memcmp(a.parameters(), b.parameters(), static_cast<std::size_t>(M::parameter_block()) * sizeof(typename M::Real)) == 0;
}
/// The network of Net as its formula says.
template <class M>
std::vector<double> by_hand(const M& model, const double* x) {
    std::vector<double> in(x, x + 5);
    for (int layer = 0; layer < 2; ++layer) {
        const auto w = model.part(2 * layer), b = model.part(2 * layer + 1);
        std::vector<double> out;
        for (int o = 0; o < w.dims.extent[1]; ++o) {
            double sum = b.data[o];
            for (int k = 0; k < w.dims.extent[0]; ++k) sum += in[static_cast<std::size_t>(k)] * w.data[k * w.dims.extent[1] + o];
            out.push_back(layer == 0 ? std::tanh(sum) : sum);
        }
        in = out;
    }
    return in;
}
template <class S, class Real>
std::string refusal(S& session, const std::vector<Real>& x, std::vector<Real>& y) {
    try {
        session(x, y);
    } catch (const st::DataError& e) {
        return e.what();
    }
    return "none";
}
}  // namespace

static_assert(std::is_same_v<Mlp<float>::Output, st::Shape<3>> && std::is_same_v<Images::Output, st::Shape<4>>);
static_assert(std::is_same_v<st::Model<st::Sequential<st::Conv2d<3, 3>, st::MaxPool2d<2>>, st::Shape<2, 6, 8>>::Output, st::Shape<3, 2, 3>>);
static_assert(std::is_same_v<decltype(std::declval<const Mlp<float>&>()(std::declval<Tensor<float, 5>>())), Tensor<float, 3>>);
static_assert(std::is_same_v<decltype(std::declval<const Mlp<double>&>()(std::declval<Tensor<double, 5>>())), Tensor<double, 3>>);
// Padding is counted in bytes of the blocks, not among the numbers: 5 7 + 7 + 7 3 + 3 = 66 in parts of 48, 16, 32 and 16 floats.
static_assert(Mlp<float>::cost.parameters == 66 && Mlp<float>::cost.states == 0 && Mlp<float>::cost.bytes == 112 * 4);
static_assert(Mlp<float>::parameter_block() == 112 && Mlp<double>::parameter_block() == 40 + 8 + 24 + 8);
static_assert(Images::cost.states == 6 && Images::state_block() == 32);

TEST_CASE("a call is the formula, on one sample") {
    const Mlp<double> model{st::Seed{1}};
    for (std::uint64_t seed = 1; seed < 5; ++seed) {
        const auto x = numbers<double>(5, seed);
        const Tensor<double, 3> y = model(Tensor<double, 5>(std::span<const double>(x)));
        const auto wanted = by_hand(model, x.data());
        for (int i = 0; i < 3; ++i) CHECK(std::abs(y(i) - wanted[static_cast<std::size_t>(i)]) <= 1e-14);
    }
}
TEST_CASE("parts come in the order of the layers, at multiples of 64 bytes, with zeros between them") {
    Images model{st::Seed{1}};
    const char* paths[] = {"0.weight", "0.bias", "1.weight", "1.bias", "1.mean", "1.variance", "5.weight", "5.bias"};
    const st::Dims dims[] = {{4, {3, 2, 3, 3}}, {3, {3, 1, 1}}, {3, {3, 1, 1}}, {3, {3, 1, 1}}, {3, {3, 1, 1}}, {3, {3, 1, 1}}, {2, {18, 4}}, {1, {4}}};
    REQUIRE(Images::parts() == 8);
    std::vector<bool> used(static_cast<std::size_t>(Images::parameter_block()));
    const float* end[2] = {model.states(), model.parameters()};
    for (int i = 0; i < 8; ++i) {
        const auto part = model.part(i);
        CAPTURE(i);
        CHECK(std::string(part.path) == paths[i]);
        CHECK(part.dims == dims[i]);
        CHECK(part.trained == (i != 4 && i != 5));
        CHECK(reinterpret_cast<std::uintptr_t>(part.data) % 64 == 0);
        CHECK(part.data >= end[part.trained]);
        CHECK(part.data - end[part.trained] < 16);
        end[part.trained] = part.data + part.dims.size();
        if (part.trained)
            for (long k = 0; k < part.dims.size(); ++k) used[static_cast<std::size_t>(part.data - model.parameters() + k)] = true;
        CHECK(std::as_const(model).part(i).data == part.data);
    }
    CHECK(end[1] <= model.parameters() + Images::parameter_block());
    CHECK(end[0] <= model.states() + Images::state_block());
    for (std::size_t k = 0; k < used.size(); ++k)
        if (!used[k]) CHECK(model.parameters()[k] == 0);
    for (int k = 0; k < 3; ++k) {
        CHECK(model.part(4).data[k] == 0);
        CHECK(model.part(5).data[k] == 1);
    }
}
TEST_CASE("a seed is a model: the same bits, whatever comes behind a layer, and in either precision") {
    const Mlp<double> a{st::Seed{9}}, b{st::Seed{9}}, other{st::Seed{10}};
    CHECK(same(a, b));
    const Mlp<double, st::Sequential<Net, st::Tanh, st::Dense<2>>> longer{st::Seed{9}};
    const Mlp<float> single{st::Seed{9}};
    for (int i = 0; i < 4; ++i) {
        const auto part = a.part(i);
        bool differs = false;
        for (long k = 0; k < part.dims.size(); ++k) {
            CHECK(longer.part(i).data[k] == part.data[k]);
            CHECK(single.part(i).data[k] == static_cast<float>(part.data[k]));
            differs = differs || other.part(i).data[k] != part.data[k];
        }
        CHECK(differs == (i % 2 == 0));  // biases begin at zero
    }
    CHECK(Mlp<float>{}.part(0).data[0] == Mlp<float>{st::Seed{0}}.part(0).data[0]);
}
TEST_CASE("copies are independent, one made by a move takes the memory, one that is assigned keeps its own") {
    Mlp<double> first{st::Seed{1}};
    const Mlp<double> before = first;
    Mlp<double> copy{st::Seed{2}};
    const double* const own = copy.parameters();
    copy = first;
    CHECK(copy.parameters() == own);
    CHECK(same(copy, before));
    copy.parameters()[0] += 1;
    CHECK(same(first, before));
    CHECK_FALSE(same(first, copy));
    const double* memory = first.parameters();
    Mlp<double> moved = std::move(first);
    CHECK(moved.parameters() == memory);
    CHECK(same(moved, before));
    copy = std::move(moved);
    CHECK(copy.parameters() == own);
    first = copy;  // what was moved from holds numbers again
    CHECK(same(first, before));
    Mlp<double> other{st::Seed{3}};
    const Mlp<double> kept = other;
    const double *const of_first = first.parameters(), *const of_other = other.parameters();
    swap(first, other);
    CHECK((same(first, kept) && same(other, before)));
    CHECK((first.parameters() == of_first && other.parameters() == of_other));
    const auto x = numbers<double>(5);
    const Tensor<double, 5> sample{std::span<const double>(x)};
    for (int i = 0; i < 3; ++i) CHECK(copy(sample)(i) == before(sample)(i));
}
TEST_CASE("what is no batch is refused with the numbers, and nothing is written") {
    const Mlp<float> model;
    st::Session<Mlp<float>, 4> session(model);
    std::vector<float> y(15, -7);
    CHECK(refusal(session, std::vector<float>(25), y) == "strata: a batch of 5 samples for a capacity of 4; give 1 to 4, or split it");
    CHECK(refusal(session, std::vector<float>(0), y) == "strata: a batch of 0 samples for a capacity of 4; give 1 to 4, or split it");
    CHECK(refusal(session, std::vector<float>(11), y) == "strata: 11 numbers are no whole number of samples of 5; give whole samples");
    CHECK(refusal(session, std::vector<float>(20), y) == "strata: results hold 15 numbers where the batch needs 12; give one array for the whole batch");
    CHECK(y == std::vector<float>(15, -7));
    y.resize(12);
    CHECK(refusal(session, std::vector<float>(20), y) == "none");
}
TEST_CASE("a session reads the model as it is when it runs") {
    Mlp<double> model{st::Seed{1}};
    st::Session<Mlp<double>, 1> session(model);
    const auto x = numbers<double>(5);
    std::vector<double> before(3), after(3);
    session.run(x.data(), 1, before.data());
    for (int i = 0; i < 3; ++i) model.part(3).data[i] += 0.5;
    session.run(x.data(), 1, after.data());
    for (std::size_t i = 0; i < 3; ++i) CHECK(std::abs(after[i] - before[i] - 0.5) <= 1e-15);
}
TEST_CASE("one model serves sessions on several threads, with and without a pool") {
    const Images model{st::Seed{3}};
    constexpr int capacity = 20;
    const auto x = numbers<float>(capacity * Images::Input::size);
    std::vector<float> wanted(capacity * 4);
    st::Session<Images, capacity>(model).run(x.data(), capacity, wanted.data());
    constexpr int threads = 3;
    std::vector<float> y[threads];
    std::vector<std::thread> running;
    for (int t = 0; t < threads; ++t)
        running.emplace_back([&, t] {
            st::Pool pool(1 + t);
            st::Session<Images, capacity> session(model, t == 0 ? nullptr : &pool);
            for (int i = 0; i < (st::test::on_host ? 50 : 5); ++i) {
                y[t].assign(capacity * 4, 0);
                session.run(x.data(), capacity, y[t].data());
            }
        });
    for (auto& t : running) t.join();
    for (const auto& result : y) CHECK(result == wanted);
}
TEST_CASE("a net without parameters, and one of nothing") {
    using Plain = st::Model<st::Softmax, st::Shape<4>, Here>;
    static_assert(Plain::parts() == 0 && Plain::parameter_block() == 0 && Plain::cost.bytes == 0);
    const auto y = Plain{}(Tensor<float, 4>{1, 1, 1, 1});
    for (int i = 0; i < 4; ++i) CHECK(y(i) == doctest::Approx(0.25));
    const auto x = st::Model<st::Sequential<>, st::Shape<2, 2>, Here>{}(Tensor<float, 2, 2>{1, 2, 3, 4});
    CHECK(x(1, 0) == 3);
}
