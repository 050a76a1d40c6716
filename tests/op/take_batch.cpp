// SPDX-License-Identifier: BSL-1.0
// take under a bounded batch, and in training.
#include <strata/op/take.hpp>

#include <strata/layer/repeat.hpp>
#include <strata/layer/sequential.hpp>
#include <strata/op/argmax.hpp>
#include <strata/op/cast.hpp>
#include <strata/op/mean.hpp>
#include <strata/optim/adam.hpp>

#include "../support/check.hpp"
#include "../support/look.hpp"
#include "../support/probe.hpp"

namespace strata::test {

/// A sample's rows, chosen by the layer: the batch is the table's.
struct Pick {
    template <class In>
    struct Parameters {
        BOOST_HANA_DEFINE_STRUCT(Parameters, (Param<SampleShape<In>>, scale));
    };
    static constexpr auto forward(const auto& p, Expression auto x) { return take<1>(x * p.scale, argmax(p.scale)); }
};
/// The row of its own table that each row's greatest element names, added.
struct Route {
    template <class In>
    struct Parameters {
        BOOST_HANA_DEFINE_STRUCT(Parameters, (Param<Shape<last<In>, last<In>>>, table));
    };
    static constexpr auto forward(const auto& p, Expression auto x) { return x * 0.5 + take(p.table, argmax(x)); }
};

TEST_CASE("take: any number of samples, with one look-up each and with many") {
    using M = Model<Look<9, 5>, Shape<3>, Here>;
    const M model(Seed{1});
    Session<M, 8> session(model);
    const float* table = model.parameters();
    std::vector<float> x(8 * 3, 1e9f), y(8 * 15, -7);
    for (int count = 1; count <= 8; ++count) {
        for (int i = 0; i < count * 3; ++i) x[static_cast<std::size_t>(i)] = static_cast<float>((i * 5 + count) % 9);
        session.run(x.data(), count, y.data());
        for (std::size_t i = 0; i < static_cast<std::size_t>(count) * 15; ++i) CHECK(y[i] == table[static_cast<long>(x[i / 5]) * 5 + static_cast<long>(i % 5)]);
        for (std::size_t i = static_cast<std::size_t>(count) * 15; i < y.size(); ++i) CHECK(y[i] == -7);
    }
}

TEST_CASE("take: gradients of a table in a batch, and of a batch that is the table") {
    Probe<Look<7, 3>, Shape<5>> probe(4);
    for (double& v : probe.x) v = std::floor(std::abs(v)) + 1;
    // Affine in front moves what the numbers are; the differences do not.
    probe.check_gradient({"0.scale", "0.shift"});
    Probe<Pick, Shape<6, 3>> picked;
    picked.check_gradient();
}

TEST_CASE("take: in the turns of a loop, each with a table of its own") {
    const auto run = [&]<class M>(const M*) {
        M model(Seed{3});
        TrainingStep<M, Weighted, Adam, 8> step(model, Adam{0.01}, Seed{2});
        std::vector<double> x(7 * 20), weight(7 * 20);
        for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<double>(i * i * 7 % 31) / 16 - 1, weight[i] = static_cast<double>(i * 11 % 23) / 16 - 0.7;
        for (int s = 0; s < 3; ++s) step.run(x.data(), weight.data(), 7);
        return std::vector<double>(model.parameters(), model.parameters() + M::parameter_block());
    };
    const auto looped = run(static_cast<const Model<Repeat<4, Route>, Shape<4, 5>, Here, Precision<double>>*>(nullptr));
    const auto written = run(static_cast<const Model<Sequential<Route, Route, Route, Route>, Shape<4, 5>, Here, Precision<double>>*>(nullptr));
    REQUIRE(looped.size() == written.size());
    for (std::size_t i = 0; i < looped.size(); ++i) CHECK(near(looped[i], written[i], 1e-12));
}

}  // namespace strata::test
