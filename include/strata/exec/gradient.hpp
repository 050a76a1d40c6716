// SPDX-License-Identifier: BSL-1.0
/// gradient(loss, w, b): derivatives of an expression over tensors by some of them.
#pragma once

#include <string>
#include <tuple>

#include <strata/exec/expression.hpp>

namespace strata {

namespace detail {

/// Which of E's tensors could be one of T and S: those of its type and shape, in the order of the tree.
template <class E, class T, class S>
inline constexpr int candidates = 0;
template <class T, class S, class Place>
inline constexpr int candidates<TensorLeaf<T, S, Place>, T, S> = 1;
template <class Op, class S0, class T0, class... E, class T, class S>
inline constexpr int candidates<Apply<Op, S0, T0, E...>, T, S> = (0 + ... + candidates<E, T, S>);

template <class F, class S0, class T0, class... E, class T, class S>
inline constexpr int candidates<Let<F, S0, T0, E...>, T, S> = (0 + ... + candidates<E, T, S>);

/// The numbers of those tensors.
template <class E, class T, class S>
struct Candidates {
    static constexpr int count = candidates<E, T, S>;
    int at[count == 0 ? 1 : count] = {};
};
template <class E, class T, class S>
struct FindCandidates {
    static constexpr void walk(Candidates<E, T, S>&, int&, int&, const Operands<>*) {}
    template <class First, class... Rest>
    static constexpr void walk(Candidates<E, T, S>& c, int& n, int& leaf, const Operands<First, Rest...>*) {
        visit(c, n, leaf, static_cast<const First*>(nullptr));
        walk(c, n, leaf, static_cast<const Operands<Rest...>*>(nullptr));
    }
    template <class N>
    static constexpr void visit(Candidates<E, T, S>&, int&, int&, const ConstantOf<N>*) {}
    template <class T2, class S2, class Place>
    static constexpr void visit(Candidates<E, T, S>& c, int& n, int& leaf, const TensorLeaf<T2, S2, Place>*) {
        if constexpr (std::is_same_v<T, T2> && std::is_same_v<S, S2>) c.at[n++] = leaf;
        ++leaf;
    }
    template <class Op, class S2, class T2, class... A>
    static constexpr void visit(Candidates<E, T, S>& c, int& n, int& leaf, const Apply<Op, S2, T2, A...>*) {
        walk(c, n, leaf, static_cast<const Operands<A...>*>(nullptr));
    }
    template <class F, class S2, class T2, class... A>
    static constexpr void visit(Candidates<E, T, S>& c, int& n, int& leaf, const Let<F, S2, T2, A...>*) {
        walk(c, n, leaf, static_cast<const Operands<A...>*>(nullptr));
    }
    static constexpr Candidates<E, T, S> make() {
        Candidates<E, T, S> c;
        int n = 0, leaf = 0;
        visit(c, n, leaf, static_cast<const E*>(nullptr));
        return c;
    }
};

/// Derivatives of E by every tensor that could be one of W: an output for each, in W's order.
template <class E, class... W>
struct GradientTrace {
    using Real = typename RealOf<E>::type;
    using List = OpsOf<E>;
    static constexpr Policy policy = policy_for<PlaceOrHost<E>, Real>;
    static constexpr int capacity = 1;
    static constexpr int outputs = (0 + ... + Candidates<E, typename W::Type, typename W::Shape>::count);
    static constexpr auto graph() {
        Builder<12 * nodes_of<E> + 64, outputs + 2> b;
        b.facts = Ops<List>::facts;
        b.real = dtype_of<Real>;
        b.numbered = true;
        LeafCount n;
        const int loss = lower<List>(b, Shadow<E>::make(b, n));
        int by[outputs + 1] = {}, gradient[outputs + 1] = {}, count = 0;
        (take<typename W::Type, typename W::Shape>(b, by, count), ...);
        differentiate<List>(b, loss, by, count, gradient);
        for (int i = 0; i < count; ++i) b.sink(gradient[i], Region::output, i);
        return b.graph;
    }
    /// Whether a derivative of the loss flows to leaf i of the tree.
    struct Flows {
        bool to[leaves_of<E>] = {};
    };
    static constexpr Flows flows() {
        Builder<2 * nodes_of<E> + 16, 1> b;
        b.facts = Ops<List>::facts;
        b.real = dtype_of<Real>;
        b.numbered = true;
        LeafCount n;
        const int loss = lower<List>(b, Shadow<E>::make(b, n));
        bool reached[sizeof(b.graph.node) / sizeof(Node)] = {};
        reached[loss] = true;
        Flows f;
        for (int i = loss; i >= 0; --i) {
            const Node& node = b.graph.node[i];
            if (!reached[i]) continue;
            if (node.kind == Kind::leaf && node.attributes.value[0] == static_cast<int>(Region::input)) f.to[node.attributes.value[1]] = true;
            if (node.op >= 0 && is_floating(node.type))
                for (int k = 0; k < node.arity; ++k) reached[node.in[k]] = reached[node.in[k]] || (DeriveTable<List, decltype(b)>::passes[node.op] >> k & 1u) != 0;
        }
        return f;
    }
    template <class T, class S, class B>
    static constexpr void take(B& b, int* by, int& count) {
        constexpr auto c = FindCandidates<E, T, S>::make();
        for (int i = 0; i < c.count; ++i) by[count++] = b.leaf(Region::input, c.at[i], 0, dtype_of<T>, S::dims());
    }
};

}  // namespace detail

/// The derivative of more than one element would be no tensor.
template <class Expression, long Elements>
struct LossIsNotOneNumber {
    static_assert(Elements == 1, "strata: the gradient of an expression with more than one element is no tensor; take its sum or mean first");
};
/// gradient takes tensors to differentiate by, of floating type, that the expression holds.
template <class W>
struct NotATensor {
    static_assert(detail::never<W>, "strata: a gradient is taken by tensors; give the tensors of the expression, not expressions of them");
};
template <class T, class Shape>
struct NoGradientBy {
    static_assert(detail::never<T>, "strata: there is no gradient by integers or masks; leave that tensor out");
};
template <class T, class Shape>
struct NotInExpression {
    static_assert(detail::never<T>, "strata: the expression holds no tensor of this type and shape, so it has no gradient by it; leave the tensor out, or, where a view of it stands there, as x[i], give the view");
};

namespace detail {
/// What is wrong with one tensor to differentiate by.
template <class E, class W>
constexpr auto fault_by() {
    if constexpr (!HasElements<W>)
        return Chosen<NotATensor<W>>{};
    else if constexpr (!std::is_same_v<typename W::Place, PlaceOrHost<E>>)
        return Chosen<PlacesDoNotFit<InGradient, PlaceOrHost<E>, typename W::Place>>{};
    else if constexpr (!std::is_floating_point_v<Wide<typename W::Type>>)
        return Chosen<NoGradientBy<typename W::Type, typename W::Shape>>{};
    else if constexpr (candidates<E, typename W::Type, typename W::Shape> == 0)
        return Chosen<NotInExpression<typename W::Type, typename W::Shape>>{};
    else
        return Chosen<NoFault>{};
}
constexpr Chosen<NoFault> first_fault() { return {}; }
template <class F, class... Rest>
constexpr auto first_fault(F first, Rest... rest) {
    if constexpr (std::is_same_v<F, Chosen<NoFault>>)
        return detail::first_fault(rest...);
    else
        return first;
}
template <class E, class... W>
constexpr auto derivative_fault() {
    constexpr int op = Program<GradientTrace<E, W...>>::traced.underived;
    if constexpr (op < 0)
        return Chosen<NoFault>{};
    else
        return underived_fault<typename OpAt<OpsOf<E>, op>::type, InGradient>();
}
/// What is wrong with differentiating E by tensors W.
template <class E, class... W>
constexpr auto gradient_fault() {
    using Whole = typename ExpressionReport<E, InGradient>::type;
    if constexpr (!std::is_same_v<Whole, NoFault>)
        return Chosen<Whole>{};
    else if constexpr (E::Shape::size != 1)
        return Chosen<LossIsNotOneNumber<typename E::Shape, E::Shape::size>>{};
    else if constexpr ((std::is_same_v<decltype(fault_by<E, W>()), Chosen<NoFault>> && ...))
        return derivative_fault<E, W...>();
    else
        return detail::first_fault(fault_by<E, W>()...);
}
/// What holds the gradient by W; W itself where it is no tensor.
template <class W>
struct OwnerFor {
    using type = W;
};
template <HasElements W>
struct OwnerFor<W> {
    using type = typename W::Owner;
};
template <class W>
using OwnerOf = typename OwnerFor<W>::type;
inline namespace STRATA_VARIANT {
/// Says which of the tensors to differentiate by, from 1, the expression does not hold.
[[noreturn]] inline void refuse_stranger(int which, const Dims& dims) {
    std::string shape;
    for (int i = 0; i < dims.rank; ++i) shape += (i > 0 ? ", " : "") + std::to_string(dims.extent[i]);
    raise<DataError>("strata: the expression does not hold tensor " + std::to_string(which) + " of those that it is differentiated by, of shape [" + shape +
                     "], so there is no gradient by it; leave it out, or write the expression with it: through a tensor of numbers that was made of it, as model(x) or "
                     "Tensor y = exp(x), no gradient passes");
}
}  // namespace STRATA_VARIANT
/// What a program writes for each tensor that could be one of W's type and shape.
template <class E, class W>
struct PartsFor {
    BufferOn<PlaceOrHost<E>, Wide<typename W::Type>> each[candidates<E, typename W::Type, typename W::Shape>];
};
}  // namespace detail

/// auto [dw, db] = gradient(loss, w, b): the derivative of a one-element expression by each tensor. A tensor may occur several times.
/// Gradients by tensors of 16-bit floats are computed as f32 and rounded at the end.
/// Throws DataError where a derivative flows to some of a tensor's memory through a view as well (x and x[1]): what came that way would be lost; and at a
/// tensor whose memory the expression does not read at all. One that it reads where no derivative flows, as in detach(x), has zeros.
/// Cost: every tensor of w's type and shape in the expression is differentiated for, since which one w is shows only at run time.
template <Expression L, class... T>
auto gradient(const L& loss, const T&... by) {
    using E = detail::Wrapped<L>;
    using Fault = typename decltype(detail::gradient_fault<E, T...>())::type;
    [[maybe_unused]] constexpr Fault fault{};
    if constexpr (!std::is_same_v<Fault, NoFault>) {
        return std::tuple<detail::OwnerOf<T>...>{};
    } else {
        using Trace = detail::GradientTrace<E, T...>;
        using On = Executor<detail::PlaceOrHost<E>>;
        const E e = detail::wrap(loss);
        detail::Operand tensors[detail::leaves_of<E>];
        detail::Literal numbers[detail::leaves_of<E>];
        detail::LeafCount n;
        detail::Shadow<E>::bind(e, tensors, numbers, n);
        int which = 0;
        const auto check_memory = [&]<class W>(const W& tensor) {
            constexpr auto c = detail::FindCandidates<E, typename W::Type, typename W::Shape>::make();
            static constexpr auto flows = Trace::flows();
            bool read = false;
            ++which;
            for (int i = 0; i < n.tensors; ++i) {
                if (!detail::overlap(tensors[i], {tensor.data(), W::size * static_cast<long>(sizeof(typename W::Type))})) continue;
                read = true;
                bool itself = !flows.to[i];
                for (int k = 0; k < c.count; ++k) itself = itself || (c.at[k] == i && tensors[i].data == tensor.data());
                if (!itself)
                    raise<DataError>("strata: the expression reads memory of a tensor that it is differentiated by through a view too; write slice or reshape of the tensor there");
            }
            if (!read) detail::refuse_stranger(which, W::Shape::dims());
        };
        (check_memory(by), ...);
        std::tuple<detail::OwnerOf<T>...> result(detail::OwnerOf<T>(by.place())...);
        std::tuple<detail::PartsFor<E, T>...> part;
        void* out[Trace::outputs + 1] = {};
        int at = 0;
        const auto prepare = [&](auto& parts, const auto& tensor) {
            for (auto& p : parts.each) {
                p = std::remove_reference_t<decltype(p)>(tensor.size, tensor.place());
                out[at++] = p.data();
            }
        };
        std::apply([&](auto&... parts) { (prepare(parts, by), ...); }, part);
        On::template run<Program<Trace>>(e, out, Trace::outputs);
        const auto collect = [&]<class W>(auto& sum, auto& parts, const W& tensor) {
            constexpr auto c = detail::FindCandidates<E, typename W::Type, typename W::Shape>::make();
            int first = -1;  // sums stay wide until they are whole
            for (int i = 0; i < c.count; ++i) {
                if (tensors[c.at[i]].data != tensor.data()) continue;
                if (first >= 0) On::add(parts.each[first].data(), parts.each[i].data(), W::size);
                if (first < 0) first = i;
            }
            if (first >= 0) On::add(sum.data(), parts.each[first].data(), W::size);
        };
        std::apply([&](auto&... sum) { std::apply([&](auto&... parts) { (collect(sum, parts, by), ...); }, part); }, result);
        return result;
    }
}

}  // namespace strata
