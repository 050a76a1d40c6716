// SPDX-License-Identifier: BSL-1.0
#include <strata/expr/misfit.hpp>

#include <doctest/doctest.h>

#include <type_traits>

#include <strata/expr/scalar.hpp>
#include <strata/op/add.hpp>
#include <strata/op/clamp.hpp>
#include <strata/op/divide.hpp>
#include <strata/op/exp.hpp>
#include <strata/op/logical.hpp>
#include <strata/op/matmul.hpp>
#include <strata/op/maximum.hpp>
#include <strata/op/pow.hpp>
#include <strata/op/relu.hpp>
#include <strata/op/reshape.hpp>
#include <strata/op/select.hpp>
#include <strata/op/transpose.hpp>

namespace strata::test {

using F = Ref<Shape<2, 3>, float>;
using D = Ref<Shape<2, 3>, double>;
using N = Ref<Shape<2, 3>, std::int32_t>;
using M = Ref<Shape<2, 3>, bool>;
using W = Ref<Shape<2, 3>, detail::Weak>;
using Zero = Ref<Shape<3, 0>, float>;

template <class Where>
struct Reason {};

// A mistake is told by what reports it, where it is found; what is sound has nothing to report.
template <class E>
using Told = typename detail::Report<E, InAssignment>::type;
static_assert(std::is_same_v<Told<Misfit<AddOp, 3, 4, Shape<2, 3>, Shape<4>>>, ShapesDoNotFit<InAssignment, AddOp, 3, 4, Shape<2, 3>, Shape<4>>>);
static_assert(std::is_same_v<Told<TypeMisfit<AddOp, float, double>>, TypesDoNotFit<InAssignment, AddOp, float, double>>);
static_assert(std::is_same_v<Told<Refusal<Reason>>, Reason<InAssignment>>);
static_assert(std::is_same_v<Told<F>, NoFault>);
static_assert(detail::is_misfit<Refusal<Reason>> && detail::is_misfit<TypeMisfit<AddOp>> && !detail::is_misfit<F>);
static_assert(std::is_same_v<decltype(relu(Refusal<Reason>{} + F{})), Refusal<Reason>>, "others hand it on");

// Numbers of an op are of one type; weak ones take it.
static_assert(std::is_same_v<decltype(F{} + D{}), TypeMisfit<AddOp, float, double>>);
static_assert(std::is_same_v<decltype(N{} + F{}), TypeMisfit<AddOp, std::int32_t, float>>);
static_assert(std::is_same_v<decltype(F{} + M{}), TypeMisfit<AddOp, float, bool>>);
static_assert(std::is_same_v<decltype(M{} + M{}), TypeMisfit<AddOp, bool, bool>>);
static_assert(std::is_same_v<decltype(W{} + D{})::Type, double> && std::is_same_v<decltype(N{} + 1)::Type, std::int32_t>);
// A whole number is of any type; another is not cut to that of integers, nor is what is computed of it, nor a parameter.
using L = Ref<Shape<2, 3>, std::int64_t>;
template <class E>
inline constexpr bool cut = false;
template <class Op, class... T>
inline constexpr bool cut<TypeMisfit<Op, T...>> = std::is_same_v<Told<TypeMisfit<Op, T...>>, FloatingNumberBesideIntegers<InAssignment, Op, T...>>;
static_assert(std::is_same_v<decltype(N{} * 2.5), TypeMisfit<MultiplyOp, std::int32_t, detail::Weak>> && cut<decltype(N{} * 2.5)>);
static_assert(cut<decltype(2.0f + N{})> && cut<decltype(L{} - 1.0)> && cut<decltype(N{} / 2.0)> && cut<decltype(L{} < 2.5)> && cut<decltype(2.5 == N{})>);
static_assert(cut<decltype(maximum(N{}, 0.5))> && cut<decltype(select(M{}, N{}, 0.5))> && cut<decltype(pow(N{}, 0.5))> && cut<decltype(clamp(N{}, 0, 2.5))>);
static_assert(cut<decltype(N{} * select(M{}, 1.5, 0))> && cut<decltype(N{} * (1 + scalar<Scalar::rate>()))> && cut<decltype(N{} * W{})>);
static_assert(std::is_same_v<Told<decltype(M{} == 0.5)>, TypesDoNotFit<InAssignment, EqualOp, bool, detail::Weak>>);
static_assert(std::is_same_v<decltype(L{} * 2 + 1)::Type, std::int64_t> && std::is_same_v<decltype(clamp(L{}, 0, 2))::Type, std::int64_t>);
static_assert(std::is_same_v<decltype(F{} * 2 + 1)::Type, float> && std::is_same_v<decltype(W{} * 2)::Type, detail::Weak> && std::is_same_v<decltype(M{} == true)::Type, bool>);
// Masks stand where masks belong, and only there.
static_assert(std::is_same_v<decltype(select(F{}, F{}, 0)), TypeMisfit<SelectOp, float, float, detail::WeakInteger>>);
static_assert(std::is_same_v<decltype(logical_and(M{}, N{})), TypeMisfit<LogicalAndOp, bool, std::int32_t>>);
static_assert(std::is_same_v<decltype(logical_not(M{}))::Type, bool> && std::is_same_v<decltype(select(M{}, D{}, 0))::Type, double>);
// Some take floating numbers only.
static_assert(std::is_same_v<decltype(exp(N{})), TypeMisfit<ExpOp, std::int32_t>>);
static_assert(std::is_same_v<decltype(matmul_transposed(N{}, N{})), TypeMisfit<MatmulOp<false, true>, std::int32_t, std::int32_t>>);

// Extents are at least 1, a product's operands are shown as they were given, axes come once, operands are as many as the op takes.
static_assert(std::is_same_v<decltype(matmul(F{}, Zero{})), Misfit<MatmulOp<false, false>, 1, 0, Shape<2, 3>, Shape<3, 0>>>);
static_assert(std::is_same_v<decltype(reshape<Shape<-1, 6>>(F{})), Misfit<ReshapeOp<-1, 6>, 1, -1, Shape<2, 3>>>);
static_assert(std::is_same_v<decltype(matmul(Ref<Shape<2, 7, 3>, float>{}, Ref<Shape<4, 5>, float>{})), Misfit<MatmulOp<false, false>, 4, 3, Shape<2, 7, 3>, Shape<4, 5>>>);
static_assert(std::is_same_v<decltype(transpose<0, 0>(F{})), Misfit<TransposeOp<0, 0>, 1, 0, Shape<2, 3>>>);
static_assert(std::is_same_v<decltype(relu(F{}, F{})), Misfit<ReluOp, 1, 2, Shape<2, 3>, Shape<2, 3>>>);

struct Nameless : Elementwise<1> {
    template <class T>
    static constexpr T apply(T x) {
        return x;
    }
};
struct Formless : Elementwise<2> {
    static constexpr auto name = "formless";
    template <class T>
    static constexpr T apply(T x) {
        return x;
    }
};
static_assert(std::is_same_v<decltype(apply<Nameless>(F{})), Refusal<OpLacks<Nameless>::template Facts>>);
static_assert(std::is_same_v<decltype(apply<Formless>(F{}, F{})), Refusal<OpLacks<Formless>::template Formula>>);

TEST_CASE("what is asserted above compiles") { CHECK(true); }

}  // namespace strata::test
