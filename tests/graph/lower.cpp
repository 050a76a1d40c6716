// SPDX-License-Identifier: BSL-1.0
#include <strata/graph/lower.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <type_traits>

#include <strata/op.hpp>

#include "../support/graph_text.hpp"

namespace strata::test {
namespace {

// What stands in every graph here before the expression is lowered.
constexpr Ref<Shape<4, 5>, double> x{0};
constexpr Ref<Shape<5>, double> row{1};
constexpr Ref<Shape<4, 1>, double> column{2};
constexpr Ref<Shape<5, 3>, double> w{3};
constexpr Ref<Shape<4>, std::int32_t> labels{4};
constexpr Ref<Shape<4, 5>, bool> mask{5};
constexpr Ref<Shape<>, detail::Weak> rate{6};
constexpr Ref<Shape<>, detail::WeakInteger> whole{6};
constexpr Ref<Shape<-8, 2, 5>, double> batch{7};
constexpr int leaves = 8;

template <class E>
struct Lowered {
    using List = OpsOf<E>;
    Builder<64, 1> b = builder_for<Ops<List>, 64, 1>();
    int id = -1;
    constexpr explicit Lowered(const E& e, bool numbered = true) {
        b.numbered = numbered;
        b.leaf(Region::input, 0, 0, DType::f64, {2, {4, 5}});
        b.leaf(Region::parameter, 0, 0, DType::f64, {1, {5}});
        b.leaf(Region::parameter, 0, 5, DType::f64, {2, {4, 1}});
        b.leaf(Region::parameter, 0, 9, DType::f64, {2, {5, 3}});
        b.leaf(Region::input, 1, 0, DType::i32, {1, {4}});
        b.leaf(Region::input, 2, 0, DType::boolean, {2, {4, 5}});
        b.leaf(Region::scalar, 2, 0, DType::f64, {});
        b.leaf(Region::input, 3, 0, DType::f64, {3, {-8, 2, 5}});
        id = lower<List>(b, e);
    }
};
/// The nodes that an expression adds, the last of them its value.
template <class E>
std::string nodes_of(const E& e) {
    const Lowered<E> l(e);
    CHECK(ill_formed(l.b.graph) == "");
    CHECK(l.id == l.b.graph.nodes - 1);
    if constexpr (!std::is_same_v<typename E::Shape, detail::Any>) CHECK(l.b.dims(l.id) == E::Shape::dims());
    return text_of(l.b.graph, Ops<typename Lowered<E>::List>::facts, leaves);
}
template <class E>
int number_of(const E& e) {
    return Lowered<E>(e).id;
}

/// x + y x^2: one operand three times.
struct ThriceBody {
    static constexpr auto body(const auto& a, const auto& b) { return a + b * (a * a); }
};
inline constexpr Composed<ThriceBody> thrice{};
struct TwiceBody {
    static constexpr auto body(const auto& a) { return a + a; }
};
template <int N, class E>
constexpr auto doubled(const E& e) {
    if constexpr (N == 0)
        return e;
    else
        return doubled<N - 1>(Composed<TwiceBody>{}(e));
}

}  // namespace

TEST_CASE("operands come before their op, the left one first, equal ones once") {
    CHECK(nodes_of(tanh(x) - exp(x)) == "8 tanh 0 [4, 5]\n9 exp 0 [4, 5]\n10 subtract 8 9 [4, 5]\n");
    CHECK(nodes_of(exp(x) / exp(x)) == "8 exp 0 [4, 5]\n9 divide 8 8 [4, 5]\n");
    CHECK(nodes_of((x + row) * (row + x)) == "8 add 0 1 [4, 5]\n9 multiply 8 8 [4, 5]\n");
    CHECK(number_of(row) == 1);
}

TEST_CASE("numbers are constants of the real type, neutral ones vanish") {
    CHECK(nodes_of(2 - x) == "8 2 []\n9 subtract 8 0 [4, 5]\n");
    CHECK(nodes_of(x * 0.5 + 0.5) == "8 0.5 []\n9 multiply 0 8 [4, 5]\n10 add 8 9 [4, 5]\n");
    CHECK(number_of(x * 1 + 0) == 0);
}

TEST_CASE("broadcasting needs no node of its own") {
    CHECK(nodes_of(column * row) == "8 multiply 1 2 [4, 5]\n");
    CHECK(nodes_of(select(mask, row, column)) == "8 select 5 1 2 [4, 5]\n");
}

TEST_CASE("folds keep their axes with extent 1; a reshape drops them") {
    CHECK(nodes_of(sum_keep(x, axis<1>)) == "8 sum 0 over 1 [4, 1]\n");
    CHECK(nodes_of(sum(x, axis<-1>)) == "8 sum 0 over 1 [4, 1]\n9 reshape 8 [4]\n");
    CHECK(nodes_of(sum(x)) == "8 sum 0 over 1 [4, 1]\n9 sum 8 over 0 1 [1, 1]\n10 reshape 9 []\n");
    CHECK(nodes_of(max(x)) == "8 max 0 over 0 1 [1, 1]\n9 reshape 8 []\n");
    CHECK(nodes_of(max_keep(batch, axes<0, -1>)) == "8 max 7 over 0 2 [1, 2, 1]\n");
    CHECK(nodes_of(x - mean_keep(x, axis<0>)) == "8 0.25 []\n9 multiply 0 8 [4, 5]\n10 sum 9 over 0 [1, 5]\n11 subtract 0 10 [4, 5]\n");
}

TEST_CASE("the mean over a bounded batch divides by the run's count") {
    CHECK(nodes_of(mean_keep(batch, axes<0, 1>)) ==
          "8 scalar 0 []\n9 0.5 []\n10 multiply 8 9 []\n11 multiply 7 10 [-8, 2, 5]\n12 sum 11 over 0 1 [1, 1, 5]\n");
    CHECK(nodes_of(mean_keep(batch, axis<2>)) == "8 0.2 []\n9 multiply 7 8 [-8, 2, 5]\n10 sum 9 over 2 [-8, 2, 1]\n");
}

TEST_CASE("products say which operand they read transposed; one matrix serves a batch as further rows") {
    CHECK(nodes_of(matmul(x, w)) == "8 matmul 0 3 nn [4, 3]\n");
    CHECK(nodes_of(matmul_transposed(x, x)) == "8 matmul 0 0 nt [4, 4]\n");
    CHECK(nodes_of(apply<MatmulOp<true, false>>(x, column)) == "8 matmul 0 2 tn [5, 1]\n");
    CHECK(nodes_of(matmul(batch, w)) == "8 reshape 7 [-16, 5]\n9 matmul 8 3 nn [-16, 3]\n10 reshape 9 [-8, 2, 3]\n");
}

TEST_CASE("moves carry where they read") {
    CHECK(nodes_of(transpose<1, 0>(x)) == "8 transpose 0 order 1 0 [5, 4]\n");
    CHECK(nodes_of(slice<-1, 1, 5, 2>(x)) == "8 slice 0 axis 1 at 1 by 2 [4, 2]\n");
    CHECK(nodes_of(pad<0, 2, 1>(x)) == "8 pad 0 axis 0 at 2 [7, 5]\n");
    CHECK(nodes_of(insert_axis<1>(flatten(batch))) == "8 reshape 7 [-8, 10]\n9 reshape 7 [-8, 1, 10]\n");
    // The second operand lends its shape and is no operand of the node.
    CHECK(nodes_of(broadcast_like(row, x)) == "8 broadcast 1 [4, 5]\n");
    CHECK(nodes_of(sum_like(x, column)) == "8 sum 0 over 1 [4, 1]\n");
}

TEST_CASE("a result has the type of its first operand that is neither mask nor number, or the op's own") {
    CHECK(nodes_of(x < 0.5) == "8 0.5 []\n9 less 0 8 [4, 5] bool\n");
    CHECK(nodes_of(select(mask, 0.5, x)) == "8 0.5 []\n9 select 5 8 0 [4, 5]\n");
    CHECK(nodes_of(select(mask, 0.5, 2.0)) == "8 0.5 []\n9 2 []\n10 select 5 8 9 [4, 5]\n");
    CHECK(nodes_of(labels * labels) == "8 multiply 4 4 [4] i32\n");
    CHECK(nodes_of(cast<double>(labels)) == "8 cast 4 [4]\n");
    CHECK(nodes_of(transpose<1, 0>(mask)) == "8 transpose 5 order 1 0 [5, 4] bool\n");
    CHECK(nodes_of(argmax(x)) == "8 argmax 0 over 1 [4, 1] i32\n9 reshape 8 [4] i32\n");
    CHECK(nodes_of(one_hot<3>(labels)) == "8 reshape 4 [4, 1] i32\n9 index [3] i32\n10 equal 8 9 [4, 3] bool\n");
}

TEST_CASE("a number among integers is an integer, whether it is known while compiling or to the run") {
    CHECK(nodes_of(labels - 2) == "8 2 []\n9 2 [] i32\n10 subtract 4 9 [4] i32\n");
    CHECK(nodes_of(2 - labels) == "8 2 []\n9 2 [] i32\n10 subtract 9 4 [4] i32\n");
    CHECK(number_of(labels * 1) == 4);
    CHECK(nodes_of(labels - whole) == "8 state 0 at 2 [] i32\n9 subtract 4 8 [4] i32\n");
    CHECK(nodes_of(x - rate) == "8 subtract 0 6 [4, 5]\n");
    CHECK(nodes_of(labels < 2) == "8 2 []\n9 2 [] i32\n10 less 4 9 [4] bool\n");
}

TEST_CASE("a number among floats of the other size is one of theirs: an expression's in a region of its own, a run's by a cast") {
    const auto single = cast<float>(x);
    CHECK(nodes_of(single * rate) == "8 cast 0 [4, 5] f32\n9 parameter 0 at 2 [] f32\n10 multiply 8 9 [4, 5] f32\n");
    CHECK(nodes_of(single * 0.5) == "8 cast 0 [4, 5] f32\n9 0.5 []\n10 0.5 [] f32\n11 multiply 8 10 [4, 5] f32\n");
    using E = std::remove_const_t<decltype(single * rate)>;
    const Lowered<E> run(single * rate, false);
    CHECK(text_of(run.b.graph, Ops<Lowered<E>::List>::facts, leaves) == "8 cast 0 [4, 5] f32\n9 cast 6 [] f32\n10 multiply 8 9 [4, 5] f32\n");
}

TEST_CASE("the operand of a composed op is computed once, even where nothing would share it") {
    // Two calls for random numbers are two nodes: that one is left shows that the operand was bound.
    const auto noise = apply<RandomLikeOp>(x);
    CHECK(nodes_of(noise + noise * (noise * noise)).find("11 random") != std::string::npos);
    CHECK(nodes_of(thrice(noise, row)) == "8 random [4, 5]\n9 multiply 8 8 [4, 5]\n10 multiply 1 9 [4, 5]\n11 add 8 10 [4, 5]\n");
    CHECK(nodes_of(thrice(thrice(noise, 0.5), 1)) ==
          "8 random [4, 5]\n9 0.5 []\n10 multiply 8 8 [4, 5]\n11 multiply 9 10 [4, 5]\n12 add 8 11 [4, 5]\n13 1 []\n14 multiply 12 12 [4, 5]\n15 add 12 14 [4, 5]\n");
    CHECK(Lowered(doubled<20>(noise)).b.graph.nodes == leaves + 1 + 20);
}

TEST_CASE("softmax and dropout, node by node") {
    CHECK(nodes_of(softmax(x)) == "8 max 0 over 1 [4, 1]\n9 detach 8 [4, 1]\n10 subtract 0 9 [4, 5]\n11 exp 10 [4, 5]\n12 sum 11 over 1 [4, 1]\n13 divide 11 12 [4, 5]\n");
    CHECK(nodes_of(dropout(x, 0.75)) ==
          "8 random [4, 5]\n9 0.75 []\n10 greater_equal 8 9 [4, 5] bool\n11 4 []\n12 0 []\n13 select 10 11 12 [4, 5]\n14 multiply 0 13 [4, 5]\n");
}

// Lowering is as well a matter of constants.
constexpr auto at_compile_time = Lowered(relu(matmul(x, w) + 1));
static_assert(at_compile_time.b.graph.nodes == leaves + 4 && at_compile_time.b.dims(at_compile_time.id) == Dims{2, {4, 3}});

}  // namespace strata::test
