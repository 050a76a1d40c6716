// SPDX-License-Identifier: BSL-1.0
#include <strata/graph/rounding.hpp>

#include <doctest/doctest.h>

#include <strata/graph/differentiate.hpp>
#include <strata/graph/simplify.hpp>
#include <strata/op/cast.hpp>
#include <strata/op/exp.hpp>
#include <strata/op/matmul.hpp>
#include <strata/op/multiply.hpp>
#include <strata/op/reshape.hpp>
#include <strata/op/sum.hpp>
#include <strata/op/tanh.hpp>

#include "../support/graph_text.hpp"

namespace strata::test {
namespace {

template <int... D>
using In = Ref<Shape<D...>, float>;
using List = OpsOf<decltype(matmul(In<2, 2>{}, In<2, 2>{})), decltype(reshape<Shape<4, 3>>(In<2, 6>{})), decltype(reshape<Shape<3, 4>>(In<6, 2>{})), decltype(tanh(AnyRef{})), decltype(exp(AnyRef{})), decltype(AnyRef{} * AnyRef{}), decltype(sum_keep(In<2, 2>{}, axes<>)), decltype(cast<bf16>(AnyRef{}))>;
constexpr const OpFacts* facts = Ops<List>::facts;
constexpr Rounding rounding{DType::bf16, Ops<List>::place<CastOp<bf16>>, Ops<List>::place<CastOp<float>>};

struct Built {
    Builder<96, 8> b;
    constexpr Built() {
        b.facts = facts;
        b.real = DType::f32;
    }
    template <int... D>
    constexpr In<D...> leaf(int index) {
        return {b.leaf(Region::input, index, 0, DType::f32, Shape<D...>::dims())};
    }
    template <class E>
    constexpr Ref<typename E::Shape, float> put(const E& e) {
        return {lower<List>(b, e)};
    }
    /// The graph after the pass, without what is dead.
    std::string rounded() const {
        const auto g = with_rounded_products(b.graph, rounding);
        CHECK(ill_formed(g) == "");
        return text_of(without_dead<192, 8>(g), facts, 0, DType::f32);
    }
};
}  // namespace

TEST_CASE("each operand of a product is rounded and widened once, whoever reads it; others read it as it was") {
    Built t;
    const auto x = t.leaf<4, 3>(0);
    const auto w = t.leaf<3, 3>(1);
    const auto y = t.put(tanh(matmul(x, w)));
    t.b.sink(t.put(matmul(y, w) * y).id, Region::output, 0);
    CHECK(t.rounded() ==
          "0 input 0 [4, 3]\n"
          "1 input 1 [3, 3]\n"
          "2 cast 0 [4, 3] bf16\n"
          "3 cast 2 [4, 3]\n"
          "4 cast 1 [3, 3] bf16\n"
          "5 cast 4 [3, 3]\n"
          "6 matmul 3 5 nn [4, 3]\n"
          "7 tanh 6 [4, 3]\n"
          "8 cast 7 [4, 3] bf16\n"
          "9 cast 8 [4, 3]\n"
          "10 matmul 9 5 nn [4, 3]\n"
          "11 multiply 7 10 [4, 3]\n"
          "output 0 = 11\n");
}
TEST_CASE("values are rounded below the views that show them; what has 16 bits is not rounded again") {
    Built t;
    const auto x = t.leaf<2, 6>(0);
    const Ref<Shape<6, 2>, bf16> w{t.b.leaf(Region::input, 1, 0, DType::bf16, Shape<6, 2>::dims())};
    const auto y = t.put(exp(x));
    t.b.sink(t.put(matmul(reshape<Shape<4, 3>>(y), reshape<Shape<3, 4>>(cast<float>(w)))).id, Region::output, 0);
    t.b.sink(t.put(matmul(y, cast<float>(w))).id, Region::output, 1);
    CHECK(t.rounded() ==
          "0 input 0 [2, 6]\n"
          "1 input 1 [6, 2] bf16\n"
          "2 exp 0 [2, 6]\n"
          "3 cast 1 [6, 2]\n"
          "4 reshape 1 [3, 4] bf16\n"
          "5 cast 4 [3, 4]\n"
          "6 cast 2 [2, 6] bf16\n"
          "7 cast 6 [2, 6]\n"
          "8 reshape 7 [4, 3]\n"
          "9 matmul 8 5 nn [4, 4]\n"
          "10 matmul 7 3 nn [2, 2]\n"
          "output 0 = 9\n"
          "output 1 = 10\n");
}
TEST_CASE("derivatives read rounded what products read of the forward values; the rest of them, and leaves, stay") {
    Built t;
    const auto x = t.leaf<4, 3>(0);
    const auto w = t.leaf<3, 3>(1);
    const auto v = t.leaf<3, 2>(2);
    const auto z = t.put(matmul(x, w));
    const auto y = t.put(tanh(z));
    const auto loss = t.put(sum_keep(matmul(y, v) * matmul(y, v), axes<>));
    const int by[] = {w.id};
    int gradient[1] = {};
    differentiate<List>(t.b, loss.id, by, 1, gradient);
    t.b.sink(gradient[0], Region::gradient, 0);
    t.b.sink(t.put(w * 2.f).id, Region::output, 0);
    const auto g = with_rounded_products(t.b.graph, rounding);
    int rounded = 0, leaves = 0, products = 0;
    for (int i = 0; i < g.nodes; ++i) {
        const Node& n = g.node[i];
        const auto reads = [&](int k) -> const Node& { return g.node[n.in[k]]; };
        if (n.kind == Kind::contract) {
            ++products;
            for (int k = 0; k < 2; ++k) CHECK(widens(g, n.in[k]));
        } else if (n.derived && n.kind == Kind::map && n.type == DType::f32) {
            for (int k = 0; k < n.arity; ++k) {
                const auto name = [&](int id) { return std::string(g.node[id].op < 0 ? "" : facts[g.node[id].op].name); };
                rounded += widens(g, n.in[k]) && name(g.node[reads(k).in[0]].in[0]) == "tanh";
                CHECK(name(n.in[k]) != "tanh");
                leaves += reads(k).kind == Kind::leaf;
            }
        }
    }
    CHECK(products == 4);
    CHECK(rounded > 0);
    CHECK(leaves == 1);
}
}  // namespace strata::test
