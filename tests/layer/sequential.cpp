// SPDX-License-Identifier: BSL-1.0
#include <strata/layer/sequential.hpp>

#include <cmath>
#include <string>
#include <type_traits>
#include <vector>

#include <strata/layer/conv2d.hpp>
#include <strata/layer/dense.hpp>
#include <strata/layer/tanh.hpp>

#include "../support/probe.hpp"

namespace st = strata;

namespace {
using Flat = st::Sequential<st::Dense<6>, st::Tanh, st::Dense<5>, st::Tanh, st::Dense<3>>;
using Nested = st::Sequential<st::Sequential<st::Dense<6>, st::Tanh>, st::Sequential<st::Sequential<st::Dense<5>>, st::Tanh>, st::Sequential<>, st::Dense<3>>;
template <class Net>
using Double = st::Model<Net, st::Shape<4>, st::test::Here, st::Precision<double>>;

template <class Net>
std::vector<double> scores() {
    const Double<Net> model{st::Seed{3}};
    st::Session<Double<Net>, 4> session(model);
    const auto x = st::test::Numbers{1}.many(16);
    std::vector<double> y(12);
    session.run(x.data(), 4, y.data());
    return y;
}
}  // namespace

TEST_CASE("a stack in a stack is the flat stack: layers, paths, numbers, results") {
    static_assert(std::is_same_v<Double<Flat>::Walk::Steps, Double<Nested>::Walk::Steps>);
    static_assert(Double<Flat>::cost.parameters == 5 * 6 + 7 * 5 + 6 * 3);
    CHECK(scores<Flat>() == scores<Nested>());
    Double<Nested> model;
    const char* paths[] = {"0.weight", "0.bias", "2.weight", "2.bias", "4.weight", "4.bias"};
    REQUIRE(model.parts() == 6);
    for (int i = 0; i < 6; ++i) CHECK(std::string(model.part(i).path) == paths[i]);
}
TEST_CASE("an empty stack is the identity") {
    const Double<st::Sequential<>> model;
    st::Session<Double<st::Sequential<>>, 2> session(model);
    const auto x = st::test::Numbers{1}.many(8);
    std::vector<double> y(8);
    session.run(x.data(), 2, y.data());
    CHECK(y == x);
}
TEST_CASE("a residual block adds its input") {
    st::test::Probe<st::Residual<st::Dense<4>, st::Tanh>, st::Shape<4>> probe;
    static_assert(std::is_same_v<decltype(probe)::Output, st::Shape<4>>);
    double* weight = nullptr;
    for (int i = 0; i < decltype(probe)::M::parts(); ++i)
        if (probe.model.part(i).dims == st::Shape<4, 4>::dims()) weight = probe.model.part(i).data;
    REQUIRE(weight != nullptr);
    const auto infer = probe.infer(), train = probe.train();
    for (std::size_t r = 0; r < 3; ++r)
        for (std::size_t o = 0; o < 4; ++o) {
            double sum = 0;
            for (std::size_t k = 0; k < 4; ++k) sum += probe.x[4 * r + k] * weight[4 * k + o];
            CHECK(std::abs(infer[4 * r + o] - (probe.x[4 * r + o] + std::tanh(sum))) <= 1e-13);
            CHECK(std::abs(train[4 * r + o] - infer[4 * r + o]) <= 1e-13);
        }
    probe.check_gradient();
}
TEST_CASE("residual blocks nest, and hold stacks") {
    using Block = st::Residual<st::Dense<4>, st::Residual<st::Sequential<st::Tanh, st::Dense<4>>>, st::Tanh>;
    st::test::Probe<st::Sequential<Block, st::Dense<2>>, st::Shape<4>> probe;
    static_assert(std::is_same_v<decltype(probe)::Output, st::Shape<2>>);
    probe.check_gradient();
}
TEST_CASE("a residual block of nothing doubles") {
    st::test::Probe<st::Residual<>, st::Shape<4>> probe;
    const auto y = probe.infer();
    for (std::size_t i = 0; i < y.size(); ++i) CHECK(y[i] == 2 * probe.x[i]);
}
TEST_CASE("a residual block of convolutions") {
    st::test::Probe<st::Residual<st::Conv2d<2, 3, st::Sliding<1, 1, 1>>, st::Tanh>, st::Shape<2, 4, 5>> probe;
    static_assert(std::is_same_v<decltype(probe)::Output, st::Shape<2, 4, 5>>);
    probe.check_gradient();
}
