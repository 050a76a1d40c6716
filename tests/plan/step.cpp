// SPDX-License-Identifier: BSL-1.0
#include <strata/plan/step.hpp>

#include <doctest/doctest.h>

#include <string_view>
#include <type_traits>

#include <strata/exec/gradient.hpp>
#include <strata/op/dropout.hpp>
#include <strata/op/pad.hpp>
#include <strata/op/slice.hpp>
#include <strata/op/softmax.hpp>
#include <strata/op/sum.hpp>
#include <strata/op/take.hpp>
#include <strata/op/transpose.hpp>
#include <strata/optim/adam.hpp>

#include "../support/golden_nets.hpp"
#include "../support/zero.hpp"

namespace strata::test {
namespace {

template <class M, int B>
using Training = typename TrainingStep<M, CrossEntropy, Adam, B>::Plan;
template <class M, int B>
using Inference = typename Session<M, B>::Plan;
template <class E>
using Expressed = Program<detail::ExpressionTrace<E>>;
template <int... D>
using F = TensorLeaf<float, Shape<D...>>;

// --- a step's type, read back --------------------------------------------------------------------------------------------------
template <class List, Do W, int Section, DType T, class Op, int A, int B, int C, int Operand, long Bits>
constexpr bool says(Act<W, Section, T, Op, A, B, C, Operand, Bits>, const Instruction& x) {
    if constexpr (W == Do::apply) {
        if (std::string_view(Op::name) != Ops<List>::facts[x.op].name) return false;
    } else if (!std::is_void_v<Op>) {
        return false;
    }
    const bool folds = W == Do::fold || W == Do::column;
    return W == x.what && Section == x.section && T == x.type && A == x.in[0] && B == (folds ? x.op : x.in[1]) && C == x.in[2] && Operand == x.operand && Bits == x.bits;
}
template <Source From, DType T, bool Padded, bool Written, long Elements, long... S>
constexpr bool says_plainly(Access<From, T, Padded, Written, Elements, S...>, const Operand& o) {
    const long stride[] = {S...};
    for (int l = 0; l < max_loops; ++l)
        if (stride[l] != o.stride[l]) return false;
    return From == o.source && T == o.type && Padded == o.padded && Written == o.written && (!Written || Elements == o.elements);
}
template <class A>
constexpr bool says(A a, const Operand& o) {
    return o.border[0].loop == 0 && o.rows == 0 && says_plainly(a, o) && A::aligned == (o.source != Source::memory || o.stride[lane_loop] != 1 || (o.offset % 16 == 0 && o.turn.stride % 16 == 0));
}
template <class A, int L0, int Low0, int High0, int L1, int Low1, int High1>
constexpr bool says(Within<A, L0, Low0, High0, L1, Low1, High1>, const Operand& o) {
    const Border &b = o.border[0], &c = o.border[1];
    return says_plainly(A{}, o) && L0 == b.loop - 1 && Low0 == b.low && High0 == b.high && L1 == c.loop - 1 && Low1 == c.low && High1 == c.high;
}
template <class A, long Row, int Rows>
constexpr bool says(RowsOf<A, Row, Rows>, const Operand& o) {
    return says_plainly(A{}, o) && Row == o.row && Rows == o.rows;
}
template <class List, class... A, class... I>
constexpr bool says_code(Accesses<A...>, Acts<I...>, const AnyCode& code) {
    int i = 0, o = 0;
    const bool same = (says<List>(I{}, code.instruction[i++]) && ... && true) && (says(A{}, code.operand[o++]) && ... && true);
    return same && i == code.instructions && o == code.operands;
}
constexpr bool says_loops(const int (&n)[max_loops], const Loops& loops) {
    for (int l = 0; l < max_loops; ++l)
        if (n[l] != loops.extent[l]) return false;
    return true;
}
template <class P, int S>
struct Own {
    static constexpr AnyCode code = encode(P::graph, P::plan, Ops<typename P::List>::facts, P::policy, S);
};
template <class P, int S, class R, class N, class A, class I>
constexpr bool says_step(LoopStep<R, N, A, I>) {
    constexpr const AnyCode& code = Own<P, S>::code;
    const int n[] = {N::n0, N::n1, N::n2, N::n3, N::n4, N::n5, N::n6, N::n7};
    return P::plan.group[S].anchor == Kind::map && std::is_same_v<R, typename P::Real> && says_loops(n, code.loops) && N::bounded == code.loops.bounded &&
           N::unit == code.loops.unit && N::vertical == code.loops.vertical && N::sections == code.sections && says_code<typename P::List>(A{}, I{}, code);
}
template <class P, int S, class R, class F, int B, int M, int N, int K, int Bd, int U, long AB, long AM, long AK, long BB, long BK, long BN, bool Sw, class A, class I, class BA, class BI>
constexpr bool says_step(ContractStep<R, F, B, M, N, K, Bd, U, AB, AM, AK, BB, BK, BN, Sw, A, I, BA, BI>) {
    if (P::plan.group[S].anchor != Kind::contract || !says_code<typename P::List>(A{}, I{}, Own<P, S>::code)) return false;
    if (!has_prologue(P::graph, P::plan, S)) return std::is_same_v<BA, Accesses<>> && std::is_same_v<BI, Acts<>>;
    return says_code<typename P::List>(BA{}, BI{}, encode_prologue(P::graph, P::plan, Ops<typename P::List>::facts, P::policy, S));
}
template <class P, int S, class R, class Of, Convolve Role, int Cap, int U, bool L, int C, int H, int W, int Fs, int KH, int KW, int SY, int SX, int PY, int PX, int DY, int DX, int G, class A, class I>
constexpr bool says_step(ConvolutionStep<R, Of, Role, Cap, U, L, C, H, W, Fs, KH, KW, SY, SX, PY, PX, DY, DX, G, A, I>) {
    return P::plan.group[S].anchor == Kind::convolution && says_code<typename P::List>(A{}, I{}, Own<P, S>::code);
}
template <class P, int S, class R, Fold Fd, bool Gr, int Cap, int U, bool L, int C, int H, int W, int KY, int KX, int SY, int SX, int PY, int PX, class A, class I>
constexpr bool says_step(WindowStep<R, Fd, Gr, Cap, U, L, C, H, W, KY, KX, SY, SX, PY, PX, A, I>) {
    return P::plan.group[S].anchor == Kind::window && says_code<typename P::List>(A{}, I{}, Own<P, S>::code);
}
template <class P, int S, DType N, DType I, int B, int R, int C, int K, int Bd, int U>
constexpr bool says_step(ScatterStep<N, I, B, R, C, K, Bd, U>) {
    return P::plan.group[S].anchor == Kind::scatter;
}
/// Whether the types of a program's steps say all of their code, and nothing else.
template <class P, int... S>
constexpr bool types_say_all(std::integer_sequence<int, S...>) {
    return (says_step<P, S>(typename P::template StepType<S>{}) && ... && true);
}
template <class P>
constexpr bool types_say_all() {
    return types_say_all<P>(std::make_integer_sequence<int, P::kernels>{});
}

// --- graphs of one anchor -------------------------------------------------------------------------------------------------------
struct Anchored {
    Graph<8, 1> g;
    Plan<8, 2> plan;
    int leaf(const Dims& d) {
        g.node[g.nodes].kind = Kind::leaf;
        g.node[g.nodes].type = DType::f32;
        g.node[g.nodes].dims = d;
        return g.nodes++;
    }
    int add(Kind kind, const Dims& d, int a, int b, std::initializer_list<int> attributes) {
        Node& n = g.node[g.nodes];
        n.kind = kind;
        n.op = -1;
        n.type = DType::f32;
        n.dims = d;
        n.in[n.arity++] = a;
        if (b >= 0) n.in[n.arity++] = b;
        int i = 0;
        for (const int v : attributes) n.attributes.value[i++] = v;
        return g.nodes++;
    }
    ProductFacts product(int node, int batch) {
        plan.capacity = batch;
        return detail::product_facts(g, plan, g.node[node], node, Policy{});
    }
};
bool strides(const ProductFacts& f, long a_batch, long a_m, long a_k, long b_batch, long b_k, long b_n) {
    return f.a_batch == a_batch && f.a_m == a_m && f.a_k == a_k && f.b_batch == b_batch && f.b_k == b_k && f.b_n == b_n;
}
bool sizes(const ProductFacts& f, int batches, int m, int n, int k, int bounded, int unit) {
    return f.batches == batches && f.m == m && f.n == n && f.k == k && f.bounded == bounded && f.unit == unit;
}

// --- equal steps ------------------------------------------------------------------------------------------------------------------
template <class... L>
using Net = Model<Sequential<L...>, Shape<8>>;
using Three = Inference<Net<Dense<8>, Relu, Dense<8>, Relu, Dense<8>, Relu>, 16>;
using Longer = Inference<Net<Dense<5>, Dense<8>, Relu, Dense<8>, Relu, Dense<3>>, 16>;
using Twice = Expressed<decltype(matmul(dropout(matmul(dropout(F<8, 8>{}, 0.5), F<8, 8>{}), 0.5), F<8, 8>{}))>;
template <class P, int S>
using Step = typename P::template StepType<S>;
}  // namespace

// Addresses, regions and streams of random numbers are no part of a type; what is computed, and in which type and size, is.
static_assert(Three::kernels == 3 && Longer::kernels == 4);
static_assert(std::is_same_v<Step<Three, 0>, Step<Three, 1>> && std::is_same_v<Step<Three, 1>, Step<Three, 2>>);
static_assert(std::is_same_v<Step<Three, 0>, Step<Longer, 2>> && !std::is_same_v<Step<Three, 0>, Step<Longer, 1>>);
static_assert(!std::is_same_v<Step<Three, 0>, Step<Inference<Net<Dense<8>, Dense<8>>, 16>, 0>>);
static_assert(!std::is_same_v<Step<Three, 0>, Step<Inference<Net<Dense<8>, Relu>, 17>, 0>>);
static_assert(!std::is_same_v<Step<Three, 0>, Step<Inference<Model<Sequential<Dense<8>, Relu>, Shape<8>, Host, Precision<double>>, 16>, 0>>);
static_assert(Twice::kernels == 4 && std::is_same_v<Step<Twice, 0>, Step<Twice, 2>> && std::is_same_v<Step<Twice, 1>, Step<Twice, 3>>);

TEST_CASE("the type of a step says all of its code") {
    CHECK(types_say_all<Expressed<decltype(softmax(matmul(relu(F<9, 6>{} * F<6>{}), F<6, 33>{}) + F<33>{}))>>());
    CHECK(types_say_all<Expressed<decltype(pad<1, 2, 1>(F<9, 6>{}) * 2.0 + pad<0, 1, 2>(F<6, 9>{}))>>());
    CHECK(types_say_all<Expressed<decltype(take<0>(F<9, 6>{}, TensorLeaf<std::int32_t, Shape<4>>{}) * 2.0)>>());
    using Odd = Expressed<decltype(slice<0, 3, to_end, 1>(F<9, 6>{}) * slice<0, 2, 8, 1>(F<9, 6>{}))>;
    CHECK(encode(Odd::graph, Odd::plan, Ops<Odd::List>::facts, Odd::policy, 0).operand[0].offset % 16 == 8);  // 72 and 48 bytes from their arrays' begins
    CHECK(types_say_all<Odd>());
    // Loops that cannot become one, over rows and within a row.
    CHECK(types_say_all<Expressed<decltype(F<3, 4, 5, 6>{} + transpose<2, 1, 0, 3>(F<5, 4, 3, 6>{}))>>());
    CHECK(types_say_all<Expressed<decltype(sum_keep(F<2, 3, 4, 5>{} * transpose<0, 2, 1, 3>(F<2, 4, 3, 5>{}), axes<1, 2, 3>))>>());
    CHECK(types_say_all<Twice>());
    static_assert(Training<ResidualNet<float>, 32>::kernels > detail::steps_at_once);
    CHECK(types_say_all<Training<ResidualNet<float>, 32>>());
    CHECK(types_say_all<Training<LeNet<float>, 3>>());
}
TEST_CASE("a border finds the elements between its ends, the first of them at the array's begin") {
    using A = Access<Source::memory, DType::f32, false, false, 0, 0, 20, 0, 0, 0, 0, 0, 1>;
    using One = Within<A, lane_loop, 2, 5, -1, 0, 0>;
    static_assert(One::lane_border && One::lane_low == 2 && One::lane_high == 5 && One::origin == -2);
    using Two = Within<A, 1, 1, 4, lane_loop, 2, 5>;
    static_assert(Two::lane_border && Two::lane_low == 2 && Two::lane_high == 5 && Two::origin == -22);
    static_assert(!Within<A, 1, 1, 4, -1, 0, 0>::lane_border);
    for (long i = 0; i < 8; ++i) {
        CHECK(One::has<lane_loop>(i) == (i >= 2 && i < 5));
        CHECK(One::has<1>(i));
        CHECK(Two::has<1>(i) == (i >= 1 && i < 4));
    }
}
TEST_CASE("products: sizes, what the batch bounds, strides of either operand, transposed or not") {
    Anchored a;
    const int x = a.leaf({2, {-6, 5}}), w = a.leaf({2, {5, 7}}), v = a.leaf({2, {7, 5}}), dy = a.leaf({2, {-6, 7}});
    ProductFacts f = a.product(a.add(Kind::contract, {2, {-6, 7}}, x, w, {0, 0}), 6);
    CHECK((sizes(f, 1, 6, 7, 5, 1, 1) && strides(f, 0, 5, 1, 0, 7, 1) && !f.swapped));
    f = a.product(a.add(Kind::contract, {2, {-6, 7}}, x, v, {0, 1}), 3);
    CHECK((sizes(f, 1, 6, 7, 5, 1, 2) && strides(f, 0, 5, 1, 0, 1, 5)));
    f = a.product(a.add(Kind::contract, {2, {5, 7}}, x, dy, {1, 0}), 6);  // a weight's gradient
    CHECK((sizes(f, 1, 5, 7, 6, 2, 1) && strides(f, 0, 1, 5, 0, 7, 1)));
    Anchored b;
    const int q = b.leaf({3, {-4, 3, 5}}), k = b.leaf({3, {-4, 7, 5}});
    f = b.product(b.add(Kind::contract, {3, {-4, 3, 7}}, q, k, {0, 1}), 2);
    CHECK((sizes(f, 4, 3, 7, 5, 3, 2) && strides(f, 15, 5, 1, 35, 1, 5)));
    const int turned = b.add(Kind::move, {3, {-4, 5, 3}}, q, -1, {static_cast<int>(Move::transpose), 0, 2, 1});
    f = b.product(b.add(Kind::contract, {3, {-4, 7, 3}}, k, turned, {0, 0}), 4);
    CHECK((sizes(f, 4, 7, 3, 5, 3, 1) && strides(f, 35, 5, 1, 15, 1, 5)));
    Anchored c;
    const int matrix = c.leaf({2, {5, 7}});
    const int product = c.add(Kind::contract, {2, {5, 5}}, matrix, matrix, {0, 1});
    c.plan.node[product].lanes = true;
    CHECK((sizes(c.product(product, 6), 1, 5, 5, 7, 0, 1) && c.product(product, 6).swapped));
}
TEST_CASE("convolutions and windows: the image's sizes, whichever of the three roles") {
    Anchored a;
    const int x = a.leaf({4, {-8, 2, 9, 11}}), w = a.leaf({4, {3, 2, 5, 4}}), dy = a.leaf({4, {-8, 3, 4, 5}});
    a.plan.capacity = 4;
    const auto role = [&](Convolve r, const Dims& d, int first, int second) {
        const int id = a.add(Kind::convolution, d, first, second, {static_cast<int>(r), 2, 2, 1, 1, 1, 1, 1});
        return detail::slide_facts(a.g, a.plan, a.g.node[id], id, Policy{});
    };
    for (const SlideFacts& f : {role(Convolve::forward, {4, {-8, 3, 4, 5}}, x, w), role(Convolve::data, {4, {-8, 2, 9, 11}}, dy, w), role(Convolve::weight, {4, {3, 2, 5, 4}}, x, dy)}) {
        CAPTURE(f.choice);
        CHECK((f.capacity == 8 && f.unit == 2 && f.channels == 2 && f.height == 9 && f.width == 11));
        CHECK((f.filters == 3 && f.kernel_y == 5 && f.kernel_x == 4 && !f.gradient && !f.lanes));
        CHECK((f.value[0] == 2 && f.value[1] == 2 && f.value[2] == 1 && f.value[3] == 1 && f.value[4] == 1 && f.value[5] == 1 && f.value[6] == 1));
    }
    Anchored p;
    const int image = p.leaf({4, {6, 2, 9, 11}});
    p.plan.capacity = 1;
    const int pool = p.add(Kind::window, {4, {6, 2, 4, 3}}, image, -1, {static_cast<int>(Fold::max), 0, 2, 3, 2, 4, 0, 1});
    p.plan.node[pool].lanes = true;
    const SlideFacts f = detail::slide_facts(p.g, p.plan, p.g.node[pool], pool, Policy{});
    CHECK((f.choice == static_cast<int>(Fold::max) && f.capacity == 6 && f.unit == 0 && f.lanes && f.channels == 2 && f.height == 9 && f.width == 11));
    CHECK((f.kernel_y == 2 && f.kernel_x == 3 && f.value[0] == 2 && f.value[1] == 4 && f.value[2] == 0 && f.value[3] == 1));
}
TEST_CASE("steps begin as zeros") {
    CHECK(begins_as_zeros<StepPlan>());
    CHECK(begins_as_zeros<detail::Steps<3, 2, 4>>());
}

}  // namespace strata::test
