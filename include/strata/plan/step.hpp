// SPDX-License-Identifier: BSL-1.0
/// Steps as types that say only what a kernel does: equal steps anywhere in any program share one instantiation. Addresses are not
/// part of them.
#pragma once

#include <strata/graph/table.hpp>
#include <strata/plan/code.hpp>

namespace strata {

/// One instruction; `Op` is void but for apply.
template <Do What, int Section, DType T, class Op, int A, int B, int C, int Operand, long Bits>
struct Act {
    static constexpr Do what = What;
    static constexpr int section = Section, a = A, b = B, c = C, operand = Operand;
    static constexpr DType type = T;
    static constexpr double value = __builtin_bit_cast(double, Bits);
    using Apply = Op;
};
/// How an operand is read: its element type and its stride in each loop.
template <Source From, DType T, bool Padded, bool Written, long Elements, long S0, long S1, long S2, long S3, long S4, long S5, long S6, long S7>
struct Access {
    static constexpr Source source = From;
    static constexpr DType type = T;
    static constexpr bool padded = Padded, written = Written;
    static constexpr long elements = Elements;
    static constexpr long outer[4] = {S0, S1, S2, S3}, inner[3] = {S4, S5, S6};
    static constexpr long lane = S7;
    static constexpr long s0 = S0, s1 = S1, s2 = S2, s3 = S3, s4 = S4, s5 = S5, s6 = S6;
    static constexpr bool bordered = false;
};
/// An operand with padding around it: loop L finds elements in its turns [Low, High) alone. L is -1 where there is no second border.
template <class A, int L0, int Low0, int High0, int L1, int Low1, int High1>
struct Within : A {
    static constexpr bool bordered = true;
    static constexpr bool lane_border = L0 == lane_loop || L1 == lane_loop;
    static constexpr int lane_low = L0 == lane_loop ? Low0 : Low1, lane_high = L0 == lane_loop ? High0 : High1;
    static constexpr long stride_of(int loop) { return loop < 0 ? 0 : loop < 4 ? A::outer[loop] : loop < 7 ? A::inner[loop - 4] : A::lane; }
    /// Where place 0 would lie, in elements from the array's begin.
    static constexpr long origin = -(Low0 * stride_of(L0) + Low1 * stride_of(L1));
    /// Whether turn `i` of loop `loop` finds an element.
    template <int Loop>
    static constexpr bool has(long i) {
        return (L0 != Loop || (i >= Low0 && i < High0)) && (L1 != Loop || (i >= Low1 && i < High1));
    }
};
template <class... A>
struct Accesses {};
template <class... I>
struct Acts {
    static constexpr int count = sizeof...(I);
};
/// Loop extents (capacities), which loop the batch count bounds and its turns a sample, whether lanes hold rows.
template <int N0, int N1, int N2, int N3, int N4, int N5, int N6, int N7, int Bounded, int Unit, bool Vertical, int Sections>
struct Nest {
    static constexpr int bounded = Bounded, unit = Unit, sections = Sections;
    static constexpr bool vertical = Vertical;
    static constexpr int n0 = N0, n1 = N1, n2 = N2, n3 = N3, n4 = N4, n5 = N5, n6 = N6, n7 = N7;
};

/// A fused loop: maps, row folds, column sums.
template <class Real, class Nest, class Access, class Acts>
struct LoopStep {};
/// A matrix product and the code put on its result.   Extents are capacities; the batch bounds m (1), k (2) or nothing (0).
/// Before, BeforeActs: the code that computes rows of the left operand into scratch memory, its last access; empty where it lies in memory.
template <class Real, int Batch, int M, int N, int K, int Bounded, int Unit, long AB, long AM, long AK, long BB, long BK, long BN, bool Swapped, class Access, class Acts,
          class Before, class BeforeActs>
struct ContractStep {};
/// A convolution (role: forward, data, weight) and the code put on its result.   Unit: samples for each of the run's count; 0: always Capacity.
template <class Real, Convolve Role, int Capacity, int Unit, bool BatchInnermost, int C, int H, int W, int F, int KH, int KW, int SY, int SX, int PY, int PX, int DY, int DX, int Groups, class Access, class Acts>
struct ConvolutionStep {};
/// Pooling or its gradient and the code put on its result.   Unit: as above.
template <class Real, Fold F, bool Gradient, int Capacity, int Unit, bool BatchInnermost, int C, int H, int W, int KY, int KX, int SY, int SX, int PY, int PX, class Access, class Acts>
struct WindowStep {};

namespace detail {
template <class L, int Op>
struct OpOr {
    using type = typename OpAt<L, Op>::type;
};
template <class L>
struct OpOr<L, -1> {
    using type = void;
};

/// `C::code` as types.
template <class C, class L, class I, class O>
struct Reified;
template <class C, class L, int... I, int... O>
struct Reified<C, L, std::integer_sequence<int, I...>, std::integer_sequence<int, O...>> {
    template <int N>
    static constexpr Instruction act = C::code.instruction[N];
    template <int N>
    static constexpr Operand access = C::code.operand[N];
    using acts = Acts<Act<act<I>.what, act<I>.section, act<I>.type, typename OpOr<L, act<I>.what == Do::apply ? act<I>.op : -1>::type, act<I>.in[0],
                          act<I>.what == Do::fold || act<I>.what == Do::column ? act<I>.op : act<I>.in[1], act<I>.in[2], act<I>.operand, act<I>.bits>...>;
    template <int N>
    using Plain = Access<access<N>.source, access<N>.type, access<N>.padded, access<N>.written, access<N>.written ? access<N>.elements : 0, access<N>.stride[0],
                         access<N>.stride[1], access<N>.stride[2], access<N>.stride[3], access<N>.stride[4], access<N>.stride[5], access<N>.stride[6],
                         access<N>.stride[7]>;
    template <int N>
    using Bordered = std::conditional_t<access<N>.border[0].loop == 0, Plain<N>,
                                        Within<Plain<N>, access<N>.border[0].loop - 1, access<N>.border[0].low, access<N>.border[0].high,
                                               access<N>.border[1].loop - 1, access<N>.border[1].low, access<N>.border[1].high>>;
    using accesses = Accesses<Bordered<O>...>;
};
}  // namespace detail

namespace detail {
/// The code of a product's left operand as types.
template <class P, int S>
struct Prologue {
    static constexpr AnyCode any = encode_prologue(P::graph, P::plan, Ops<typename P::List>::facts, P::policy, S);
    static constexpr auto code = trimmed<any.instructions, any.operands>(any);
    using R = Reified<Prologue, typename P::List, std::make_integer_sequence<int, any.instructions>, std::make_integer_sequence<int, any.operands>>;
    using accesses = typename R::accesses;
    using acts = typename R::acts;
};
struct NoCode {
    static constexpr Code<1, 1> code{};
    using accesses = Accesses<>;
    using acts = Acts<>;
};
template <bool Has, class P, int S>
struct PrologueIf {
    using type = NoCode;
};
template <class P, int S>
struct PrologueIf<true, P, S> {
    using type = Prologue<P, S>;
};
}  // namespace detail

/// Step S of a program P (graph, plan, policy, List of ops, Real) as a type.
template <class P, int S>
struct Step {
    static constexpr AnyCode any = encode(P::graph, P::plan, Ops<typename P::List>::facts, P::policy, S);
    static constexpr auto code = trimmed<any.instructions, any.operands>(any);
    static constexpr Group group = P::plan.group[S];
    static constexpr Node anchor = P::graph.node[group.node];
    using Real = typename P::Real;
    using R = detail::Reified<Step, typename P::List, std::make_integer_sequence<int, any.instructions>, std::make_integer_sequence<int, any.operands>>;

    using Before = typename detail::PrologueIf<has_prologue(P::graph, P::plan, S), P, S>::type;

    template <int K>
    static constexpr View operand = view_of(P::graph, P::plan, anchor.in[K], P::policy.lanes);
    template <int K>
    static constexpr Dims operand_dims = P::graph.node[anchor.in[K]].dims;

    static constexpr int unit_of(const Dims& d) { return d.bounded() ? capacity(d.extent[0]) / P::plan.capacity : 0; }
    static constexpr auto make() {
        constexpr Attributes at = anchor.attributes;
        if constexpr (group.anchor == Kind::map) {
            constexpr Loops l = code.loops;
            return LoopStep<Real,
                            Nest<l.extent[0], l.extent[1], l.extent[2], l.extent[3], l.extent[4], l.extent[5], l.extent[6], l.extent[7], l.bounded, l.unit,
                                 l.vertical, code.sections>,
                            typename R::accesses, typename R::acts>{};
        } else if constexpr (group.anchor == Kind::contract) {
            constexpr View a = operand<0>, b = operand<1>;
            constexpr Dims da = operand_dims<0>, db = operand_dims<1>, d = anchor.dims;
            constexpr bool ta = at.value[0] != 0, tb = at.value[1] != 0;
            constexpr int m = d.extent[d.rank - 2], n = d.extent[d.rank - 1], k = da.extent[da.rank - (ta ? 2 : 1)];
            static_assert(d.rank <= 3, "strata: products with more than one batch axis need a Reshape to three axes");
            constexpr int batches = d.rank > 2 ? capacity(d.extent[0]) : 1;
            constexpr int bounded = d.rank > 2 && d.extent[0] < 0 ? 3 : m < 0 ? 1 : k < 0 ? 2 : 0;
            constexpr int unit = bounded == 0 ? 1 : capacity(bounded == 3 ? d.extent[0] : bounded == 1 ? m : k) / P::plan.capacity;
            static_assert(n > 0, "strata: a bounded batch cannot be the last axis of a product; transpose it");
            return ContractStep<Real, batches, capacity(m), n, capacity(k), bounded, unit, (da.rank > 2 ? a.stride[0] : 0), a.stride[da.rank - (ta ? 1 : 2)],
                                a.stride[da.rank - (ta ? 2 : 1)], (db.rank > 2 ? b.stride[0] : 0), b.stride[db.rank - (tb ? 1 : 2)],
                                b.stride[db.rank - (tb ? 2 : 1)], P::plan.node[group.node].lanes, typename R::accesses, typename R::acts,
                                typename Before::accesses, typename Before::acts>{};
        } else if constexpr (group.anchor == Kind::convolution) {
            constexpr Convolve role = static_cast<Convolve>(at.value[0]);
            // x and w by role: (x, w) -> y; (dy, w) -> dx; (x, dy) -> dw.
            constexpr Dims x = role == Convolve::data ? anchor.dims : operand_dims<0>, w = role == Convolve::weight ? anchor.dims : operand_dims<1>;
            constexpr int root = role == Convolve::weight ? operand<0>.root : group.node;
            return ConvolutionStep<Real, role, capacity(x.extent[0]), unit_of(x), P::plan.node[root].lanes, x.extent[1], x.extent[2], x.extent[3], w.extent[0], w.extent[2],
                                   w.extent[3], at.value[1], at.value[2], at.value[3], at.value[4], at.value[5], at.value[6], at.value[7],
                                   typename R::accesses, typename R::acts>{};
        } else {
            constexpr bool gradient = at.value[1] != 0;
            constexpr Dims x = gradient ? anchor.dims : operand_dims<0>;
            return WindowStep<Real, static_cast<Fold>(at.value[0]), gradient, capacity(x.extent[0]), unit_of(x), P::plan.node[group.node].lanes, x.extent[1], x.extent[2],
                              x.extent[3], at.value[2], at.value[3], at.value[4], at.value[5], at.value[6], at.value[7], typename R::accesses,
                              typename R::acts>{};
        }
    }
    using type = decltype(make());
};

}  // namespace strata
