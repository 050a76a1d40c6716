// SPDX-License-Identifier: BSL-1.0
/// Running a step's instructions on vector lanes: one slot an instruction, all of it inlined into the loop that calls it.
#pragma once

#include <utility>

#include <strata/core/math.hpp>
#include <strata/core/types.hpp>
#include <strata/kernel/host/random.hpp>
#include <strata/kernel/host/run.hpp>
#include <strata/kernel/host/simd.hpp>
#include <strata/plan/step.hpp>

namespace strata::host::inline STRATA_VARIANT {

/// Lanes of a program whose numbers are Real.
template <class Real>
inline constexpr int width = native_width<Real>;

/// What holds a value: a vector, a mask, or a single element on a row.
template <DType T, class Real, bool Single>
struct ValueOf {
    using type = Pack<Held<T>, width<Real>>;
};
template <class Real>
struct ValueOf<DType::boolean, Real, false> {
    using type = Mask<Real, width<Real>>;
};
template <DType T, class Real>
struct ValueOf<T, Real, true> {
    using type = Held<T>;
};
template <class Real>
struct ValueOf<DType::boolean, Real, true> {
    using type = bool;
};

/// Where instruction N keeps its value, if it has one.
template <int N, class V>
struct Slot {
    V value;
};
template <int N>
struct NoSlot {};
/// A fold's running value in lanes, and its result on the row.
template <int N, class Lanes, class Result>
struct FoldSlot {
    Lanes lanes;
    Pack<std::int32_t, Lanes::width> place;  // of argmax only
    Result value;
};
template <class Act>
inline constexpr bool has_value = Act::what == Do::load || Act::what == Do::number || Act::what == Do::apply || Act::what == Do::tile || Act::what == Do::gather;
template <int N, class Act, class Real>
using FullSlot = std::conditional_t<has_value<Act> && Act::section % 2 == 1, Slot<N, typename ValueOf<Act::type, Real, false>::type>, NoSlot<N>>;
template <int N, class Act, class Real, bool Single, class All, Do What = Act::what>
struct RowSlot {
    using type = std::conditional_t<has_value<Act> && Act::section % 2 == 0, Slot<N, typename ValueOf<Act::type, Real, Single>::type>, NoSlot<N>>;
};
template <int N, class Act, class Real, bool Single, class All>
struct RowSlot<N, Act, Real, Single, All, Do::fold> {
    using Kept = Held<static_cast<Fold>(Act::b) == Fold::argmax ? All::template At<Act::a>::type : Act::type>;
    using type = FoldSlot<N, Pack<Kept, width<Real>>, typename ValueOf<Act::type, Real, Single>::type>;
};

/// What folds start from.
template <class T>
STRATA_INLINE T fold_start(Fold f) {
    if (f == Fold::sum) return T(0);
    if constexpr (std::is_floating_point_v<T>) {
        constexpr T inf = static_cast<T>(__builtin_inf());
        return f == Fold::min ? inf : -inf;
    } else {
        constexpr T least = static_cast<T>(T(1) << (8 * sizeof(T) - 1));
        return f == Fold::min ? static_cast<T>(~least) : least;
    }
}
template <Fold F, class V>
STRATA_INLINE V fold_two(V a, V b) {
    if constexpr (F == Fold::sum)
        return a + b;
    else if constexpr (F == Fold::min)
        return math::where(b == b, math::min(a, b), b);  // NaN stays once it has come
    else
        return math::where(b == b, math::max(a, b), b);
}

/// The greatest or least lane; NaN if there is one.
template <Fold F, class V>
STRATA_INLINE auto across(const V& v) {
    auto r = v.lane[0];
    for (int l = 1; l < V::width; ++l) {
        const auto x = v.lane[l];
        if (x != x || (F == Fold::max ? x > r : x < r)) r = x;
    }
    return r;
}

namespace detail {
template <int First, int... I>
std::integer_sequence<int, First + I...> numbers_from(std::integer_sequence<int, I...>);
}  // namespace detail

/// The instructions of one step with their slots. `Single`: row values are single elements (lanes lie within a row).
/// Needs: sections in ascending order. Compilers spend more on this than on anything else of a network: few functions, named types, no closures.
template <class Real, bool Single, class Seq, class... A>
struct Machine;
template <class Real, bool Single, int... I, class... A>
struct Machine<Real, Single, std::integer_sequence<int, I...>, A...> {
    static constexpr int w = width<Real>;
    using All = Types<A...>;
    template <int N>
    using At = typename All::template At<N>;
    template <int N>
    using FullAt = FullSlot<N, At<N>, Real>;
    template <int N>
    using RowAt = typename RowSlot<N, At<N>, Real, Single, All>::type;
    struct Row : RowSlot<I, A, Real, Single, All>::type... {};
    struct Full : FullSlot<I, A, Real>... {};

    template <int Section>
    static constexpr int first = (0 + ... + (A::section < Section));
    /// The numbers of a section's instructions.
    template <int Section>
    using Part = decltype(detail::numbers_from<first<Section>>(std::make_integer_sequence<int, first<Section + 1> - first<Section>>{}));
    /// The folds' numbers, and how many there are before a section.
    struct FoldList {
        int count = 0, number[sizeof...(A) + 1] = {};
    };
    static constexpr FoldList fold_list = [] {
        FoldList l;
        ((A::what == Do::fold ? void(l.number[l.count++] = I) : void()), ...);
        return l;
    }();
    template <int Section>
    static constexpr int folds_before = [] {
        int n = 0;
        while (n < fold_list.count && fold_list.number[n] < first<Section>) ++n;
        return n;
    }();
    /// A section's folds, as places in their list.
    template <int Section>
    using Folds = decltype(detail::numbers_from<folds_before<Section>>(std::make_integer_sequence<int, folds_before<Section + 1> - folds_before<Section>>{}));
    template <int Section>
    static constexpr bool uses = first<Section + 1> != first<Section>;

    /// The instructions numbered, of a pass over a row or of a row, at a place `at` that knows how to load and store.
    template <int... N, class Place>
    STRATA_INLINE static void pass(std::integer_sequence<int, N...>, Row& row, const Place& at) {
        Full full;
        (step<N>(row, full, at), ...);
    }
    /// Sets a section's folds to their start.
    template <int... F>
    STRATA_INLINE static void start(std::integer_sequence<int, F...>, Row& row) {
        (start<fold_list.number[F]>(row), ...);
    }
    /// Adds the running sums among a section's folds to those of another row's slots, and begins them anew.
    template <int... F>
    STRATA_INLINE static void settle(std::integer_sequence<int, F...>, Row& from, Row& to) {
        (settle<fold_list.number[F]>(from, to), ...);
    }
    /// Whether a section folds by summing.
    template <int Section>
    static constexpr bool sums = ((A::what == Do::fold && A::section == Section && static_cast<Fold>(A::b) == Fold::sum) || ...);
    /// Brings a section's folds to the row.
    template <int... F>
    STRATA_INLINE static void finish(std::integer_sequence<int, F...>, Row& row) {
        (finish<fold_list.number[F]>(row), ...);
    }

  private:
    template <bool OnRow>
    STRATA_INLINE static std::conditional_t<OnRow, Row, Full>& chosen(Row& row, Full& full) {
        if constexpr (OnRow)
            return row;
        else
            return full;
    }
    template <int N>
    static constexpr bool in_full = At<N>::section % 2 == 1 && At<N>::what != Do::fold;
    /// Instruction N's value as it is kept; where lanes are wanted (not `OnRow`), those.
    template <int N, bool OnRow>
    STRATA_INLINE static decltype(auto) operand(const Row& row, const Full& full) {
        if constexpr (in_full<N>)
            return (static_cast<const FullAt<N>&>(full).value);
        else if constexpr (OnRow || !Single)
            return (static_cast<const RowAt<N>&>(row).value);
        else if constexpr (At<N>::type == DType::boolean)
            return Pack<Real, w>(static_cast<const RowAt<N>&>(row).value ? Real(1) : Real(0)) != Pack<Real, w>(Real(0));
        else
            return Pack<Held<At<N>::type>, w>(static_cast<const RowAt<N>&>(row).value);
    }
    template <int N, class Place>
    STRATA_INLINE static void step(Row& row, Full& full, const Place& at) {
        using Act = At<N>;
        constexpr bool on_row = Act::section % 2 == 0;
        if constexpr (Act::what == Do::store) {
            at.template store<Act::operand>(operand<Act::a, on_row>(row, full));
        } else if constexpr (Act::what == Do::column) {
            at.template add<Act::operand>(operand<Act::a, on_row>(row, full));
        } else if constexpr (Act::what == Do::fold) {
            fold<N>(static_cast<RowAt<N>&>(row), operand<Act::a, false>(row, full), at);
        } else {
            using V = typename ValueOf<Act::type, Real, on_row && Single>::type;
            V& slot = static_cast<Slot<N, V>&>(chosen<on_row>(row, full)).value;
            if constexpr (Act::what == Do::load)
                slot = at.template load<Act::operand, Act::type>();
            else if constexpr (Act::what == Do::gather)
                slot = at.template gather<Act::operand, Act::type>(operand<Act::a, true>(row, full));
            else if constexpr (Act::what == Do::tile)
                slot = at.tile();
            else if constexpr (Act::what == Do::number && Act::type == DType::boolean && !Single)
                slot = Pack<Real, w>(Real(Act::value)) != Pack<Real, w>(Real(0));
            else if constexpr (Act::what == Do::number)
                slot = V(static_cast<Held<Act::type>>(Act::value));
            else if constexpr (Act::c >= 0)
                slot = Act::Apply::apply(operand<Act::a, on_row>(row, full), operand<Act::b, on_row>(row, full), operand<Act::c, on_row>(row, full));
            else if constexpr (Act::b >= 0)
                slot = Act::Apply::apply(operand<Act::a, on_row>(row, full), operand<Act::b, on_row>(row, full));
            else
                slot = Act::Apply::apply(operand<Act::a, on_row>(row, full));
        }
    }
    template <int N, class F, class V, class Place>
    STRATA_INLINE static void fold(F& f, const V& value, const Place& at) {
        constexpr Fold kind = static_cast<Fold>(At<N>::b);
        if constexpr (kind == Fold::argmax) {
            const V v = at.only_valid(value, fold_start<Held<At<At<N>::a>::type>>(Fold::max));
            const auto better = math::beats(v, f.lanes);
            f.place = math::where(better, at.along_row(), f.place);
            f.lanes = math::where(better, v, f.lanes);
        } else {
            f.lanes = fold_two<kind>(f.lanes, at.only_valid(value, fold_start<Held<At<N>::type>>(kind)));
        }
    }
    template <int N>
    STRATA_INLINE static void start(Row& row) {
        auto& f = static_cast<RowAt<N>&>(row);
        using V = decltype(f.lanes);
        f.lanes = V(fold_start<typename V::Element>(static_cast<Fold>(At<N>::b)));
        f.place = decltype(f.place)(0);
    }
    template <int N>
    STRATA_INLINE static void settle(Row& from, Row& to) {
        if constexpr (static_cast<Fold>(At<N>::b) == Fold::sum) {
            auto& lanes = static_cast<RowAt<N>&>(from).lanes;
            auto& all = static_cast<RowAt<N>&>(to).lanes;
            all = all + lanes;
            lanes = std::remove_reference_t<decltype(lanes)>(0);
        }
    }
    template <int N>
    STRATA_INLINE static void finish(Row& row) {
        auto& f = static_cast<RowAt<N>&>(row);
        constexpr Fold kind = static_cast<Fold>(At<N>::b);
        if constexpr (!Single && kind == Fold::argmax) {
            f.value = f.place;
        } else if constexpr (kind == Fold::argmax) {
            int best = 0;
            for (int l = 1; l < w; ++l)
                if (math::comes_first(f.lanes.lane[l], f.place.lane[l], f.lanes.lane[best], f.place.lane[best])) best = l;
            f.value = f.place.lane[best];
        } else if constexpr (!Single) {
            f.value = f.lanes;
        } else if constexpr (kind == Fold::sum) {
            f.value = sum(f.lanes);
        } else {
            f.value = across<kind>(f.lanes);
        }
    }
};

/// What is read in memory. Bools are read as bytes: past a batch's end, in lanes that do not count, they may be anything.
template <DType T>
using Read = std::conditional_t<T == DType::boolean, unsigned char, Element<T>>;
/// Loads W elements, Stride apart: all, or the first n. A mask is read from bools.
template <DType T, class Real, bool Partial, long Stride>
STRATA_INLINE auto load_lanes(const void* base, long at, [[maybe_unused]] int n) {
    constexpr int w = width<Real>;
    const auto* p = static_cast<const Read<T>*>(base) + at;
    if constexpr (T == DType::boolean) {
        Pack<Real, w> v(Real(0));
        for (int l = 0; l < (Partial ? n : w); ++l) v.lane[l] = p[l * Stride] != 0 ? Real(1) : Real(0);
        return v != Pack<Real, w>(Real(0));
    } else if constexpr (Stride == 0) {
        return PackOf<Element<T>, w>(static_cast<Held<T>>(*p));
    } else if constexpr (Stride == 1 && Partial) {
        return load_partial<Element<T>, w>(p, n);
    } else if constexpr (Stride == 1) {
        return load<Element<T>, w>(p);
    } else {
        PackOf<Element<T>, w> v(0);
        for (int l = 0; l < (Partial ? n : w); ++l) v.lane[l] = p[l * Stride];
        return v;
    }
}
/// Loads lanes [first, past) of W elements; the others are zero and not touched in memory.
template <DType T, class Real, long Stride>
STRATA_INLINE auto load_between(const void* base, long at, int first, int past) {
    constexpr int w = width<Real>;
    if (first == 0 && past == w) return load_lanes<T, Real, false, Stride>(base, at, w);
    const auto* p = static_cast<const Read<T>*>(base);
    if constexpr (T == DType::boolean) {
        Pack<Real, w> v(Real(0));
        for (int l = first; l < past; ++l) v.lane[l] = p[at + l * Stride] != 0 ? Real(1) : Real(0);
        return v != Pack<Real, w>(Real(0));
    } else {
        Pack<Held<T>, w> v(0);
        for (int l = first; l < past; ++l) v.lane[l] = p[at + l * Stride];
        return v;
    }
}
/// What a table gives for a row that it has not.
template <class T>
inline constexpr T no_row = static_cast<T>(std::is_floating_point_v<T> ? static_cast<T>(__builtin_nanf("")) : T(0));
template <class Table, class I>
STRATA_INLINE bool has_row(I i) {
    return static_cast<std::uint64_t>(i) < static_cast<std::uint64_t>(Table::rows);  // what is negative is large then
}
/// Loads W elements of a table at `at` within the rows chosen: one for all lanes, or one a lane.
template <class Table, DType T, class Real, bool Partial, class I>
STRATA_INLINE auto gather_lanes(const void* base, long at, const I& index, int n) {
    constexpr int w = width<Real>;
    if constexpr (std::is_integral_v<I>) {
        // Lanes that do not count are not touched in memory, be the stride what it may.
        if (has_row<Table>(index)) return load_lanes<T, Real, Partial && Table::lane != 0, Table::lane>(base, at + static_cast<long>(index) * Table::row, n);
        if constexpr (T == DType::boolean)
            return Pack<Real, w>(Real(0)) != Pack<Real, w>(Real(0));
        else
            return Pack<Held<T>, w>(no_row<Held<T>>);
    } else if constexpr (Table::lane != 0) {  // lanes along a row: their indices are one
        return gather_lanes<Table, T, Real, Partial>(base, at, index.lane[0], n);
    } else {
        using V = std::conditional_t<T == DType::boolean, Real, Held<T>>;
        const auto* p = static_cast<const Element<T>*>(base) + at;
        Pack<V, w> v(no_row<std::conditional_t<T == DType::boolean, bool, V>>);
        for (int l = 0; l < (Partial ? n : w); ++l)
            if (has_row<Table>(index.lane[l])) v.lane[l] = static_cast<V>(p[static_cast<long>(index.lane[l]) * Table::row]);
        if constexpr (T == DType::boolean)
            return v != Pack<Real, w>(Real(0));
        else
            return v;
    }
}
template <class T, bool Partial, long Stride, class V>
STRATA_INLINE void store_lanes(void* base, long at, [[maybe_unused]] int n, const V& v) {
    auto* p = static_cast<T*>(base) + at;
    if constexpr (std::is_same_v<T, bool>) {
        for (int l = 0; l < (Partial ? n : V::width); ++l) p[l * Stride] = v.lane[l] != 0;
    } else if constexpr (Stride == 1 && Partial) {
        store_partial(p, n, v);
    } else if constexpr (Stride == 1) {
        store(p, v);
    } else {
        for (int l = 0; l < (Partial ? n : V::width); ++l) p[l * Stride] = v.lane[l];
    }
}

}  // namespace strata::host
