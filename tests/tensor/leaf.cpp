// SPDX-License-Identifier: BSL-1.0
#include <strata/tensor/leaf.hpp>

#include <doctest/doctest.h>

#include <strata/op/add.hpp>
#include <strata/op/relu.hpp>
#include <strata/op/softmax.hpp>

#include <type_traits>

namespace strata::test {

struct There {};
struct Third {};
template <class P>
using On = TensorLeaf<float, Shape<2, 3>, P>;
using H = On<Host>;
using T = On<There>;
static_assert(std::is_same_v<TensorLeaf<float, Shape<2, 3>>, H>, "the host goes without saying");
static_assert(sizeof(T) == sizeof(void*), "a place takes no room");

template <class E>
using Where = typename detail::PlaceOf<E>::type;
static_assert(std::is_void_v<Where<Constant>> && std::is_void_v<Where<Ref<Shape<2>, float>>>);
static_assert(std::is_same_v<Where<H>, Host> && std::is_same_v<Where<T>, There>);
static_assert(std::is_same_v<Where<decltype(1 + relu(T{}) * 2)>, There>, "numbers are anywhere");
static_assert(std::is_same_v<Where<decltype(softmax(T{} + T{}))>, There>, "through what is composed");

static_assert(std::is_same_v<Where<decltype(relu(softmax(T{}) + H{}) + H{})>, detail::Apart<AddOp, There, Host>>, "where they meet first");
static_assert(std::is_same_v<Where<decltype((H{} + 1) + (T{} + On<Third>{}))>, detail::Apart<AddOp, There, Third>>);
static_assert(std::is_same_v<Where<decltype((H{} + T{}) + On<Third>{})>, detail::Apart<AddOp, Host, There>>);

template <class E, class Place = void>
using Said = typename detail::ExpressionReport<E, InAssignment, Place>::type;
static_assert(std::is_same_v<Said<decltype(T{} + 1)>, NoFault> && std::is_same_v<Said<decltype(T{} + 1), There>, NoFault>);
static_assert(std::is_same_v<Said<Constant, There>, NoFault>);
static_assert(std::is_same_v<Said<decltype(T{} + 1), Host>, PlacesDoNotFit<InAssignment, Host, There>>);
static_assert(std::is_same_v<Said<decltype(T{} + H{}), Host>, PlacesDoNotFit<AddOp, There, Host>>, "the expression's own mistake before its use");
using Ill = decltype(TensorLeaf<float, Shape<4>, There>{} + H{});
static_assert(detail::is_misfit<Ill> && std::is_same_v<Said<Ill, Host>, typename detail::Report<Ill, InAssignment>::type>, "shapes before places");

TEST_CASE("a leaf is its memory's address") {
    const float numbers[6] = {};
    CHECK(T{numbers}.data == numbers);
}

}  // namespace strata::test
