// SPDX-License-Identifier: BSL-1.0
/// Programs of expressions over tensors: which leaf is which array follows from the expression's type, the addresses come at run time.
#pragma once

#include <limits>

#include <strata/exec/host.hpp>
#include <strata/graph/differentiate.hpp>
#include <strata/plan/explain.hpp>
#include <strata/tensor/static_tensor.hpp>
#include <strata/tensor/view.hpp>

namespace strata::detail {

/// The memory of a tensor in an expression.
struct Operand {
    const void* data = nullptr;
    long bytes = 0;
};

/// Whether two pieces of memory share a byte.
inline bool overlap(const Operand& a, const Operand& b) {
    const auto x = reinterpret_cast<std::uintptr_t>(a.data), y = reinterpret_cast<std::uintptr_t>(b.data);
    return x < y + static_cast<std::uintptr_t>(b.bytes) && y < x + static_cast<std::uintptr_t>(a.bytes);
}

/// A number in an expression, as it was written.
struct Literal {
    double real = 0;
    std::int64_t whole = 0;
    bool is_whole = false;
    constexpr Literal() = default;
    constexpr Literal(double x) : real(x) {}
    constexpr Literal(std::int64_t x) : whole(x), is_whole(true) {}
    template <class T>
    constexpr T as() const {
        return is_whole ? static_cast<T>(whole) : static_cast<T>(real);
    }
    /// Whether T has it; floats have them all, rounded.
    template <class T>
    constexpr bool fits() const {
        if constexpr (std::is_floating_point_v<T>)
            return true;
        else
            return is_whole && whole >= std::int64_t{std::numeric_limits<T>::min()} && whole <= std::int64_t{std::numeric_limits<T>::max()};
    }
};

/// The tree of E with numbered leaves in place of tensors and numbers: tensors become inputs, numbers scalars, in the order of the tree.
struct LeafCount {
    int tensors = 0, numbers = 0;
};
template <class E>
struct Shadow;
template <class T, class S, class Place>
struct Shadow<TensorLeaf<T, S, Place>> {
    using type = Ref<S, T>;
    template <class B>
    static constexpr type make(B& b, LeafCount& n) {
        return {b.leaf(Region::input, n.tensors++, 0, dtype_of<T>, S::dims())};
    }
    static void bind(const TensorLeaf<T, S, Place>& e, Operand* tensors, Literal*, LeafCount& n) { tensors[n.tensors++] = {e.data, S::size * static_cast<long>(sizeof(T))}; }
};
template <class T>
struct Shadow<ConstantOf<T>> {
    using type = Ref<strata::Shape<>, T>;
    template <class B>
    static constexpr type make(B& b, LeafCount& n) {
        return {b.leaf(Region::scalar, 1 + n.numbers++, 0, b.real, Dims{})};
    }
    static void bind(const ConstantOf<T>& e, Operand*, Literal* numbers, LeafCount& n) { numbers[1 + n.numbers++] = e.value; }
};
template <class O>
struct ShadowOperands;
template <>
struct ShadowOperands<Operands<>> {
    template <class B>
    static constexpr Operands<> make(B&, LeafCount&) {
        return {};
    }
    static void bind(const Operands<>&, Operand*, Literal*, LeafCount&) {}
};
template <class E, class... Rest>
struct ShadowOperands<Operands<E, Rest...>> {
    template <class B>
    static constexpr auto make(B& b, LeafCount& n) {
        const auto first = Shadow<E>::make(b, n);
        const auto rest = ShadowOperands<Operands<Rest...>>::make(b, n);
        return Operands<typename Shadow<E>::type, typename Shadow<Rest>::type...>{first, rest};
    }
    static void bind(const Operands<E, Rest...>& e, Operand* tensors, Literal* numbers, LeafCount& n) {
        Shadow<E>::bind(e.first, tensors, numbers, n);
        ShadowOperands<Operands<Rest...>>::bind(e.rest, tensors, numbers, n);
    }
};
template <class Op, class S, class T, class... E>
struct Shadow<Apply<Op, S, T, E...>> {
    using type = Apply<Op, S, T, typename Shadow<E>::type...>;
    template <class B>
    static constexpr type make(B& b, LeafCount& n) {
        return type{ShadowOperands<Operands<E...>>::make(b, n)};
    }
    static void bind(const Apply<Op, S, T, E...>& e, Operand* tensors, Literal* numbers, LeafCount& n) {
        ShadowOperands<Operands<E...>>::bind(e.operands, tensors, numbers, n);
    }
};

template <class F, class S, class T, class... E>
struct Shadow<Let<F, S, T, E...>> {
    using type = Let<F, S, T, typename Shadow<E>::type...>;
    template <class B>
    static constexpr type make(B& b, LeafCount& n) {
        return type{ShadowOperands<Operands<E...>>::make(b, n)};
    }
    static void bind(const Let<F, S, T, E...>& e, Operand* tensors, Literal* numbers, LeafCount& n) {
        ShadowOperands<Operands<E...>>::bind(e.operands, tensors, numbers, n);
    }
};

template <class E>
inline constexpr int nodes_of = 1;
template <class F, class S, class T, class... E>
inline constexpr int nodes_of<Let<F, S, T, E...>> = nodes_of<decltype(F::body(std::declval<typename StandIn<E>::type>()...))> + (0 + ... + nodes_of<E>);
template <class Op, class S, class T, class... E>
inline constexpr int nodes_of<Apply<Op, S, T, E...>> = (1 + ... + nodes_of<E>);

/// The floating type of an expression's first tensor that has one.
template <class E>
struct FirstFloat {
    using type = void;
};
template <class T, class S, class Place>
    requires std::is_floating_point_v<Wide<T>>
struct FirstFloat<TensorLeaf<T, S, Place>> {
    using type = Wide<T>;
};
template <class... T>
struct FirstReal {
    using type = void;
};
template <class T, class... Rest>
struct FirstReal<T, Rest...> {
    using type = std::conditional_t<std::is_void_v<T>, typename FirstReal<Rest...>::type, T>;
};
template <class Op, class S, class T, class... E>
struct FirstFloat<Apply<Op, S, T, E...>> : FirstReal<typename FirstFloat<E>::type...> {};
template <class F, class S, class T, class... E>
struct FirstFloat<Let<F, S, T, E...>> : FirstReal<typename FirstFloat<E>::type...> {};
/// The floating type of a program of E: that of its products, else of its first tensor.
template <class E>
struct RealOf : FirstReal<typename ProductsOf<E>::type, typename FirstFloat<E>::type> {};

/// What a program of E computes for a tensor of type T: E, or E rounded.
template <class E, class T>
struct Stored {
    using type = E;
};
template <class E, class T>
    requires is_narrow<T>
struct Stored<E, T> {
    using type = decltype(stored_as<T>(std::declval<const E&>()));
};

/// tensors -> output 0.   Number: the type of the result, the floating type where no tensor has one.
template <class Whole, class Number = float, class Place = Host>
struct ExpressionTrace {
    using E = typename Stored<Whole, Number>::type;
    using Found = typename RealOf<E>::type;
    using Real = std::conditional_t<!std::is_void_v<Found>, Found, std::conditional_t<std::is_floating_point_v<Number>, Number, float>>;
    using List = OpsOf<E>;
    static constexpr Policy policy = policy_for<Place, Real>;
    static constexpr int capacity = 1;
    static constexpr auto graph() {
        Builder<2 * nodes_of<E> + 16, 4> b;
        b.facts = Ops<List>::facts;
        b.real = dtype_of<Real>;
        b.numbered = true;
        if constexpr (std::is_same_v<typename E::Type, WeakInteger> && is_integer<Number>) b.whole = static_cast<int>(dtype_of<Number>);
        LeafCount n;
        b.sink(lower<List>(b, Shadow<E>::make(b, n)), Region::output, 0);
        return b.graph;
    }
};

/// Where an expression is computed that is assigned to nothing.
template <class E>
using PlaceOrHost = std::conditional_t<std::is_void_v<typename PlaceOf<E>::type>, Host, typename PlaceOf<E>::type>;

/// How many numbers the leaves of E hold at most.
template <class E>
inline constexpr int leaves_of = nodes_of<E> + 2;

/// Whether E reads of each tensor only the element that it computes, all in shape S.
template <class E, class S>
inline constexpr bool elementwise = false;
template <class T, class S>
inline constexpr bool elementwise<ConstantOf<T>, S> = true;
template <class T, class S, class Place>
inline constexpr bool elementwise<TensorLeaf<T, S, Place>, S> = true;
template <class Op, class S, class T, class... E>
inline constexpr bool elementwise<Apply<Op, S, T, E...>, S> = Op::kind == Kind::map && (elementwise<E, S> && ...);

/// Whether E reads some of `bytes` from `memory` on; in_place: other than just those.
template <class E>
bool reads(const E& e, const void* memory, long bytes, bool in_place = false) {
    Operand tensors[leaves_of<E>];
    Literal numbers[leaves_of<E>];
    LeafCount n;
    Shadow<E>::bind(e, tensors, numbers, n);
    for (int i = 0; i < n.tensors; ++i)
        if (overlap(tensors[i], {memory, bytes}) && !(in_place && tensors[i].data == memory && tensors[i].bytes == bytes)) return true;
    return false;
}

/// What a program of an expression reads and writes.   Numbers of the expression are the host's.
template <class P, class E>
class Bound {
  public:
    /// Throws DataError where a number stands beside integers or masks whose type does not have it.
    Bound(const E& e, void* const* outputs, int count) {
        Literal numbers[most_numbers] = {1.0};
        LeafCount n;
        Shadow<E>::bind(e, operands_, numbers, n);
        for (int i = 0; i < n.tensors; ++i) bindings_.input[i] = operands_[i].data;
        for (int i = 0; i < count; ++i) bindings_.output[i] = outputs[i];
        for (int i = 0; i <= n.numbers; ++i) scalars_[i] = numbers[i].template as<typename P::Real>();
        bindings_.region[static_cast<int>(Region::scalar)] = scalars_;
        bring(whole_, numbers, n.numbers, "int32");
        bring(long_, numbers, n.numbers, "int64");
        bring(masks_, numbers, n.numbers, "bool");
        bring(others_, numbers, n.numbers, "");
    }
    Bound(const Bound&) = delete;
    Bound& operator=(const Bound&) = delete;
    /// Numbers that stand beside integers, masks or floats of the other type are in the region that numbers_of says, all others in that of scalars.
    const Bindings& bindings() const { return bindings_; }
    /// What input i is; nothing behind the last.
    const Operand& operand(int i) const { return operands_[i]; }
    static constexpr int most_numbers = leaves_of<E>;
    /// The floats that the program's own are not.
    using Other = std::conditional_t<std::is_same_v<typename P::Real, float>, double, float>;

  private:
    /// Which numbers the program reads as elements of T.
    template <class T>
    struct ReadAs {
        bool at[most_numbers] = {};
        constexpr ReadAs() {
            for (int i = 0; i < P::graph.nodes; ++i)
                if (const Node& n = P::graph.node[i]; n.kind == Kind::leaf && n.attributes.value[0] == static_cast<int>(numbers_of(dtype_of<T>))) at[n.attributes.value[2]] = true;
        }
    };
    template <class T>
    void bring(T* to, const Literal* numbers, int count, const char* type) {
        static constexpr ReadAs<T> read{};
        for (int i = 0; i <= count; ++i) {
            if (read.at[i] && !numbers[i].template fits<T>())
                raise<DataError>("strata: the number " + std::to_string(numbers[i].whole) + " in an expression stands beside elements of type " + type +
                                 ", which does not have it; give another number, or cast the elements to a wider type");
            to[i] = read.at[i] ? numbers[i].template as<T>() : T{};
        }
        bindings_.region[static_cast<int>(numbers_of(dtype_of<T>))] = to;
    }

    Bindings bindings_;
    Operand operands_[most_numbers];
    typename P::Real scalars_[most_numbers]{};
    std::int32_t whole_[most_numbers]{};
    std::int64_t long_[most_numbers]{};
    bool masks_[most_numbers]{};
    Other others_[most_numbers]{};
};

}  // namespace strata::detail

namespace strata {

namespace detail {
template <class E>
    requires(!Placeable<E> && !Planned<E>)
struct PlanOf<E> {
    using type = Program<ExpressionTrace<Wrapped<E>, float, PlaceOrHost<Wrapped<E>>>>;
};
template <class E, class Place>
    requires(!Placeable<E> && !Planned<E>)
struct PlanOf<E, Place> {
    using type = Program<ExpressionTrace<Wrapped<E>, float, Place>>;
};
/// What is wrong with an expression whose plan is asked for, and whether anything is.
template <class E>
using PlanReport = typename ExpressionReport<Wrapped<E>, InPlan>::type;
template <class E>
concept Unplannable = !Placeable<E> && !Planned<E> && !std::is_same_v<PlanReport<E>, NoFault>;
}  // namespace detail

// Of an expression with a mistake the compiler tells the mistake alone.
template <detail::Unplannable E, class... Place>
inline constexpr std::conditional_t<(sizeof(detail::PlanReport<E>) > 0), PlanFacts, void> plan_of<E, Place...>{};
template <detail::Unplannable E, class... Place>
std::string explain() {
    [[maybe_unused]] constexpr detail::PlanReport<E> fault{};
    return {};
}
template <detail::Unplannable E, class... Place>
std::string graphviz() {
    [[maybe_unused]] constexpr detail::PlanReport<E> fault{};
    return {};
}

template <>
struct Executor<Host> {
    template <class E>
    static Host place_of(const E&) {
        return {};
    }
    /// Needs: an expression without mistakes, of the tensor's shape and type.
    template <class E, class To>
    static void assign(const E& e, To& to) {
        using T = typename To::Type;
        // A tensor on both sides is written only when all of it has been read, or each element when it has.
        Buffer<T> apart;
        if (detail::reads(e, to.data(), To::size * static_cast<long>(sizeof(T)), detail::elementwise<E, typename To::Shape>)) apart = Buffer<T>(To::size);
        void* out[] = {apart.size() > 0 ? apart.data() : to.data()};
        run<Program<detail::ExpressionTrace<E, T>>>(e, out, 1);
        for (long i = 0; i < apart.size(); ++i) to.data()[i] = apart[i];
    }
    /// Runs P, a program of e.
    template <class P, class E>
    static void run(const E& e, void* const* outputs, int count) {
        const detail::Bound<P, E> bound(e, outputs, count);
        static_assert(P::plan.arena % 64 == 0, "the workspace begins where the arena ends");
        constexpr long bytes = P::plan.arena + HostProgram<P>::workspace_bytes(), near_bytes = 4096;
        alignas(64) char near[bytes > 0 && bytes <= near_bytes ? bytes : 1];  // no heap for little
        Buffer<char> far;
        if constexpr (bytes > near_bytes) far = Buffer<char>(bytes);
        char* const memory = bytes > near_bytes ? far.data() : near;
        Bindings b = bound.bindings();
        b.region[static_cast<int>(Region::arena)] = memory;
        HostProgram<P>::run(Run{.workspace = memory + P::plan.arena}, b);
    }
    /// sum[i] += part[i].
    template <class T, class Part>
    static void add(T* sum, const Part* part, long elements) {
        for (long i = 0; i < elements; ++i) sum[i] = sum[i] + part[i];
    }
};

}  // namespace strata
