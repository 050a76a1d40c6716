// SPDX-License-Identifier: BSL-1.0
#include <strata/expr/expression.hpp>

#include <doctest/doctest.h>

#include <strata/op/add.hpp>
#include <strata/op/compare.hpp>
#include <strata/op/exp.hpp>
#include <strata/op/reshape.hpp>
#include <strata/op/select.hpp>

namespace strata::test {

using X = Ref<Shape<4, 5>, float>;
using Row = Ref<Shape<5>, float>;
using Bad = decltype(X{} + Ref<Shape<4>, float>{});

static_assert(Expression<X> && Expression<Constant> && Expression<const X&> && Expression<Bad>);
static_assert(!Expression<int> && !Expression<double>);
static_assert(std::is_same_v<detail::Wrapped<int>, IntegerConstant> && std::is_same_v<detail::Wrapped<float>, Constant> && std::is_same_v<detail::Wrapped<X>, X>);

// A tree says its op, shape, type and operands.
static_assert(std::is_same_v<decltype(X{} + Row{}), Apply<AddOp, Shape<4, 5>, float, X, Row>>);
static_assert(std::is_same_v<decltype(exp(X{} + 1.0)), Apply<ExpOp, Shape<4, 5>, float, Apply<AddOp, Shape<4, 5>, float, X, Constant>>>);
static_assert(sizeof(X{} + Row{}) <= sizeof(X) + sizeof(Row) + sizeof(void*), "a tree holds its leaves and no memory");

// Types: numbers and masks take that of the rest, an op may say its own.
static_assert(std::is_same_v<decltype(1 + Ref<Shape<5>, double>{})::Type, double>);
static_assert(std::is_same_v<decltype(X{} < 1)::Type, bool>);
static_assert(std::is_same_v<decltype(select(X{} < 1, X{}, 0))::Type, float>);
static_assert(std::is_same_v<decltype(select(Ref<Shape<5>, bool>{}, 0, Ref<Shape<5>, std::int32_t>{}))::Type, std::int32_t>);
static_assert(std::is_same_v<decltype(select(X{} < 1, 1, 0))::Type, detail::WeakInteger> && std::is_same_v<decltype(select(X{} < 1, 1, 0.5))::Type, detail::Weak>);
static_assert(std::is_same_v<decltype(X{} * select(X{} < 1, 1, 0))::Type, float>);
static_assert(std::is_same_v<decltype(reshape<Shape<5, 1>>(Ref<Shape<5>, bool>{}))::Type, bool>, "what only moves keeps its type");

// Mistakes: the first one is what is left, whatever is put on it.
static_assert(std::is_same_v<Bad, Misfit<AddOp, 5, 4, Shape<4, 5>, Shape<4>>>);
static_assert(std::is_same_v<decltype(exp(Bad{}) + 1), Bad>);
static_assert(std::is_same_v<decltype(Bad{} + (Row{} + Ref<Shape<7>, float>{})), Bad>);
static_assert(std::is_same_v<decltype(Row{} + Bad{}), Bad>);
static_assert(std::is_same_v<decltype(Ref<Shape<batch<64>, 5>, float>{} + Ref<Shape<3>, float>{}), Misfit<AddOp, 5, 3, Shape<64, 5>, Shape<3>>>,
              "a bounded batch is shown by its capacity");

// Leaves known by number only, as in derivatives, make trees without shapes.
static_assert(std::is_same_v<decltype(AnyRef{} + 1)::Shape, detail::Any>);

TEST_CASE("operands stay in their order, with their values") {
    const auto e = X{} + 2.5;
    CHECK(e.operands.first.id == -1);
    CHECK(e.operands.rest.first.value == 2.5);
    constexpr auto named = X{7} + Row{8};
    static_assert(named.operands.first.id == 7 && named.operands.rest.first.id == 8);
}

TEST_CASE("derivatives are lists, of which an entry may be none") {
    constexpr auto g = gradients(X{3}, none, Constant{2});
    static_assert(g.each.first.id == 3);
    static_assert(std::is_same_v<std::remove_cvref_t<decltype(g.each.rest.first)>, NoGradient>);
    CHECK(g.each.rest.rest.first.value == 2);
}

}  // namespace strata::test
