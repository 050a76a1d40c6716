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
    static constexpr bool bordered = false, table = false;
    static constexpr bool aligned = true;  ///< begins at a multiple of 16 bytes
};
/// An operand that begins elsewhere than at a multiple of 16 bytes, where vectors of it would matter: its elements lie side by side in the lanes.
template <class A>
struct Askew : A {
    static constexpr bool aligned = false;
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
    STRATA_HD static constexpr bool has(long i) {
        return (L0 != Loop || (i >= Low0 && i < High0)) && (L1 != Loop || (i >= Low1 && i < High1));
    }
};
/// A table: Rows rows, Row elements apart, one of which a gather chooses.
template <class A, long Row, int Rows>
struct RowsOf : A {
    static constexpr bool table = true;
    static constexpr long row = Row;
    static constexpr int rows = Rows;
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
/// The operands of a product as they lie in memory, what their addresses are multiples of (up to 16), how they are multiplied, and the product's
/// tiles where they are given (see Policy).
template <DType Left, DType Right, int LeftAligned = size_of(Left), int RightAligned = size_of(Right), Multiply How = Multiply::exact, int TileM = 0, int TileN = 0,
          int TileK = 0, int Stages = 0>
struct Factors {
    static constexpr DType left = Left, right = Right;
    static constexpr int left_aligned = LeftAligned, right_aligned = RightAligned;
    static constexpr Multiply how = How;
    static constexpr int m = TileM, n = TileN, k = TileK, stages = Stages;
};
/// A matrix product and the code put on its result.   Real: of its results and sums; F: its Factors.   Extents are capacities; the batch bounds m (1), k (2) or nothing (0).
/// Before, BeforeActs: the code that computes rows of the left operand into scratch memory, its last access; empty where it lies in memory.
template <class Real, class F, int Batch, int M, int N, int K, int Bounded, int Unit, long AB, long AM, long AK, long BB, long BK, long BN, bool Swapped, class Access, class Acts,
          class Before, class BeforeActs>
struct ContractStep {};
/// A convolution (role: forward, data, weight) and the code put on its result.   Of: its Factors, left the first operand.   Unit: samples for each of the run's count; 0: always
/// Capacity.
template <class Real, class Of, Convolve Role, int Capacity, int Unit, bool BatchInnermost, int C, int H, int W, int F, int KH, int KW, int SY, int SX, int PY, int PX, int DY, int DX, int Groups, class Access, class Acts>
struct ConvolutionStep {};
/// Pooling or its gradient and the code put on its result.   Unit: as above.
template <class Real, Fold F, bool Gradient, int Capacity, int Unit, bool BatchInnermost, int C, int H, int W, int KY, int KX, int SY, int SX, int PY, int PX, class Access, class Acts>
struct WindowStep {};
/// out[b][v][c] = the sum, in order, of dy[b][i][c] over those i whose index is v.   The batch bounds the blocks (1), the indices (2) or nothing (0).
template <DType Number, DType Index, int Blocks, int Rows, int Columns, int Indices, int Bounded, int Unit>
struct ScatterStep {};

/// What the type of a product's step says beside its code.
struct ProductFacts {
    int batches{}, m{}, n{}, k{}, bounded{}, unit{};
    DType left{}, right{};
    int left_aligned{}, right_aligned{};
    Multiply how{};
    Tiles tiles{};
    long a_batch{}, a_m{}, a_k{}, b_batch{}, b_k{}, b_n{};
    bool swapped{};
};
/// The same of a convolution or pooling.
struct SlideFacts {
    int choice{};  ///< the role of a convolution, the fold of a pool
    bool gradient{}, lanes{};
    int capacity{}, unit{}, channels{}, height{}, width{}, filters{}, kernel_y{}, kernel_x{};
    int value[7]{};  ///< strides, pads, dilations of y and x; groups
    DType left{}, right{};  ///< a convolution's operands
    int left_aligned{}, right_aligned{};
    Multiply how{};
};
/// The same of a scatter.
struct ScatterFacts {
    DType number{}, index{};
    int blocks{}, rows{}, columns{}, indices{}, bounded{}, unit{};
};
/// A step: its code, and that of a product's left operand, by their places in a Steps.
struct StepPlan {
    Kind anchor{};
    int before{};      ///< 0: none
    int operands{};    ///< arrays of the anchor
    int root[3]{};     ///< their nodes
    long offset[3]{};  ///< elements
    ProductFacts product{};
    SlideFacts slide{};
    ScatterFacts scatter{};
};

namespace detail {
/// Steps are encoded so many at a time: one at a time gives a compiler thousands of names of the whole net's length, all at once is more than
/// clang evaluates in one go.
inline constexpr int steps_at_once = 16;

template <int I, int O, int N>
struct Steps {
    Code<I, O> code[N]{};
    StepPlan at[steps_at_once]{};
};
struct StepSizes {
    int instructions = 1, operands = 1, codes = steps_at_once, addresses = 0;
    constexpr void hold(const AnyCode& c) {
        if (c.instructions > instructions) instructions = c.instructions;
        if (c.operands > operands) operands = c.operands;
    }
};
template <class G, class P>
constexpr StepSizes step_sizes(const G& g, const P& plan, const OpFacts* facts, const Policy& policy, int first) {
    StepSizes sizes;
    for (int s = first; s < plan.groups && s < first + steps_at_once; ++s) {
        const AnyCode code = encode(g, plan, facts, policy, s);
        sizes.hold(code);
        int addresses = code.operands + (plan.group[s].anchor == Kind::map ? 0 : g.node[plan.group[s].node].arity);
        if (has_prologue(g, plan, s)) {
            const AnyCode before = encode_prologue(g, plan, facts, policy, s);
            sizes.hold(before);
            addresses += before.operands;
            ++sizes.codes;
        }
        if (addresses > sizes.addresses) sizes.addresses = addresses;
    }
    return sizes;
}
/// What the address of a view is a multiple of, up to 16: regions begin at multiples of 64.
template <class G, class P>
constexpr int alignment_of(const G& g, const P& plan, const View& v) {
    const NodePlan& root = plan.node[v.root];
    const long at = root.offset + v.offset * size_of(g.node[v.root].type);
    int a = 16;
    while (at % a != 0 || root.turn.stride % a != 0) a /= 2;
    return a;
}
constexpr Multiply how_of(DType left, DType right, const Policy& policy) {
    return left == DType::f32 && right == DType::f32 ? policy.multiply : Multiply::exact;
}
template <class G, class P>
constexpr ProductFacts product_facts(const G& g, const P& plan, const Node& anchor, int node, const Policy& policy) {
    const View a = view_of(g, plan, anchor.in[0], policy.lanes), b = view_of(g, plan, anchor.in[1], policy.lanes);
    const Dims &da = g.node[anchor.in[0]].dims, &db = g.node[anchor.in[1]].dims, &d = anchor.dims;
    const bool ta = anchor.attributes.value[0] != 0, tb = anchor.attributes.value[1] != 0;
    const int m = d.extent[d.rank - 2], n = d.extent[d.rank - 1], k = da.extent[da.rank - (ta ? 2 : 1)];
    if (d.rank > 3) refuse("strata: products with more than one batch axis need a Reshape to three axes");
    if (n <= 0) refuse("strata: a bounded batch cannot be the last axis of a product; transpose it");
    ProductFacts f{};
    f.batches = d.rank > 2 ? capacity(d.extent[0]) : 1;
    f.bounded = d.rank > 2 && d.extent[0] < 0 ? 3 : m < 0 ? 1 : k < 0 ? 2 : 0;
    f.unit = f.bounded == 0 ? 1 : capacity(f.bounded == 3 ? d.extent[0] : f.bounded == 1 ? m : k) / plan.capacity;
    f.m = capacity(m), f.n = n, f.k = capacity(k);
    f.a_batch = da.rank > 2 && da.extent[0] != 1 ? a.stride[0] : 0, f.a_m = a.stride[da.rank - (ta ? 1 : 2)], f.a_k = a.stride[da.rank - (ta ? 2 : 1)];
    f.b_batch = db.rank > 2 && db.extent[0] != 1 ? b.stride[0] : 0, f.b_k = b.stride[db.rank - (tb ? 1 : 2)], f.b_n = b.stride[db.rank - (tb ? 2 : 1)];
    f.swapped = plan.node[node].lanes;
    f.left = g.node[a.root].type, f.right = g.node[b.root].type;
    f.left_aligned = alignment_of(g, plan, a), f.right_aligned = alignment_of(g, plan, b);
    f.how = how_of(f.left, f.right, policy);
    f.tiles = tiles_for(policy, f.left, f.m, f.n, f.k);
    return f;
}
template <class G, class P>
constexpr SlideFacts slide_facts(const G& g, const P& plan, const Node& anchor, int node, const Policy& policy) {
    const Attributes& at = anchor.attributes;
    SlideFacts f{};
    f.choice = at.value[0];
    f.gradient = anchor.kind == Kind::window && at.value[1] != 0;
    const bool convolves = anchor.kind == Kind::convolution;
    const Convolve role = convolves ? static_cast<Convolve>(f.choice) : Convolve::forward;
    // x and w by role: (x, w) -> y; (dy, w) -> dx; (x, dy) -> dw.
    const Dims& x = f.gradient || (convolves && role == Convolve::data) ? anchor.dims : g.node[anchor.in[0]].dims;
    f.lanes = plan.node[role == Convolve::weight ? root_of(g, anchor.in[0]) : node].lanes;
    f.capacity = capacity(x.extent[0]);
    f.unit = x.bounded() ? f.capacity / plan.capacity : 0;
    f.channels = x.extent[1], f.height = x.extent[2], f.width = x.extent[3];
    if (convolves) {
        const Dims& w = role == Convolve::weight ? anchor.dims : g.node[anchor.in[1]].dims;
        f.filters = w.extent[0], f.kernel_y = w.extent[2], f.kernel_x = w.extent[3];
        for (int i = 0; i < 7; ++i) f.value[i] = at.value[i + 1];
        const View a = view_of(g, plan, anchor.in[0], policy.lanes), b = view_of(g, plan, anchor.in[1], policy.lanes);
        f.left = g.node[a.root].type, f.right = g.node[b.root].type;
        f.left_aligned = alignment_of(g, plan, a), f.right_aligned = alignment_of(g, plan, b);
        f.how = how_of(f.left, f.right, policy);
    } else {
        f.kernel_y = at.value[2], f.kernel_x = at.value[3];
        for (int i = 0; i < 4; ++i) f.value[i] = at.value[i + 4];
    }
    return f;
}
template <class G, class P>
constexpr ScatterFacts scatter_facts(const G& g, const P& plan, const Node& anchor) {
    const Dims &dy = g.node[anchor.in[0]].dims, &d = anchor.dims;
    const int axis = anchor.attributes.value[0], many = anchor.attributes.value[1];
    ScatterFacts f{};
    f.number = anchor.type;
    f.index = g.node[anchor.in[1]].type;
    f.blocks = f.rows = f.columns = f.indices = 1;
    for (int i = 0; i < axis; ++i) f.blocks *= capacity(d.extent[i]);
    for (int i = 0; i < many; ++i) f.indices *= capacity(dy.extent[axis + i]);
    for (int i = axis + 1; i < d.rank; ++i) f.columns *= d.extent[i];
    f.rows = d.extent[axis];
    f.bounded = !dy.bounded() ? 0 : axis > 0 ? 1 : 2;
    f.unit = f.bounded == 0 ? 1 : (axis > 0 ? f.blocks : f.indices) / plan.capacity;
    return f;
}
template <int I, int O, int N, class G, class P>
constexpr Steps<I, O, N> steps_from(const G& g, const P& plan, const OpFacts* facts, const Policy& policy, int first) {
    Steps<I, O, N> out;
    int codes = steps_at_once;
    for (int s = first; s < plan.groups && s < first + steps_at_once; ++s) {
        const Group& group = plan.group[s];
        const Node& anchor = g.node[group.node];
        StepPlan& step = out.at[s - first];
        out.code[s - first] = trimmed<I, O>(encode(g, plan, facts, policy, s));
        if (has_prologue(g, plan, s)) {
            step.before = codes;
            out.code[codes++] = trimmed<I, O>(encode_prologue(g, plan, facts, policy, s));
        }
        step.anchor = group.anchor;
        if (group.anchor == Kind::map) continue;
        step.operands = anchor.arity;
        for (int k = 0; k < anchor.arity; ++k) {
            const View v = view_of(g, plan, anchor.in[k], policy.lanes);
            step.root[k] = v.root;
            step.offset[k] = v.offset;
        }
        if (group.anchor == Kind::contract)
            step.product = product_facts(g, plan, anchor, group.node, policy);
        else if (group.anchor == Kind::scatter)
            step.scatter = scatter_facts(g, plan, anchor);
        else
            step.slide = slide_facts(g, plan, anchor, group.node, policy);
    }
    return out;
}

template <class L, int Op>
struct OpOr {
    using type = typename OpAt<L, Op>::type;
};
template <class L>
struct OpOr<L, -1> {
    using type = void;
};

/// Small constants of their own: nvcc's front end pays for each read of a large one in a template argument with a copy.
template <class C, int At, int N>
struct InstructionAt {
    static constexpr Instruction value = C::steps.code[At].instruction[N];
};
template <class C, int At, int N>
struct OperandAt {
    static constexpr Operand value = C::steps.code[At].operand[N];
};
/// Instruction, operand and whole code number `At` of C as types.
template <class C, int At, int N, Do What = InstructionAt<C, At, N>::value.what>
using ActOf = Act<What, InstructionAt<C, At, N>::value.section, InstructionAt<C, At, N>::value.type,
                  typename OpOr<typename C::List, What == Do::apply ? InstructionAt<C, At, N>::value.op : -1>::type, InstructionAt<C, At, N>::value.in[0],
                  What == Do::fold || What == Do::column ? InstructionAt<C, At, N>::value.op : InstructionAt<C, At, N>::value.in[1],
                  InstructionAt<C, At, N>::value.in[2], InstructionAt<C, At, N>::value.operand, InstructionAt<C, At, N>::value.bits>;
template <class C, int At, int N>
using PlainAccess = Access<OperandAt<C, At, N>::value.source, OperandAt<C, At, N>::value.type, OperandAt<C, At, N>::value.padded,
                        OperandAt<C, At, N>::value.written, (OperandAt<C, At, N>::value.written ? OperandAt<C, At, N>::value.elements : 0),
                        OperandAt<C, At, N>::value.stride[0], OperandAt<C, At, N>::value.stride[1], OperandAt<C, At, N>::value.stride[2],
                        OperandAt<C, At, N>::value.stride[3], OperandAt<C, At, N>::value.stride[4], OperandAt<C, At, N>::value.stride[5],
                        OperandAt<C, At, N>::value.stride[6], OperandAt<C, At, N>::value.stride[7]>;
enum class Reach { plain, askew, bordered, table };
constexpr Reach reach_of(const Operand& o) {
    if (o.border[0].loop != 0) return Reach::bordered;
    if (o.rows != 0) return Reach::table;
    return o.source == Source::memory && o.stride[lane_loop] == 1 && (o.offset % 16 != 0 || (o.turn.places > 0 && o.turn.stride % 16 != 0)) ? Reach::askew : Reach::plain;
}
template <class C, int At, int N, Reach R = reach_of(OperandAt<C, At, N>::value)>
struct AccessOf {
    using type = PlainAccess<C, At, N>;
};
template <class C, int At, int N>
struct AccessOf<C, At, N, Reach::askew> {
    using type = Askew<PlainAccess<C, At, N>>;
};
template <class C, int At, int N>
struct AccessOf<C, At, N, Reach::table> {
    using type = RowsOf<PlainAccess<C, At, N>, OperandAt<C, At, N>::value.row, OperandAt<C, At, N>::value.rows>;
};
template <class C, int At, int N>
struct AccessOf<C, At, N, Reach::bordered> {
    static constexpr const auto& border = OperandAt<C, At, N>::value.border;
    using type = Within<PlainAccess<C, At, N>, border[0].loop - 1, border[0].low, border[0].high, border[1].loop - 1, border[1].low, border[1].high>;
};
template <class C, int At, class I, class O>
struct Reified;
template <class C, int At, int... I, int... O>
struct Reified<C, At, std::integer_sequence<int, I...>, std::integer_sequence<int, O...>> {
    using acts = Acts<ActOf<C, At, I>...>;
    using accesses = Accesses<typename AccessOf<C, At, O>::type...>;
};
template <class C, int At>
struct CodeOf : Reified<C, At, std::make_integer_sequence<int, C::steps.code[At].instructions>, std::make_integer_sequence<int, C::steps.code[At].operands>> {};
struct NoCode {
    using accesses = Accesses<>;
    using acts = Acts<>;
};
template <class C, int Before>
struct CodeBefore : CodeOf<C, Before> {};
template <class C>
struct CodeBefore<C, 0> : NoCode {};

/// Step number S of C as a type.
template <class C, int S, Kind Anchor = C::steps.at[S].anchor>
struct StepOf;
template <class C, int S>
struct StepOf<C, S, Kind::map> {
    using R = CodeOf<C, S>;
    static constexpr Loops loops = C::steps.code[S].loops;
    using type = LoopStep<typename C::Real,
                          Nest<loops.extent[0], loops.extent[1], loops.extent[2], loops.extent[3], loops.extent[4], loops.extent[5], loops.extent[6], loops.extent[7],
                               loops.bounded, loops.unit, loops.vertical, C::steps.code[S].sections>,
                          typename R::accesses, typename R::acts>;
};
template <class C, int S>
struct StepOf<C, S, Kind::contract> {
    using R = CodeOf<C, S>;
    using Before = CodeBefore<C, C::steps.at[S].before>;
    static constexpr ProductFacts f = C::steps.at[S].product;
    using type = ContractStep<typename C::Real, Factors<f.left, f.right, f.left_aligned, f.right_aligned, f.how, f.tiles.m, f.tiles.n, f.tiles.k, f.tiles.stages>, f.batches, f.m, f.n, f.k, f.bounded, f.unit, f.a_batch, f.a_m, f.a_k, f.b_batch, f.b_k, f.b_n, f.swapped,
                              typename R::accesses, typename R::acts, typename Before::accesses, typename Before::acts>;
};
template <class C, int S>
struct StepOf<C, S, Kind::scatter> {
    using type = ScatterStep<C::steps.at[S].scatter.number, C::steps.at[S].scatter.index, C::steps.at[S].scatter.blocks, C::steps.at[S].scatter.rows, C::steps.at[S].scatter.columns,
                             C::steps.at[S].scatter.indices, C::steps.at[S].scatter.bounded, C::steps.at[S].scatter.unit>;
};
template <class C, int S>
struct StepOf<C, S, Kind::convolution> {
    using R = CodeOf<C, S>;
    static constexpr SlideFacts f = C::steps.at[S].slide;
    using type = ConvolutionStep<typename C::Real, Factors<f.left, f.right, f.left_aligned, f.right_aligned, f.how>, static_cast<Convolve>(f.choice), f.capacity, f.unit, f.lanes, f.channels, f.height, f.width, f.filters, f.kernel_y,
                                 f.kernel_x, f.value[0], f.value[1], f.value[2], f.value[3], f.value[4], f.value[5], f.value[6], typename R::accesses, typename R::acts>;
};
template <class C, int S>
struct StepOf<C, S, Kind::window> {
    using R = CodeOf<C, S>;
    static constexpr SlideFacts f = C::steps.at[S].slide;
    using type = WindowStep<typename C::Real, static_cast<Fold>(f.choice), f.gradient, f.capacity, f.unit, f.lanes, f.channels, f.height, f.width, f.kernel_y,
                            f.kernel_x, f.value[0], f.value[1], f.value[2], f.value[3], typename R::accesses, typename R::acts>;
};
}  // namespace detail

/// Steps [First, First + steps_at_once) of a program P (graph, plan, policy, List of ops, Real).
template <class P, int First>
struct StepsOf {
    using List = typename P::List;
    using Real = typename P::Real;
    static constexpr detail::StepSizes sizes = detail::step_sizes(P::graph, P::plan, Ops<List>::facts, P::policy, First);
    static constexpr auto steps =
        detail::steps_from<sizes.instructions, sizes.operands, sizes.codes>(P::graph, P::plan, Ops<List>::facts, P::policy, First);
};

}  // namespace strata
