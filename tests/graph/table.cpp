// SPDX-License-Identifier: BSL-1.0
#include <strata/graph/table.hpp>

#include <doctest/doctest.h>

#include <string>
#include <type_traits>

#include <strata/op.hpp>

namespace strata::test {
namespace {

constexpr Ref<Shape<4, 5>, float> x{0};
constexpr Ref<Shape<5, 3>, float> w{1};

/// A user's op that has a neutral element, and one with no derivative.
struct MeanOfTwoOp : Elementwise<2> {
    static constexpr auto name = "mean_of_two";
    static constexpr bool commutative = true;
    static constexpr double unit = 7;
    static constexpr int cost = 3;
    template <class T>
    static constexpr T apply(T a, T b) {
        return (a + b) / 2;
    }
    static constexpr auto backward(Expression auto dy, Expression auto, Expression auto, Expression auto) { return gradients(dy * 0.5, none); }
};
struct HalfOp : Elementwise<1> {
    static constexpr auto name = "half";
    template <class T>
    static constexpr T apply(T a) {
        return a / 2;
    }
};
/// An op that its own derivative mentions, by way of another.
struct PongOp;
struct PingOp : Elementwise<1> {
    static constexpr auto name = "ping";
    template <class T>
    static constexpr T apply(T a) {
        return a;
    }
    static constexpr auto backward(Expression auto dy, Expression auto, Expression auto) { return gradients(strata::apply<PongOp>(dy)); }
};
struct PongOp : PingOp {
    static constexpr auto name = "pong";
    static constexpr auto backward(Expression auto dy, Expression auto, Expression auto) { return gradients(strata::apply<PingOp>(dy)); }
};
struct SquaredBody {
    static constexpr auto body(const auto& a) { return a * a; }
};

/// The table's names in their order.
template <class... E>
std::string names() {
    std::string s;
    for (const OpFacts& f : Ops<OpsOf<E...>>::facts) s += (s.empty() ? "" : " ") + std::string(f.name);
    return s;
}

template <class L>
inline constexpr int length = 0;
template <class... O>
inline constexpr int length<OpList<O...>> = sizeof...(O);

/// Whether all that the derivative of each op mentions is in the list too.
template <class L, class Op>
constexpr bool derivative_in() {
    if constexpr (detail::DerivativeOf<Op>::exists)
        return std::is_same_v<L, typename detail::Collect<L, decltype(detail::DerivativeOf<Op>::of(0, 0, nullptr))>::type>;
    else
        return true;
}
template <class L>
inline constexpr bool closed = false;
template <class... O>
inline constexpr bool closed<OpList<O...>> = (derivative_in<OpList<O...>, O>() && ...);

/// Whether each op has a number of its own, from 0 on, that leads back to it.
template <class L>
inline constexpr bool numbered = false;
template <class... O>
inline constexpr bool numbered<OpList<O...>> = [] {
    int next = 0;
    return ((Ops<OpList<O...>>::template place<O> == next && std::is_same_v<typename OpAt<OpList<O...>, Ops<OpList<O...>>::template place<O>>::type, O> && next++ >= 0) && ...);
}();

using Network = decltype(log_softmax(matmul(silu(matmul(x, w) * 2), transpose<1, 0>(w)) + max_keep(x, axis<1>)));
using Everything = OpsOf<Network, decltype(dropout(clamp(x, 0, 1), 0.5)), decltype(apply<Conv2dOp<Sliding<1, 1>>>(AnyRef{}, AnyRef{})),
                         decltype(apply<MaxPoolOp<2, 2, Sliding<2, 2>>>(AnyRef{})), decltype(slice<-1, 0, 5, 2>(x)), decltype(pad<0, 1>(x, 2.0)), decltype(argmax(x))>;

}  // namespace

// What differentiate needs is in every table, first; a leaf and a number add nothing.
static_assert(std::is_same_v<OpsOf<>, OpList<AddOp, BroadcastLikeOp, SumLikeOp, ReshapeLikeOp>>);
static_assert(std::is_same_v<OpsOf<decltype(x), Constant, AnyRef>, OpsOf<>>);
// An op, then what its derivative mentions, then its operands.
static_assert(std::is_same_v<OpsOf<decltype(square(sqrt(x)))>, OpList<AddOp, BroadcastLikeOp, SumLikeOp, ReshapeLikeOp, SquareOp, MultiplyOp, SqrtOp, DivideOp, NegateOp>>);
// A plain product needs each with one operand transposed, and they need no other; one of two transposed operands needs itself.
static_assert(std::is_same_v<OpsOf<decltype(matmul(x, w))>,
                             OpList<AddOp, BroadcastLikeOp, SumLikeOp, ReshapeLikeOp, MatmulOp<false, false>, MatmulOp<false, true>, MatmulOp<true, false>>>);
static_assert(length<OpsOf<decltype(apply<MatmulOp<true, true>>(AnyRef{}, AnyRef{}))>> == 4 + 1);
// An op without a derivative stands for itself.
static_assert(std::is_same_v<OpsOf<decltype(apply<HalfOp>(x))>, OpList<AddOp, BroadcastLikeOp, SumLikeOp, ReshapeLikeOp, HalfOp>>);
// Several expressions: the first one's table goes on.
static_assert(std::is_same_v<OpsOf<decltype(exp(x)), decltype(exp(exp(x))), decltype(exp(x) + x)>, OpsOf<decltype(exp(x))>>);
// The body of a composed op, not its name.
static_assert(std::is_same_v<OpsOf<decltype(Composed<SquaredBody>{}(exp(x)))>, OpsOf<decltype(exp(x) * exp(x)), decltype(exp(x))>>);

static_assert(detail::Contains<OpList<AddOp, ExpOp>, ExpOp>::value && !detail::Contains<OpList<AddOp, ExpOp>, LogOp>::value && !detail::Contains<OpList<>, AddOp>::value);

static_assert(length<Everything> > 40 && numbered<Everything>);
static_assert(closed<Everything> && closed<OpsOf<Network>>);
static_assert(!closed<OpList<ExpOp>>);

TEST_CASE("the table of a small expression, name by name") {
    CHECK(names<decltype(exp(x) - x)>() == "add broadcast sum reshape subtract negate exp multiply");
    CHECK(names<decltype(apply<PingOp>(x))>() == "add broadcast sum reshape ping pong");
    CHECK(names<decltype(apply<PongOp>(exp(x)))>() == "add broadcast sum reshape pong ping exp multiply");
}

TEST_CASE("facts are those that the op states") {
    using L = OpsOf<decltype(apply<MeanOfTwoOp>(x, x) - apply<HalfOp>(x))>;
    const auto of = [](int place) { return Ops<L>::facts[place]; };
    const OpFacts mean = of(Ops<L>::place<MeanOfTwoOp>), half = of(Ops<L>::place<HalfOp>), add = of(Ops<L>::place<AddOp>), subtract = of(Ops<L>::place<SubtractOp>);
    CHECK(std::string(mean.name) == "mean_of_two");
    CHECK((mean.commutative && mean.has_unit && mean.unit == 7 && mean.cost == 3));
    CHECK(std::string(half.name) == "half");
    CHECK_FALSE((half.commutative || half.has_unit || half.cost != 1));
    CHECK((add.commutative && add.has_unit && add.unit == 0));
    CHECK_FALSE((subtract.commutative || subtract.has_unit));
}

TEST_CASE("a derivative is an expression over the numbers of its nodes") {
    const int in[] = {3, 5};
    const auto g = detail::DerivativeOf<MultiplyOp>::of(7, 8, in).each;
    // dy b, dy a.
    CHECK(g.first.operands.first.id == 7);
    CHECK(g.first.operands.rest.first.id == 5);
    CHECK(g.rest.first.operands.first.id == 7);
    CHECK(g.rest.first.operands.rest.first.id == 3);
    const auto by_y = detail::DerivativeOf<ExpOp>::of(7, 8, in).each.first;
    CHECK(by_y.operands.first.id + by_y.operands.rest.first.id == 7 + 8);
    static_assert(!detail::DerivativeOf<HalfOp>::exists && detail::DerivativeOf<HalfOp>::given() == -2);
    static_assert(detail::DerivativeOf<MultiplyOp>::exists && detail::DerivativeOf<MultiplyOp>::given() == 2);
    static_assert(detail::gradients_in<decltype(gradients(none, 2.0))> == 1 && detail::gradients_in<double> == -1);
}

}  // namespace strata::test
