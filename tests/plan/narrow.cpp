// SPDX-License-Identifier: BSL-1.0
#include <strata/plan/narrow.hpp>

#include <doctest/doctest.h>

#include <type_traits>

#include <strata/exec/expression.hpp>
#include <strata/op/add.hpp>
#include <strata/op/cast.hpp>
#include <strata/op/matmul.hpp>
#include <strata/op/multiply.hpp>
#include <strata/op/transpose.hpp>

#include "../support/steps.hpp"

namespace strata::test {
namespace {

/// Programs of a place whose products read narrow operands.
template <class F, bool Narrow, class... I>
struct Read : Traced<F, float, 1, true, I...> {
    static constexpr Policy policy = [] {
        Policy p = PolicyOn<Host, float>::value;
        p.narrow_factors = Narrow;
        return p;
    }();
};
template <class S>
struct FactorsIn;
template <class R, class F, long AB, long AM, long AK, long BB, long BK, long BN, bool S, class O, class A, class BO, class BA, int B, int M, int Nn, int K, int Bd, int U>
struct FactorsIn<ContractStep<R, F, B, M, Nn, K, Bd, U, AB, AM, AK, BB, BK, BN, S, O, A, BO, BA>> {
    static constexpr DType left = F::left, right = F::right;
    static constexpr bool computes_left = !std::is_same_v<BA, Acts<>>;
    static constexpr long a_m = AM, a_k = AK, b_k = BK, b_n = BN;
};
template <class T, int S = 0>
using FactorsOf = FactorsIn<StepIn<T, S>>;
constexpr DType b16 = DType::bf16, f32 = DType::f32, h16 = DType::f16;

constexpr auto plain = [](auto a, auto b) { return results(matmul(cast<float>(a), cast<float>(b))); };
using Plain = Read<decltype(plain), true, In<bf16, 5, 7>, In<f16, 7, 3>>;
static_assert(Program<Plain>::kernels == 1 && FactorsOf<Plain>::left == b16 && FactorsOf<Plain>::right == h16);
static_assert(Program<Plain>::graph.nodes == 3);
using Wide = Read<decltype(plain), false, In<bf16, 5, 7>, In<f16, 7, 3>>;
static_assert(Program<Wide>::kernels == 2 && FactorsOf<Wide, 1>::left == f32 && FactorsOf<Wide, 1>::right == f32 && FactorsOf<Wide, 1>::computes_left);

/// Through views on both sides of the cast.
constexpr auto turned = [](auto a, auto b) { return results(matmul(transpose<1, 0>(cast<float>(a)), cast<float>(transpose<1, 0>(b)))); };
using Turned = Read<decltype(turned), true, In<bf16, 7, 5>, In<bf16, 3, 7>>;
static_assert(Program<Turned>::kernels == 1 && FactorsOf<Turned>::left == b16 && FactorsOf<Turned>::right == b16);
static_assert(FactorsOf<Turned>::a_m == 1 && FactorsOf<Turned>::a_k == 5 && FactorsOf<Turned>::b_k == 1 && FactorsOf<Turned>::b_n == 7);

/// What something else reads too stays wide for it. A view of what is widened is one of the 16-bit value (graph.hpp), which others widen after it.
constexpr auto shared = [](auto a, auto b) {
    const auto x = cast<float>(a);
    return results(matmul(x, cast<float>(b)) + x);
};
using Shared = Read<decltype(shared), true, In<bf16, 5, 5>, In<bf16, 5, 5>>;
static_assert(Program<Shared>::kernels == 1 && FactorsOf<Shared>::left == b16);
constexpr auto seen_twice = [](auto a, auto b) {
    const auto x = transpose<1, 0>(cast<float>(a));
    return results(matmul(x, cast<float>(b)), x * 2);
};
using SeenTwice = Read<decltype(seen_twice), true, In<bf16, 5, 5>, In<bf16, 5, 5>>;
template <class T>
constexpr int products = [] {
    int n = 0;
    for (int i = 0; i < Program<T>::graph.nodes; ++i) {
        const Node& x = Program<T>::graph.node[i];
        if (x.kind == Kind::contract) n += 10 * (Program<T>::graph.node[x.in[0]].type == b16) + (Program<T>::graph.node[x.in[1]].type == b16);
    }
    return n;
}();
static_assert(products<SeenTwice> == 11);

/// A cast that rounds, or from whole numbers, is none that a product does itself.
constexpr auto other = [](auto a, auto b) { return results(matmul(cast<float>(a), cast<float>(b))); };
using Other = Read<decltype(other), true, In<std::int32_t, 5, 7>, In<double, 7, 3>>;
static_assert(Program<Other>::kernels == 2 && FactorsOf<Other, 1>::left == f32 && FactorsOf<Other, 1>::right == f32);
}  // namespace

TEST_CASE("products read what a cast widens, others the widened value") {
    constexpr const auto& g = Program<Shared>::graph;
    int wide = 0;
    for (int i = 0; i < g.nodes; ++i) wide += g.node[i].kind == Kind::map && Ops<typename Shared::List>::facts[g.node[i].op].converts;
    CHECK(wide == 1);  // of the operand that is added, not of the other
    const auto& same = with_narrow_factors(Program<Shared>::traced, Ops<typename Shared::List>::facts, Policy{});
    CHECK(same.node[same.nodes - 1].in[0] == Program<Shared>::traced.node[same.nodes - 1].in[0]);
}

}  // namespace strata::test
