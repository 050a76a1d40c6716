// SPDX-License-Identifier: BSL-1.0
#include <strata/layer/embedding.hpp>

#include <cmath>
#include <cstdint>
#include <type_traits>
#include <vector>

#include <strata/layer/dense.hpp>
#include <strata/layer/flatten.hpp>
#include <strata/layer/tanh.hpp>

#include "../support/probe.hpp"

namespace st = strata;

namespace {
using Words = st::Model<st::Sequential<st::Embedding<9, 5>>, st::Shape<3>, st::test::Here>;
using Net = st::Sequential<st::Sequential<st::Embedding<9, 5>, st::Tanh>, st::Flatten, st::Dense<2>>;
using M = st::Model<Net, st::Shape<3>, st::test::Here, st::Precision<double>>;
}  // namespace

TEST_CASE("shapes, parameters and the type of samples") {
    static_assert(std::is_same_v<Words::Output, st::Shape<3, 5>> && std::is_same_v<Words::InputElement, std::int32_t>);
    static_assert(std::is_same_v<M::Output, st::Shape<2>> && std::is_same_v<M::InputElement, std::int32_t>);
    static_assert(std::is_same_v<st::Model<st::Dense<2>, st::Shape<3>>::InputElement, float>);
    static_assert(Words::cost.parameters == 45 && Words::parts() == 1);
    static_assert(std::is_same_v<st::Model<st::Embedding<9, 5>, st::Shape<2, 3>>::Output, st::Shape<2, 3, 5>>);
    static_assert(st::Session<Words, 8>::Plan::kernels == 1);
    const Words model(st::Seed{1});
    CHECK(std::string(model.part(0).path) == "0.weight");
    double sum = 0, squares = 0;
    const st::Model<st::Embedding<1000, 5>, st::Shape<1>> large(st::Seed{1});
    for (int i = 0; i < 5000; ++i) sum += large.parameters()[i], squares += large.parameters()[i] * large.parameters()[i];
    CHECK(std::abs(sum / 5000) < 0.05);
    CHECK(std::abs(squares / 5000 - 1) < 0.05);
}

TEST_CASE("rows of the table, for any number of samples and for one; what is no word is no number") {
    const Words model(st::Seed{1});
    st::Session<Words, 4> session(model);
    const std::vector<std::int32_t> x{8, 0, 3, 3, 9, -1, 1, 2, 1, 4, 4, 4};
    for (int count = 1; count <= 4; ++count) {
        std::vector<float> y(static_cast<std::size_t>(count) * 15);
        session({x.data(), static_cast<std::size_t>(count) * 3}, y);
        for (std::size_t i = 0; i < y.size(); ++i) {
            const int word = x[i / 5];
            if (word < 0 || word > 8)
                CHECK(std::isnan(y[i]));
            else
                CHECK(y[i] == model.parameters()[word * 5 + static_cast<int>(i % 5)]);
        }
    }
    const st::test::Tensor<float, 3, 5> one = model(st::test::Tensor<std::int32_t, 3>{7, 7, 2});
    CHECK(one(1, 4) == model.parameters()[7 * 5 + 4]);
}

TEST_CASE("gradients against central differences, in a batch that is not full; words that do not occur stay") {
    M model(st::Seed{1});
    st::TrainingStep<M, st::test::Weighted, st::Sgd, 4> step(model, st::Sgd{0.0}, st::Seed{2});
    const std::vector<std::int32_t> x{8, 0, 3, 3, 8, 1, 0, 8, 0, 5, 5, 5};  // the last three are none of the batch's
    const std::vector<double> weight{0.5, -1, 2, 0.25, -0.75, 1.5, 100, 100};
    const auto loss = [&] { return step.run(x.data(), weight.data(), 3); };
    step.run(x.data(), weight.data(), 4);  // what a full batch leaves behind does not count
    loss();
    const auto gradient = step.gradients();
    double largest = 0;
    for (int i = 0; i < 45; ++i) {
        double& p = model.parameters()[i];
        const double kept = p, h = 1e-5;
        p = kept + h;
        const double up = loss();
        p = kept - h;
        const double down = loss();
        p = kept;
        CHECK(std::abs((up - down) / (2 * h) - gradient[i]) <= 1e-8);
        const int word = i / 5;
        if (word != 8 && word != 0 && word != 3 && word != 1) CHECK(gradient[i] == 0);
        largest = std::max(largest, std::abs(gradient[i]));
    }
    CHECK(largest > 0.1);
    step.optimiser().rate = 1;
    const M before = model;
    step(std::span(x).first(9), std::span(weight).first(6));
    for (int i = 0; i < 45; ++i) CHECK(model.parameters()[i] == doctest::Approx(before.parameters()[i] - gradient[i]).epsilon(1e-12));
}
