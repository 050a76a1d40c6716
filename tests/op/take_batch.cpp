// SPDX-License-Identifier: BSL-1.0
// take under a bounded batch, in training, on several threads, and at the edges of memory.
#include <strata/op/take.hpp>

#include <cstring>

#include <strata/device/pool.hpp>
#include <strata/layer/repeat.hpp>
#include <strata/layer/sequential.hpp>
#include <strata/op/argmax.hpp>
#include <strata/op/cast.hpp>
#include <strata/op/mean.hpp>
#include <strata/optim/adam.hpp>

#include "../support/check.hpp"
#include "../support/guarded.hpp"
#include "../support/probe.hpp"

namespace strata::test {

/// Rows of a table for whole numbers.
template <int Rows, int Width>
struct Look {
    template <class In>
    struct Parameters {
        BOOST_HANA_DEFINE_STRUCT(Parameters, (Param<Shape<Rows, Width>>, table));
    };
    static constexpr auto forward(const auto& p, Expression auto x) { return take(p.table, cast<std::int32_t>(x)); }
};
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
    using M = Model<Look<9, 5>, Shape<3>>;
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

template <class M, int B>
std::vector<float> trained(Pool* pool, int count) {
    constexpr auto rows = static_cast<std::size_t>(M::layout.entry[0].dims.extent[0]);
    M model(Seed{1});
    TrainingStep<M, Weighted, Adam, B> step(model, Adam{0.01}, Seed{2}, pool);
    std::vector<float> x(static_cast<std::size_t>(B * M::Input::size)), weight(static_cast<std::size_t>(B * M::Output::size));
    for (int s = 0; s < 3; ++s) {
        for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>((i * i * 7 + static_cast<std::size_t>(s)) % 331 * 9 % rows);
        for (std::size_t i = 0; i < weight.size(); ++i) weight[i] = static_cast<float>(static_cast<int>(i * 31 % 201) - 100) / 64;
        step.run(x.data(), weight.data(), count);
    }
    std::vector<float> all(model.parameters(), model.parameters() + M::parameter_block());
    all.insert(all.end(), step.gradients().data(), step.gradients().data() + M::parameter_block());
    return all;
}

TEST_CASE("take: the same bits on any number of threads") {
    // Cut by columns, and by rows of two widths.
    const auto check = [&]<class M>(const M*) {
        for (const int count : {64, 11}) {
            const auto wanted = trained<M, 64>(nullptr, count);
            for (const int threads : {2, 3}) {
                Pool pool(threads);
                const auto got = trained<M, 64>(&pool, count);
                CHECK(std::memcmp(got.data(), wanted.data(), wanted.size() * sizeof(float)) == 0);
            }
        }
    };
    check(static_cast<const Model<Look<100, 256>, Shape<20>>*>(nullptr));
    check(static_cast<const Model<Look<3000, 64>, Shape<20>>*>(nullptr));
    check(static_cast<const Model<Look<30000, 6>, Shape<20>>*>(nullptr));
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
    const auto looped = run(static_cast<const Model<Repeat<4, Route>, Shape<4, 5>, Host, Precision<double>>*>(nullptr));
    const auto written = run(static_cast<const Model<Sequential<Route, Route, Route, Route>, Shape<4, 5>, Host, Precision<double>>*>(nullptr));
    REQUIRE(looped.size() == written.size());
    for (std::size_t i = 0; i < looped.size(); ++i) CHECK(near(looped[i], written[i], 1e-12));
}

template <int Rows, int Columns, int N>
void check_edges() {
    CAPTURE(Columns);
    for (const bool end : {false, true}) {
        Guarded<float> t(Rows * Columns, end);
        for (int i = 0; i < Rows * Columns; ++i) t.data()[i] = static_cast<float>(i);
        Guarded<std::int32_t> index(N, end);
        for (int i = 0; i < N; ++i) index.data()[i] = i % (Rows + 4) - 2;
        const TensorLeaf<float, Shape<Rows, Columns>> table{t.data()};
        const TensorLeaf<std::int32_t, Shape<N>> rows{index.data()};
        const auto y = computed(take(table, rows));
        const auto columns = computed(take<1>(table, rows));
        for (int i = 0; i < N; ++i) {
            const int v = index.data()[i];
            for (int c = 0; c < Columns; ++c) CHECK(near(y(i, c), v >= 0 && v < Rows ? v * Columns + c : nan, 0));
            for (int r = 0; r < Rows; ++r) CHECK(near(columns(r, i), v >= 0 && v < Columns ? r * Columns + v : nan, 0));
        }
    }
}

TEST_CASE("take: nothing before or behind the table or the indices is touched") {
    check_edges<5, 1, 7>();
    check_edges<3, 16, 16>();
    check_edges<9, 19, 37>();
}

}  // namespace strata::test
