// SPDX-License-Identifier: BSL-1.0
/// Mistakes travel as expressions: an operation that does not fit returns one, others hand it on untouched, and the surface (assignment,
/// gradient, model, training step) reports it once, naming where it was found.
#pragma once

#include <type_traits>

#include <strata/core/shape.hpp>

namespace strata {

namespace detail {
/// The shape and type of a leaf that is known by its number in the graph only, as in derivatives (their shapes were checked forward).
struct Any {};
/// The element type of a number in an expression, and of parameters: whatever floating one the other operands have.
struct Weak {};
/// That of a whole number: whatever the other operands have.
struct WeakInteger {};
template <class T>
inline constexpr bool is_weak = std::is_same_v<T, Weak> || std::is_same_v<T, WeakInteger>;
/// False, for messages that nothing but their place decides.
template <class...>
inline constexpr bool never = false;
}  // namespace detail

/// An operation whose operands do not fit: the two numbers that differ, and the shapes.
template <class Op, int Wanted, int Given, class... Shapes>
struct Misfit {
    using ExpressionTag = void;
    using Shape = detail::Any;
    using Type = detail::Any;
};
/// An operation whose operands are of types that it does not take together.
template <class Op, class... Types>
struct TypeMisfit {
    using ExpressionTag = void;
    using Shape = detail::Any;
    using Type = detail::Any;
};
/// A mistake of another sort: Why<Where> holds the static_assert that tells it.
template <template <class> class Why>
struct Refusal {
    using ExpressionTag = void;
    using Shape = detail::Any;
    using Type = detail::Any;
};

// Where a mistake is found.
struct InAssignment {};
struct InGradient {};
struct InPlan {};
/// Number: that in summary() and in the paths of parameters.
template <int Number, class Layer>
struct AtLayer {};
template <class Loss>
struct InLoss {};

// What the compiler says. Instantiated by the surface itself, so that the user's line is at most two steps away.
template <class Where, class Op, int Wanted, int Given, class... Shapes>
struct ShapesDoNotFit {
    static_assert(Wanted == Given, "strata: an operation's operands do not fit; make the two numbers equal, a negative one is a bounded batch (place, operation, numbers and shapes are named here)");
};
/// How many samples there are is known in a run only: what folds keep in order, products and soft-max over them do not.
template <class Where, class Op, int Wanted, int Given, class... Shapes>
    requires(Wanted == -Given && Wanted != 0)
struct ShapesDoNotFit<Where, Op, Wanted, Given, Shapes...> {
    static_assert(detail::never<Where>, "strata: an operation would take a batch, the negative number, as another axis; sum, mean, max and min over the first axis may, for others make what belongs together one sample (place, operation and shapes are named here)");
};
/// Equal numbers are no pardon: what brings a mistake here is one.
template <class Where, class Op, int Both, class... Shapes>
struct ShapesDoNotFit<Where, Op, Both, Both, Shapes...> {
    static_assert(detail::never<Where>, "strata: an operation's operands do not fit, in more than the two numbers; see the shapes (place, operation, numbers and shapes are named here)");
};
template <class Where, class Op, class... Types>
struct TypesDoNotFit {
    static_assert(detail::never<Types...>, "strata: an operation does not take these element types; cast<T>(x) converts, x != 0 makes a mask");
};
/// 2.5 among integers would be 2.
template <class Where, class Op, class... Types>
struct FloatingNumberBesideIntegers {
    static_assert(detail::never<Types...>, "strata: a floating number stands beside integers, which would cut it; write cast<float>(n) * 2.5f, or a whole number");
};
/// Mistakes of an op itself.
template <class Op>
struct OpLacks {
    template <class Where>
    struct Facts {
        static_assert(detail::never<Where>, "strata: an op lacks what every op has: a name, a kind, an arity; derive it from a kind, as Elementwise<1>, and name it");
    };
    template <class Where>
    struct Formula {
        static_assert(detail::never<Where>, "strata: an element-by-element op has no apply for its operands; give it a template apply(T x, ...) with one for each");
    };
};
/// A composed op's body takes another number of operands than Given.
template <class Op, int Given>
struct BodyDoesNotTake {
    template <class Where>
    struct Operands {
        static_assert(detail::never<Where>, "strata: an op is given more or fewer operands than it takes; see its comment (the op and how many it was given are named here)");
    };
};
/// No mistake.
struct NoFault {};

namespace detail {
template <class E>
inline constexpr bool is_misfit = false;
template <class Op, int W, int G, class... S>
inline constexpr bool is_misfit<Misfit<Op, W, G, S...>> = true;
template <class Op, class... T>
inline constexpr bool is_misfit<TypeMisfit<Op, T...>> = true;
template <template <class> class Why>
inline constexpr bool is_misfit<Refusal<Why>> = true;

/// The report of a mistake found at Where, for the surface to instantiate; of a sound expression, NoFault.
template <class E, class Where>
struct Report {
    using type = NoFault;
};
template <class Op, int W, int G, class... S, class Where>
struct Report<Misfit<Op, W, G, S...>, Where> {
    using type = ShapesDoNotFit<Where, Op, W, G, S...>;
};
template <class T>
inline constexpr bool is_integer = std::is_integral_v<T> && !std::is_same_v<T, bool>;
template <class Op, class... T, class Where>
struct Report<TypeMisfit<Op, T...>, Where> {
    static constexpr bool cut = (std::is_same_v<T, Weak> || ...) && (is_integer<T> || ...);
    using type = std::conditional_t<cut, FloatingNumberBesideIntegers<Where, Op, T...>, TypesDoNotFit<Where, Op, T...>>;
};
template <template <class> class Why, class Where>
struct Report<Refusal<Why>, Where> {
    using type = Why<Where>;
};
/// A report that a function chose, handed over without being instantiated.
template <class R>
struct Chosen {
    using type = R;
};
}  // namespace detail
}  // namespace strata
