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

namespace strata::host {

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

template <int I, class V>
struct Slot {
    V value;
};
template <int I>
struct NoSlot {};
/// A fold's running value in lanes, and its result on the row.
template <int I, class Lanes, class Result>
struct FoldSlot {
    Lanes lanes;
    Pack<std::int32_t, Lanes::width> place;  // of argmax only
    Result value;
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

/// The instructions of one step with their slots. `Single`: row values are single elements (lanes lie within a row).
template <class Real, bool Single, class Seq, class... A>
struct Machine;
template <class Real, bool Single, int... I, class... A>
struct Machine<Real, Single, std::integer_sequence<int, I...>, A...> {
    static constexpr int w = width<Real>;
    template <int N>
    using At = typename Types<A...>::template At<N>;

    template <class Act>
    static constexpr bool has_value = Act::what == Do::load || Act::what == Do::number || Act::what == Do::apply || Act::what == Do::tile || Act::what == Do::gather;
    template <int N, class Act>
    static auto row_slot() {
        if constexpr (Act::what == Do::fold) {
            using Kept = Held<static_cast<Fold>(Act::b) == Fold::argmax ? At<Act::a>::type : Act::type>;
            return FoldSlot<N, Pack<Kept, w>, typename ValueOf<Act::type, Real, Single>::type>{};
        } else if constexpr (has_value<Act> && Act::section % 2 == 0) {
            return Slot<N, typename ValueOf<Act::type, Real, Single>::type>{};
        } else {
            return NoSlot<N>{};
        }
    }
    template <int N, class Act>
    static auto full_slot() {
        if constexpr (has_value<Act> && Act::section % 2 == 1)
            return Slot<N, typename ValueOf<Act::type, Real, false>::type>{};
        else
            return NoSlot<N>{};
    }
    struct Row : decltype(row_slot<I, A>())... {};
    struct Full : decltype(full_slot<I, A>())... {};

    template <int N, class V>
    STRATA_INLINE static V& slot(Slot<N, V>& s) {
        return s.value;
    }
    template <int N, class V>
    STRATA_INLINE static const V& slot(const Slot<N, V>& s) {
        return s.value;
    }
    template <int N, class L, class R>
    STRATA_INLINE static const R& slot(const FoldSlot<N, L, R>& s) {
        return s.value;
    }
    template <int N, class L, class R>
    STRATA_INLINE static FoldSlot<N, L, R>& fold_slot(FoldSlot<N, L, R>& s) {
        return s;
    }

    /// Instruction N's value where lanes are wanted.
    template <int N>
    STRATA_INLINE static auto lanes(const Row& row, const Full& full) {
        if constexpr (At<N>::section % 2 == 1 && At<N>::what != Do::fold) {
            return slot<N>(full);
        } else if constexpr (!Single) {
            return slot<N>(row);
        } else if constexpr (At<N>::type == DType::boolean) {
            return Pack<Real, w>(slot<N>(row) ? Real(1) : Real(0)) != Pack<Real, w>(Real(0));
        } else {
            return Pack<Held<At<N>::type>, w>(slot<N>(row));
        }
    }
    /// The same, but a single element where it is the same all along the row.
    template <int N>
    STRATA_INLINE static auto chosen(const Row& row, const Full& full) {
        if constexpr (At<N>::section % 2 == 1 && At<N>::what != Do::fold)
            return slot<N>(full);
        else
            return slot<N>(row);
    }
    template <int N>
    STRATA_INLINE static auto on_row(const Row& row) {
        return slot<N>(row);
    }

    /// One instruction of the pass over a row (`full`), at a place `at` that knows how to load and store.
    template <int N, class Place>
    STRATA_INLINE static void step(Row& row, Full& full, const Place& at) {
        using Act = At<N>;
        if constexpr (Act::what == Do::load) {
            slot<N>(full) = at.template load<Act::operand, Act::type>();
        } else if constexpr (Act::what == Do::gather) {
            slot<N>(full) = at.template gather<Act::operand, Act::type>(chosen<Act::a>(row, full));
        } else if constexpr (Act::what == Do::tile) {
            slot<N>(full) = at.tile();
        } else if constexpr (Act::what == Do::number) {
            slot<N>(full) = number<Act, typename ValueOf<Act::type, Real, false>::type>();
        } else if constexpr (Act::what == Do::apply) {
            slot<N>(full) = call<Act>([&]<int K>()  __attribute__((always_inline)) { return lanes<K>(row, full); });
        } else if constexpr (Act::what == Do::store) {
            at.template store<Act::operand>(lanes<Act::a>(row, full));
        } else if constexpr (Act::what == Do::column) {
            at.template add<Act::operand>(lanes<Act::a>(row, full));
        } else if constexpr (Act::what == Do::fold) {
            auto& f = fold_slot<N>(row);
            constexpr Fold kind = static_cast<Fold>(Act::b);
            using V = decltype(f.lanes);
            if constexpr (kind == Fold::argmax) {
                const V v = at.only_valid(lanes<Act::a>(row, full), fold_start<Held<At<Act::a>::type>>(Fold::max));
                const auto better = v > f.lanes;
                f.place = math::where(better, at.along_row(), f.place);
                f.lanes = math::where(better, v, f.lanes);
            } else {
                f.lanes = fold_two<kind>(f.lanes, at.only_valid(lanes<Act::a>(row, full), fold_start<Held<Act::type>>(kind)));
            }
        }
    }
    /// One instruction on the row.
    template <int N, class Place>
    STRATA_INLINE static void row_step(Row& row, const Place& at) {
        using Act = At<N>;
        if constexpr (Act::what == Do::load)
            slot<N>(row) = at.template load<Act::operand, Act::type>();
        else if constexpr (Act::what == Do::gather)
            slot<N>(row) = at.template gather<Act::operand, Act::type>(on_row<Act::a>(row));
        else if constexpr (Act::what == Do::number)
            slot<N>(row) = number<Act, typename ValueOf<Act::type, Real, Single>::type>();
        else if constexpr (Act::what == Do::apply)
            slot<N>(row) = call<Act>([&]<int K>()  __attribute__((always_inline)) { return on_row<K>(row); });
        else if constexpr (Act::what == Do::store)
            at.template store<Act::operand>(on_row<Act::a>(row));
        else if constexpr (Act::what == Do::column)
            at.template add<Act::operand>(on_row<Act::a>(row));
    }

    template <int Section, class Place>
    STRATA_INLINE static void pass(Row& row, const Place& at) {
        Full full;
        (step_if<I, A::section == Section>(row, full, at), ...);
    }
    template <int Section, class Place>
    STRATA_INLINE static void on_row_pass(Row& row, const Place& at) {
        (row_step_if<I, A::section == Section>(row, at), ...);
    }
    /// Sets the folds of a section to their start.
    template <int Section>
    STRATA_INLINE static void start(Row& row) {
        (start_if<I, A::section == Section && A::what == Do::fold>(row), ...);
    }
    /// Brings the folds of a section to the row.
    template <int Section>
    STRATA_INLINE static void finish(Row& row) {
        (finish_if<I, A::section == Section && A::what == Do::fold>(row), ...);
    }
    template <int Section>
    static constexpr bool uses = ((A::section == Section) || ...);

  private:
    template <class Act, class V>
    STRATA_INLINE static V number() {
        if constexpr (Act::type == DType::boolean && !Single)
            return Pack<Real, w>(Real(Act::value)) != Pack<Real, w>(Real(0));
        else
            return V(static_cast<Held<Act::type>>(Act::value));
    }
    template <class Act, class Get>
    STRATA_INLINE static auto call(Get get) {
        using Op = typename Act::Apply;
        if constexpr (Act::c >= 0)
            return Op::apply(get.template operator()<Act::a>(), get.template operator()<Act::b>(), get.template operator()<Act::c>());
        else if constexpr (Act::b >= 0)
            return Op::apply(get.template operator()<Act::a>(), get.template operator()<Act::b>());
        else
            return Op::apply(get.template operator()<Act::a>());
    }
    template <int N, bool Use, class Place>
    STRATA_INLINE static void step_if(Row& row, Full& full, const Place& at) {
        if constexpr (Use) step<N>(row, full, at);
    }
    template <int N, bool Use, class Place>
    STRATA_INLINE static void row_step_if(Row& row, const Place& at) {
        if constexpr (Use) row_step<N>(row, at);
    }
    template <int N, bool Use>
    STRATA_INLINE static void start_if(Row& row) {
        if constexpr (Use) {
            auto& f = fold_slot<N>(row);
            using V = decltype(f.lanes);
            f.lanes = V(fold_start<std::remove_cvref_t<decltype(f.lanes.lane[0])>>(static_cast<Fold>(At<N>::b)));
            f.place = decltype(f.place)(0);
        }
    }
    template <int N, bool Use>
    STRATA_INLINE static void finish_if(Row& row) {
        if constexpr (Use) {
            auto& f = fold_slot<N>(row);
            constexpr Fold kind = static_cast<Fold>(At<N>::b);
            if constexpr (kind == Fold::argmax) {
                if constexpr (!Single) {
                    f.value = f.place;
                } else {
                    int best = 0;
                    for (int l = 1; l < w; ++l)
                        if (f.lanes.lane[l] > f.lanes.lane[best] || (f.lanes.lane[l] == f.lanes.lane[best] && f.place.lane[l] < f.place.lane[best])) best = l;
                    f.value = f.place.lane[best];
                }
            } else if constexpr (!Single) {
                f.value = f.lanes;
            } else if constexpr (kind == Fold::sum) {
                f.value = sum(f.lanes);
            } else if constexpr (kind == Fold::min) {
                f.value = across<Fold::min>(f.lanes);
            } else {
                f.value = across<Fold::max>(f.lanes);
            }
        }
    }
};

/// Loads W elements: all, or the first n. A mask is read from bools.
template <DType T, class Real, bool Partial>
STRATA_INLINE auto load_lanes(const void* base, long at, long stride, int n) {
    constexpr int w = width<Real>;
    const auto* p = static_cast<const Element<T>*>(base) + at;
    if constexpr (T == DType::boolean) {
        Pack<Real, w> v(Real(0));
        for (int l = 0; l < (Partial ? n : w); ++l) v.lane[l] = p[l * stride] ? Real(1) : Real(0);
        return v != Pack<Real, w>(Real(0));
    } else {
        using E = Element<T>;
        if (stride == 0) return PackOf<E, w>(static_cast<Held<T>>(*p));
        if (stride == 1) {
            if constexpr (Partial)
                return load_partial<E, w>(p, n);
            else
                return load<E, w>(p);
        }
        PackOf<E, w> v(0);
        for (int l = 0; l < (Partial ? n : w); ++l) v.lane[l] = p[l * stride];
        return v;
    }
}
/// Loads lanes [first, past) of W elements; the others are zero and not touched in memory.
template <DType T, class Real>
STRATA_INLINE auto load_between(const void* base, long at, long stride, int first, int past) {
    constexpr int w = width<Real>;
    if (first == 0 && past == w) return load_lanes<T, Real, false>(base, at, stride, w);
    const auto* p = static_cast<const Element<T>*>(base);
    if constexpr (T == DType::boolean) {
        Pack<Real, w> v(Real(0));
        for (int l = first; l < past; ++l) v.lane[l] = p[at + l * stride] ? Real(1) : Real(0);
        return v != Pack<Real, w>(Real(0));
    } else {
        Pack<Held<T>, w> v(0);
        for (int l = first; l < past; ++l) v.lane[l] = p[at + l * stride];
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
        if (has_row<Table>(index)) return load_lanes<T, Real, Partial && Table::lane != 0>(base, at + static_cast<long>(index) * Table::row, Table::lane, n);
        if constexpr (T == DType::boolean)
            return Pack<Real, w>(Real(0)) != Pack<Real, w>(Real(0));
        else
            return Pack<Held<T>, w>(no_row<Held<T>>);
    } else if constexpr (Table::lane != 0) {  // lanes along a row: their indices are one
        return gather_lanes<Table, T, Real, Partial>(base, at, index.lane[0], n);
    } else {
        using V = std::conditional_t<T == DType::boolean, Real, Held<T>>;
        const auto* p = static_cast<const Element<T>*>(base) + at;
        Pack<V, w> v(no_row<Element<T>>);
        for (int l = 0; l < (Partial ? n : w); ++l)
            if (has_row<Table>(index.lane[l])) v.lane[l] = static_cast<V>(p[static_cast<long>(index.lane[l]) * Table::row]);
        if constexpr (T == DType::boolean)
            return v != Pack<Real, w>(Real(0));
        else
            return v;
    }
}
template <class T, bool Partial, class V>
STRATA_INLINE void store_lanes(void* base, long at, long stride, int n, const V& v) {
    auto* p = static_cast<T*>(base) + at;
    if constexpr (std::is_same_v<T, bool>) {
        for (int l = 0; l < (Partial ? n : V::width); ++l) p[l * stride] = v.lane[l] != 0;
    } else if (stride == 1) {
        if constexpr (Partial)
            store_partial(p, n, v);
        else
            store(p, v);
    } else {
        for (int l = 0; l < (Partial ? n : V::width); ++l) p[l * stride] = v.lane[l];
    }
}

}  // namespace strata::host
