// SPDX-License-Identifier: BSL-1.0
#include <strata/layer/param.hpp>

#include <doctest/doctest.h>

#include <string>
#include <type_traits>
#include <vector>

#include <strata/layer/dense.hpp>
#include <strata/op/multiply.hpp>
#include <strata/optim/sgd.hpp>

#include "../support/probe.hpp"

namespace st = strata;

namespace {
/// A user's layer: y = x gain + offset, and the largest step number it has seen as a state.
struct Counting {
    template <class In>
    struct Parameters {
        BOOST_HANA_DEFINE_STRUCT(Parameters, (st::Param<st::Shape<st::last<In>>, st::Ones>, gain), (st::State<st::Shape<2>>, passes), (st::Param<st::Shape<1>, st::Zeros>, offset));
    };
    static constexpr auto forward(const auto& p, st::Expression auto x) { return st::updating(x * p.gain + p.offset, st::assign(p.passes, p.passes + 1.0)); }
};
}  // namespace

TEST_CASE("fields are expressions; kind, shape and beginning are in their types") {
    using P = st::Param<st::Shape<3, 4>, st::Ones>;
    using S = st::State<st::Shape<3>>;
    static_assert(st::Expression<P> && st::Expression<S> && P::trained && !S::trained);
    static_assert(std::is_same_v<P::Shape, st::Shape<3, 4>> && std::is_same_v<P::Initial, st::Ones> && std::is_same_v<S::Initial, st::Zeros>);
    static_assert(std::is_same_v<st::Param<st::Shape<3>>::Initial, st::GlorotUniform>);
    static_assert(P{7}.expression().id == 7 && std::is_same_v<decltype(P{}.expression())::Shape, st::Shape<3, 4>>);
}
TEST_CASE("reflection gives names in order") {
    Counting::Parameters<st::Shape<-4, 5>> record;
    std::vector<std::string> names;
    std::vector<bool> trained;
    st::for_each_field(record, [&](const char* name, auto&& field) {
        names.push_back(name);
        trained.push_back(std::remove_cvref_t<decltype(field)>::trained);
        field.id = static_cast<int>(names.size());
    });
    CHECK(names == std::vector<std::string>{"gain", "passes", "offset"});
    CHECK(trained == std::vector<bool>{true, false, true});
    CHECK(record.offset.id == 3);
}
TEST_CASE("a user's state: updated once a training step, read but left alone in inference, without gradient") {
    using M = st::Model<Counting, st::Shape<5>, st::test::Here, st::Precision<double>>;
    static_assert(M::cost.parameters == 6 && M::cost.states == 2 && M::parts() == 3);
    M model;
    st::TrainingStep<M, st::test::Weighted, st::Sgd, 2> step(model, st::Sgd{0.5}, st::Seed{1});
    const double x[10] = {1, 2, 3, 4, 5, 1, 1, 1, 1, 1}, weight[10] = {1, 0, 0, 0, 2, 0, 0, 0, 0, 3};
    for (int i = 1; i <= 3; ++i) {
        step.run(x, weight, 2);
        CHECK(model.part(1).data[0] == i);
        CHECK(model.part(1).data[1] == i);
    }
    CHECK(model.part(0).data[0] == 1 - 3 * 0.5 * 1);
    CHECK(model.part(0).data[4] == 1 - 3 * 0.5 * (2 * 5 + 3 * 1));
    CHECK(model.part(2).data[0] == -3 * 0.5 * (1 + 2 + 3));
    double y[5];
    st::Session<M> session(model);
    session.run(x, 1, y);
    CHECK(model.part(1).data[0] == 3);
    CHECK(y[0] == -0.5 * 1 - 9);  // x gain + offset
}
