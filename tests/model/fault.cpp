// SPDX-License-Identifier: BSL-1.0
#include <strata/model/fault.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <type_traits>

#include <strata/layer/batch_norm.hpp>
#include <strata/layer/dense.hpp>
#include <strata/layer/embedding.hpp>
#include <strata/layer/flatten.hpp>
#include <strata/layer/lambda.hpp>
#include <strata/model/model.hpp>
#include <strata/op/argmax.hpp>
#include <strata/op/mean.hpp>
#include <strata/op/multiply.hpp>
#include <strata/op/transpose.hpp>

namespace strata::test {

template <class L, class In, int B = 8, Mode M = Mode::infer>
using Of = typename detail::TraceBase<Sequential<L>, In, B, float, M>::Fault;
template <class F>
inline constexpr bool fits = std::is_same_v<F, NoFault>;

// tests/fail shows the words of each; the layer is number 0.
struct Centre {
    static constexpr auto forward(const auto&, Expression auto x) { return x - mean_keep(x, axis<0>); }
};
struct Fold {
    static constexpr auto forward(const auto&, Expression auto x) { return mean_keep(x, axis<0>); }
};
struct Turn {
    static constexpr auto forward(const auto&, Expression auto x) { return transpose(x); }
};
struct Rows {  // right for one sample alone
    static constexpr auto forward(const auto&, Expression auto x) { return x + reshape<Shape<1, 4>>(x); }
};
static_assert(fits<Of<Centre, Shape<4>>> && fits<Of<Reshape<2, 2>, Shape<4>>> && fits<Of<Dense<3>, Shape<5, 4>>>);
static_assert(std::is_same_v<Of<Fold, Shape<4>>, LayerLosesBatch<AtLayer<0, Fold>, Shape<-8, 4>, Shape<1, 4>>>);
static_assert(std::is_same_v<Of<Turn, Shape<4>, 1>, LayerLosesBatch<AtLayer<0, Turn>, Shape<-1, 4>, Shape<4, -1>>>);
static_assert(fits<Of<Rows, Shape<4>, 1>> && !fits<Of<Rows, Shape<4>, 2>>);
static_assert(fits<detail::BatchFault<Model<Sequential<Rows>, Shape<4>>, 1>> && !fits<detail::BatchFault<Model<Sequential<Rows>, Shape<4>>, 2>>);
static_assert(std::is_same_v<detail::BatchFault<Model<Sequential<Centre>, Shape<4>>, 0>, BatchOfNone<0>>);

// Whole numbers come in, and may be made within; what goes on is floats.
struct Signs {
    static constexpr auto forward(const auto&, Expression auto x) { return select(x > 0, 1, 0); }
};
struct Mask {
    static constexpr auto forward(const auto&, Expression auto x) { return x > 0; }
};
struct Places {
    using Takes = std::int32_t;
    static constexpr auto forward(const auto&, Expression auto x) { return x * 2; }
};
struct AsFloats {
    using Takes = std::int32_t;
    static constexpr auto forward(const auto&, Expression auto x) { return cast<float>(x * 2); }
};
static_assert(fits<Of<Signs, Shape<4>>> && fits<Of<AsFloats, Shape<4>>> && fits<Of<Embedding<5, 3>, Shape<4>>>);
static_assert(std::is_same_v<Of<Mask, Shape<4>>, GivesNoFloats<AtLayer<0, Mask>, bool>>);
static_assert(std::is_same_v<Of<Places, Shape<4>>, GivesNoFloats<AtLayer<0, Places>, std::int32_t>>);

// Records.
template <class... F>
struct With;
template <class F>
struct With<F> {
    template <class In>
    struct Parameters {
        BOOST_HANA_DEFINE_STRUCT(Parameters, (F, field));
    };
    static constexpr auto forward(const auto&, Expression auto x) { return x; }
};
struct Sevens {
    template <class T>
    static void fill(T* p, const Dims& d, Seed, std::uint64_t) {
        for (long i = 0; i < d.size(); ++i) p[i] = T(7);
    }
};
static_assert(fits<Of<With<Param<Shape<4>, Sevens>>, Shape<4>>> && fits<Of<With<State<Shape<>>>, Shape<4>>> && fits<Of<BatchNorm, Shape<4>, 8, Mode::train>>);
using Batched = Param<Shape<-8, 4>>;
static_assert(std::is_same_v<Of<With<Batched>, Shape<4>>, FieldIsWrong<Batched>::NotOneShape<AtLayer<0, With<Batched>>>>);
static_assert(std::is_same_v<Of<With<double>, Shape<4>>, FieldIsWrong<double>::NoParameter<AtLayer<0, With<double>>>>);
using Begun = State<Shape<4>, int>;
static_assert(std::is_same_v<Of<With<Begun>, Shape<4>>, FieldIsWrong<Begun>::NoInitialiser<AtLayer<0, With<Begun>>>>);

TEST_CASE("a layer that makes whole numbers of no type gives floats") {
    Model<Sequential<Signs>, Shape<4>> model;
    const auto y = model(Tensor<float, 4>{1, -2, 3, -4});
    CHECK(y(0) == 1.0f);
    CHECK(y(1) == 0.0f);
    CHECK(y(2) == 1.0f);
    CHECK(y(3) == 0.0f);
}

// A layer may go over to floats of the other size; what it hands on are the model's.
struct InDoubles {
    static constexpr auto forward(const auto&, Expression auto x) { return cast<double>(x) * 2.0; }
};
struct InFloats {
    static constexpr auto forward(const auto&, Expression auto x) { return cast<float>(x > 0); }
};
template <class Real, class L>
bool hands_on(const std::array<Real, 3>& wanted) {
    const Model<Sequential<L>, Shape<2>, Host, Precision<Real>> model;
    const Real x[] = {1.5, -2};
    Real y[] = {7, 7, 7};
    Session<std::remove_const_t<decltype(model)>> session{model};
    session.run(x, 1, y);
    return y[0] == wanted[0] && y[1] == wanted[1] && y[2] == wanted[2];
}
TEST_CASE("a layer's floats of the other size are written as the model's") {
    CHECK(hands_on<float, InDoubles>({3, -4, 7}));
    CHECK(hands_on<double, InFloats>({1, 0, 7}));
    CHECK(hands_on<float, Sequential<InDoubles, Centre, InDoubles>>({0, 0, 7}));
}

}  // namespace strata::test
