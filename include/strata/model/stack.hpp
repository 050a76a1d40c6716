// SPDX-License-Identifier: BSL-1.0
/// A stack of layers as a flat list, each with the shape it is given. Layer types never nest: a layer's result is a leaf for the next.
#pragma once

#include <strata/graph/lower.hpp>
#include <strata/layer/param.hpp>
#include <strata/layer/repeat.hpp>
#include <strata/layer/sequential.hpp>
#include <strata/model/fault.hpp>
#include <strata/op/add.hpp>
#include <strata/plan/plan.hpp>

namespace strata {

namespace detail {

/// The sum of what a pack's elements came to, in order. A fold expression would do, but clang allows it 256 of them.
template <int N>
constexpr int each_of(const int (&value)[N]) {
    int sum = 0;
    for (const int v : value) sum += v;
    return sum;
}

template <class L, Mode M, class P, class X>
constexpr auto forward(const P& p, const X& x) {
    if constexpr (is_no_record<L, P>)
        return Refusal<ParametersAreNoRecord>{};
    else if constexpr (field_names_too_long<P>)
        return Refusal<FieldNameTooLong>{};
    else if constexpr (requires { { L::forward(p, x, ModeTag<M>{}) } -> Expression; })
        return L::forward(p, x, ModeTag<M>{});
    else if constexpr (requires { { L::forward(p, x) } -> Expression; })
        return L::forward(p, x);
    else
        return Refusal<NotALayer>{};
}
template <class E>
constexpr auto result_of(const E& e) {
    if constexpr (requires { e.updates; })
        return e.result;
    else
        return e;
}

/// The element type that a layer says it takes (`L::Takes`), else the model's own.
template <class L>
struct Taken {
    using type = Weak;
};
template <class L>
    requires requires { typename L::Takes; }
struct Taken<L> {
    using type = typename L::Takes;
};

/// A layer and the shape it is given: its record, its expression, the shape of its result.
template <class L, class S, Mode M>
struct Traced {
    using Layer = L;
    using Input = S;
    using Given = Ref<S, typename Taken<L>::type>;
    using Record = typename RecordOf<L, S>::type;
    using Whole = decltype(forward<L, M>(std::declval<const Record&>(), std::declval<const Given&>()));
    using Expr = decltype(result_of(std::declval<const Whole&>()));
    using Output = typename Expr::Shape;
};

/// Marks in a list of traced layers: what stands between them happens Times times.
template <int Times, class S>
struct LoopBegin {
    static constexpr int times = Times;
};
template <int Times>
struct LoopEnd {};
/// A loop's end among layers still to be traced.
template <int Times>
struct EndLoop {};
/// Layers of a loop's body: a Repeat among them is written out.
template <int Times, class... L>
struct Written {};
template <class L>
struct InLoop {
    using type = L;
};
template <class... L>
struct InLoop<Sequential<L...>> {
    using type = Sequential<typename InLoop<L>::type...>;
};
template <class... L>
struct InLoop<Residual<L...>> {
    using type = Residual<typename InLoop<L>::type...>;
};
template <int Times, class... L>
struct InLoop<Repeat<Times, L...>> {
    using type = Written<Times, typename InLoop<L>::type...>;
};

/// What a mark or layer adds to the layers' numbers: 1; a loop's begin 0, its end minus the times.
template <class T>
inline constexpr int numbering = 1;
template <int Times, class S>
inline constexpr int numbering<LoopBegin<Times, S>> = 0;
template <int Times>
inline constexpr int numbering<LoopEnd<Times>> = -Times;
/// The number of the layer after D..., as if loops were written out.
template <class... D>
constexpr int layers_in() {
    const int step[] = {0, numbering<D>...};
    int n = 0, begin = 0;
    for (int i = 1; i <= static_cast<int>(sizeof...(D)); ++i) {
        if (step[i] == 0) begin = n;
        n += step[i] < 0 ? (-step[i] - 1) * (n - begin) : step[i];
    }
    return n;
}

/// Walks the list. Done: what was traced. Fault: the report of the first mistake.   The shape goes on as a deduced argument, which keeps nvcc's front end linear.
template <Mode M, class S, class Done, class... L>
struct Chain;
template <class... D>
struct DoneList {};

template <Mode M, class S, class... D>
struct Chain<M, S, DoneList<D...>> {
    using Output = S;
    using Steps = DoneList<D...>;
    using Fault = NoFault;
};
/// End of a residual block: the block's input is added. In a list it says the input's shape, and the block for messages.
struct Join {};
template <class S, class Block>
struct JoinTo {};
template <class S>
struct Fork {
    using Input = S;
};

/// What the first layer of a list takes, where that is not the model's number type.
template <class Steps, class Real>
struct FirstTakes {
    using type = Real;
};
template <class First, class... D, class Real>
    requires requires { typename First::Layer::Takes; }
struct FirstTakes<DoneList<First, D...>, Real> {
    using type = typename First::Layer::Takes;
};

/// A list that ends in a mistake.
template <class S, class DoneL, class Why>
struct Broken {
    using Output = S;
    using Steps = DoneL;
    using Fault = Why;
};
template <Mode M, class S, class DoneL, bool Bad, class T, class... Rest>
struct Advance;
template <Mode M, class S, class... D, class T, class... Rest>
struct Advance<M, S, DoneList<D...>, false, T, Rest...> : Chain<M, typename T::Output, DoneList<D..., T>, Rest...> {};
template <Mode M, class S, class... D, class T, class... Rest>
struct Advance<M, S, DoneList<D...>, true, T, Rest...>
    : Broken<S, DoneList<D...>, typename decltype(layer_fault<T, AtLayer<layers_in<D...>(), typename T::Layer>>())::type> {};
template <Mode M, class S, class... D, class L, class... Rest>
struct Chain<M, S, DoneList<D...>, L, Rest...>
    : Advance<M, S, DoneList<D...>, !goes_on<Traced<L, S, M>>, Traced<L, S, M>, Rest...> {};
template <Mode M, class S, class First, class... D, class L, class... Rest>
    requires requires { typename L::Takes; }
struct Chain<M, S, DoneList<First, D...>, L, Rest...>
    : Broken<S, DoneList<First, D...>, WholeNumbersComeFirst<AtLayer<layers_in<First, D...>(), L>>> {};
template <Mode M, class S, class... D, class... L, class... Rest>
struct Chain<M, S, DoneList<D...>, Sequential<L...>, Rest...> : Chain<M, S, DoneList<D...>, L..., Rest...> {};
template <Mode M, class S, class... D, class... L, class... Rest>
struct Chain<M, S, DoneList<D...>, Residual<L...>, Rest...> : Chain<M, S, DoneList<D..., Fork<S>>, L..., JoinTo<S, AtLayer<layers_in<D...>(), Residual<L...>>>, Rest...> {};
/// Repeat is a loop where its layers keep the shape; a first turn that changes it is written out.
template <Mode M, class S, class... L>
inline constexpr bool loops = std::is_same_v<typename Chain<M, S, DoneList<>, L...>::Output, S> && std::is_same_v<typename Chain<M, S, DoneList<>, L...>::Fault, NoFault>;
template <Mode M, class S, class Done, int N, bool Loops, class Body, class... Rest>
struct Repeated;
template <Mode M, class S, class... D, int N, class... L, class... Rest>
struct Repeated<M, S, DoneList<D...>, N, true, Sequential<L...>, Rest...> : Chain<M, S, DoneList<D..., LoopBegin<N, S>>, L..., EndLoop<N>, Rest...> {};
template <Mode M, class S, class... D, int N, class... L, class... Rest>
struct Repeated<M, S, DoneList<D...>, N, false, Sequential<L...>, Rest...> : Chain<M, S, DoneList<D...>, L..., Repeat<N - 1, L...>, Rest...> {};
template <Mode M, class S, class... D, int N, class... Rest>
struct Chain<M, S, DoneList<D...>, EndLoop<N>, Rest...> : Chain<M, S, DoneList<D..., LoopEnd<N>>, Rest...> {};
template <Mode M, class S, class... D, int N, class... L, class... Rest>
    requires(N > 1)
struct Chain<M, S, DoneList<D...>, Repeat<N, L...>, Rest...>
    : Repeated<M, S, DoneList<D...>, N, each_of({0, int{numbering<D> == 0}...}) < max_loops_traced && loops<M, S, typename InLoop<L>::type...>, Sequential<typename InLoop<L>::type...>, Rest...> {};
template <Mode M, class S, class... D, class... L, class... Rest>
struct Chain<M, S, DoneList<D...>, Repeat<1, L...>, Rest...> : Chain<M, S, DoneList<D...>, L..., Rest...> {};
template <Mode M, class S, class... D, int N, class... L, class... Rest>
struct Chain<M, S, DoneList<D...>, Written<N, L...>, Rest...> : Chain<M, S, DoneList<D...>, L..., std::conditional_t<(N > 1), Written<N - 1, L...>, Sequential<>>, Rest...> {};
template <Mode M, class S, class... D, int N, class... L, class... Rest>
    requires(N < 1)
struct Chain<M, S, DoneList<D...>, Repeat<N, L...>, Rest...>
    : Broken<S, DoneList<D...>, RepeatedTooSeldom<AtLayer<layers_in<D...>(), Repeat<N, L...>>, N>> {};
/// The sum of a residual block, as a layer of two inputs that the fold below knows.
template <class S>
struct Joined {
    using Layer = Join;
    using Input = S;
    using Record = NoParameters;
    using Expr = decltype(Ref<S, Weak>{} + Ref<S, Weak>{});
    using Output = S;
};
template <Mode M, class S, class... D, class Block, class... Rest>
struct Chain<M, S, DoneList<D...>, JoinTo<S, Block>, Rest...> : Chain<M, S, DoneList<D..., Joined<S>>, Rest...> {};
template <Mode M, class S, class... D, class From, class Block, class... Rest>
struct Chain<M, S, DoneList<D...>, JoinTo<From, Block>, Rest...>
    : Broken<S, DoneList<D...>, ResidualChangesShape<Block, CapacityShape<From>, CapacityShape<S>>> {};

}  // namespace detail

/// Where a parameter or state lies in its block, and what it is called.
template <class Real>
struct Entry {
    char path[56] = {};
    Dims dims{};
    long offset = 0;  ///< elements
    long turn = 0;    ///< of a loop's body: elements to the same entry of the next turn
    bool trained = true;
    void (*initialise)(Real*, const Dims&, Seed, std::uint64_t) = nullptr;
};
template <class RealT, int N>
struct Layout {
    using Real = RealT;
    Entry<Real> entry[N == 0 ? 1 : N] = {};
    int entries = 0;
    long parameters = 0, states = 0;  ///< elements of the two blocks, padding included
    long trained = 0, running = 0;    ///< the same without padding
};

namespace detail {

template <class R>
constexpr int fields_of() {
    int n = 0;
    if constexpr (!std::is_same_v<R, NoParameters>) {
        R r{};
        for_each_field(r, [&](const char*, auto&&) { ++n; });
    }
    return n;
}
constexpr void write_path(char (&out)[56], int number, const char* field) {
    int at = 0, d = 0;
    char digits[12] = {};
    do digits[d++] = static_cast<char>('0' + number % 10);
    while ((number /= 10) > 0);
    while (d > 0) out[at++] = digits[--d];
    out[at++] = '.';
    for (; *field != 0 && at < 55; ++field) out[at++] = *field;
}

/// Where a walk over layers stands, and what it knows of the loop that it is in.
struct LayoutWalk {
    int number = 0, first = 0, begin = 0;
    long parameters = 0, states = 0, trained = 0, running = 0;
};
/// The further turns of a loop: the same entries, each time as far on as the body is long.
template <class L>
constexpr void repeat_entries(L& l, LayoutWalk& walk, int times) {
    const int body = l.entries - walk.first, layers = walk.number - walk.begin;
    const long parameters = l.parameters - walk.parameters, states = l.states - walk.states;
    for (int i = 0; i < body; ++i) {
        auto& e = l.entry[walk.first + i];
        e.turn = e.trained ? parameters : states;
    }
    for (int turn = 1; turn < times; ++turn)
        for (int i = 0; i < body; ++i) {
            const auto& from = l.entry[walk.first + i];
            auto& e = l.entry[l.entries++] = from;
            e.offset += turn * e.turn;
            const char* field = from.path;
            int number = 0;
            for (; *field != '.'; ++field) number = 10 * number + (*field - '0');
            write_path(e.path, number + turn * layers, field + 1);
        }
    l.parameters += (times - 1) * parameters;
    l.states += (times - 1) * states;
    l.trained += (times - 1) * (l.trained - walk.trained);
    l.running += (times - 1) * (l.running - walk.running);
    walk.number += (times - 1) * layers;
}
/// Enters the fields of one layer.   Not a member of what knows the whole list, as are the functions below that are made for each layer: a
/// compiler spells such a member's name with the whole list in it, and a long stack of different layers would take minutes for names alone.
template <class T, class L>
constexpr void enter_layer(L& l, LayoutWalk& walk) {
    if constexpr (numbering<T> == 0) {
        walk = {walk.number, l.entries, walk.number, l.parameters, l.states, l.trained, l.running};
        return;
    }
    if constexpr (numbering<T> < 0) {
        repeat_entries(l, walk, -numbering<T>);
        return;
    }
    if constexpr (requires { typename T::Record; }) {
        if constexpr (!std::is_same_v<typename T::Record, NoParameters>) {
            typename T::Record r{};
            for_each_field(r, [&](const char* name, auto&& field) {
                using F = std::remove_cvref_t<decltype(field)>;
                using Real = typename L::Real;
                Entry<Real>& e = l.entry[l.entries++];
                write_path(e.path, walk.number, name);
                e.dims = F::Shape::dims();
                e.trained = F::trained;
                e.initialise = &F::Initial::template fill<Real>;
                long& end = F::trained ? l.parameters : l.states;
                e.offset = end;
                end += round_up(e.dims.size(), 64 / static_cast<long>(sizeof(Real)));
                (F::trained ? l.trained : l.running) += e.dims.size();
            });
        }
    }
    ++walk.number;
}
/// The layout of a list of traced layers.
template <class Real, int N, class Steps>
struct LayoutOf;
template <class Real, int N, class... T>
struct LayoutOf<Real, N, DoneList<T...>> {
    static constexpr Layout<Real, N> make() {
        Layout<Real, N> l;
        [[maybe_unused]] LayoutWalk walk;
        each_of({0, (enter_layer<T>(l, walk), 0)...});
        return l;
    }
};

template <class T>
constexpr int fields_in() {
    if constexpr (requires { typename T::Record; })
        return fields_of<typename T::Record>();
    else
        return 0;
}
template <class Steps>
struct CountFields;
template <class... T>
struct CountFields<DoneList<T...>> {
    static constexpr int value = each_of({0, fields_in<T>()...});
    /// The same with each turn's.
    static constexpr int entries = [] {
        const int step[] = {0, numbering<T>...}, fields[] = {0, fields_in<T>()...};
        int n = 0, begin = 0;
        for (int i = 1; i <= static_cast<int>(sizeof...(T)); ++i) {
            if (step[i] == 0) begin = n;
            n += step[i] < 0 ? (-step[i] - 1) * (n - begin) : fields[i];
        }
        return n;
    }();
};

template <class E, class... A>
inline constexpr int size_of_tree<Updating<E, A...>> = 4 * size_of_tree<E>;

/// The node of a model's number for what may be a float of the other size: memory has room for the model's own.
template <class L, class B>
constexpr int as_real(B& builder, int id) {
    if constexpr (Contains<L, CastOp<double>>::value)
        if (const DType type = builder.graph.node[id].type; type != builder.real && (type == DType::f32 || type == DType::f64)) return recast<L>(builder, id, builder.real);
    return id;
}
template <class L, class B>
constexpr void lower_updates(B&, const Operands<>&) {}
template <class L, class B, class E, class... Rest>
constexpr void lower_updates(B& builder, const Operands<Assignment<E>, Rest...>& u) {
    const int value = as_real<L>(builder, lower<L>(builder, u.first.value));
    builder.sink(place_of_leaf(value, builder.graph.node[builder.graph.node[u.first.state].in[0]]), builder.segment);
    lower_updates<L>(builder, u.rest);
}

/// Where a walk over a stack stands: ids, not types, go from layer to layer.
template <int Fields, int Layers>
struct Cursor {
    int x = -1;
    int fork[Layers + 1] = {};
    int forks = 0;
    int fields = 0;
    int leaf[Fields + 1] = {};   // nodes of the fields, in order,
    int entry[Fields + 1] = {};  // their places in the layout,
    int loop[Fields + 1] = {};   // and the segments of the loops that they are in, or 0
    int at = 0;                  // in the layout
    int begin = 0, turns = 0;    // of the loop at work
};
/// Traces one layer into a builder.
template <class List, Mode M, class S, class B, class Lay, class C>
constexpr void trace_layer(B& builder, const Lay& layout, C& c) {
    if constexpr (numbering<S> == 0) {
        c.begin = c.at;
        c.turns = S::times;
        c.x = builder.begin_loop(S::times, c.x);
    } else if constexpr (numbering<S> < 0) {
        c.x = builder.end_loop(c.x);
        c.at += (c.turns - 1) * (c.at - c.begin);
        c.turns = 0;
    } else if constexpr (requires { typename S::Layer; }) {
        if constexpr (std::is_same_v<typename S::Layer, Join>) {
            const int from = c.fork[--c.forks];
            c.x = lower<List>(builder, typename S::Expr{make_operands(Ref<typename S::Input, Weak>{c.x}, Ref<typename S::Input, Weak>{from})});
        } else {
            typename S::Record record{};
            if constexpr (!std::is_same_v<typename S::Record, NoParameters>)
                for_each_field(record, [&](const char*, auto&& field) {
                    const auto& e = layout.entry[c.at];
                    const Turn turn{0, c.turns, e.turn};
                    field.draws = &builder.draws;
                    field.id = builder.leaf(e.trained ? Region::parameter : Region::state, 0, e.offset, dtype_of<typename Lay::Real>, e.dims, turn);
                    c.leaf[c.fields] = field.id;
                    // States are read from copies where they are written: derivatives read what they were before.
                    if constexpr (M == Mode::train && requires(typename S::Whole w) { w.updates; })
                        if (!e.trained) field.id = builder.copy(field.id, 2);
                    c.loop[c.fields] = c.turns == 0 ? 0 : builder.segment;
                    c.entry[c.fields++] = c.at++;
                });
            const auto whole = forward<typename S::Layer, M>(record, typename S::Given{c.x, &builder.draws});
            if constexpr (requires { whole.updates; }) {
                if constexpr (M == Mode::train) lower_updates<List>(builder, whole.updates);
                c.x = lower<List>(builder, whole.result);
            } else {
                c.x = lower<List>(builder, whole);
            }
            c.x = as_real<List>(builder, c.x);
        }
    } else {
        c.fork[c.forks++] = c.x;
    }
}
/// Traces a list of layers, one after the other.
template <class List, Mode M, class Steps>
struct TraceSteps;
template <class List, Mode M, class... T>
struct TraceSteps<List, M, DoneList<T...>> {
    template <class B, class Lay>
    static constexpr auto run(B& builder, const Lay& layout, int x) {
        Cursor<CountFields<DoneList<T...>>::value, sizeof...(T)> c;
        c.x = x;
        each_of({0, (trace_layer<List, M, T>(builder, layout, c), 0)...});
        return c;
    }
};

/// Ops of a list of traced layers.
template <class L, class E>
struct CollectUpdates : Collect<L, E> {};
template <class L, class E, class... A>
struct CollectUpdates<L, Updating<E, Assignment<A>...>> : CollectAll<L, E, A...> {};
template <class L, class... T>
struct CollectSteps {
    using type = L;
};
template <class L, class T, class... Rest>
struct CollectSteps<L, T, Rest...> : CollectSteps<L, Rest...> {};
template <class L, class X, class S, Mode M, class... Rest>
struct CollectSteps<L, Traced<X, S, M>, Rest...> : CollectSteps<typename CollectUpdates<L, typename Traced<X, S, M>::Whole>::type, Rest...> {};
template <class L, class Steps>
struct CollectFrom;
template <class L, class... T>
struct CollectFrom<L, DoneList<T...>> : CollectSteps<L, T...> {};

template <class Steps>
struct TreeSizes;
template <class T>
constexpr int tree_of() {
    if constexpr (requires { typename T::Whole; })
        return size_of_tree<typename T::Whole>;
    else
        return 2;
}
template <class... T>
struct TreeSizes<DoneList<T...>> {
    static constexpr int value = each_of({0, tree_of<T>()...});
};

}  // namespace detail
}  // namespace strata
