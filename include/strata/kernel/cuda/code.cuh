// SPDX-License-Identifier: BSL-1.0
/// Running a step's instructions in a thread: one slot an instruction, all of them registers.
#pragma once

#include <utility>

#include <strata/core/math.hpp>
#include <strata/core/philox.hpp>
#include <strata/core/types.hpp>
#include <strata/kernel/cuda/team.cuh>

namespace strata::cuda {

template <int I, class V>
struct Slot {
    V value;
};
template <int I>
struct NoSlot {};
/// A fold's running value, its place (of argmax), and its result on the row.
template <int I, class V, class R>
struct FoldSlot {
    V running;
    int place;
    R value;
};

/// The instructions of one step with their slots.
template <class Seq, class... A>
struct Machine;
template <int... I, class... A>
struct Machine<std::integer_sequence<int, I...>, A...> {
    template <int N>
    using At = typename Types<A...>::template At<N>;

    template <class Act>
    static constexpr bool has_value = Act::what == Do::load || Act::what == Do::number || Act::what == Do::apply || Act::what == Do::tile || Act::what == Do::gather;
    template <int N, class Act, bool OnRow, bool Folds = Act::what == Do::fold, bool Value = has_value<Act> && (Act::section % 2 == 0) == OnRow>
    struct Holds {
        using type = NoSlot<N>;
    };
    template <int N, class Act, bool OnRow>
    struct Holds<N, Act, OnRow, false, true> {
        using type = Slot<N, Held<Act::type>>;
    };
    template <int N, class Act, bool Value>
    struct Holds<N, Act, true, true, Value> {
        using type = FoldSlot<N, Held<static_cast<Fold>(Act::b) == Fold::argmax ? At<Act::a>::type : Act::type>, Held<Act::type>>;
    };
    struct Row : Holds<I, A, true>::type... {};
    struct Full : Holds<I, A, false>::type... {};

    template <int N, class V>
    __device__ __forceinline__ static V& slot(Slot<N, V>& s) {
        return s.value;
    }
    template <int N, class V, class R>
    __device__ __forceinline__ static R& slot(FoldSlot<N, V, R>& s) {
        return s.value;
    }
    template <int N, class V, class R>
    __device__ __forceinline__ static FoldSlot<N, V, R>& fold_slot(FoldSlot<N, V, R>& s) {
        return s;
    }
    template <int N>
    __device__ __forceinline__ static auto value(Row& row, Full& full) {
        if constexpr (At<N>::section % 2 == 1 && At<N>::what != Do::fold)
            return slot<N>(full);
        else
            return slot<N>(row);
    }

    /// One instruction at a place that knows how to load and store. `OnRow`: once for the row.
    template <int N, bool OnRow, class Place>
    __device__ __forceinline__ static void step(Row& row, Full& full, const Place& at) {
        using Act = At<N>;
        using E = Held<Act::type>;
        if constexpr (Act::what == Do::load) {
            target<N, OnRow>(row, full) = at.template load<Act::operand>();
        } else if constexpr (Act::what == Do::gather) {
            target<N, OnRow>(row, full) = at.template gather<Act::operand>(value<Act::a>(row, full));
        } else if constexpr (Act::what == Do::tile) {
            target<N, OnRow>(row, full) = at.tile();
        } else if constexpr (Act::what == Do::number) {
            target<N, OnRow>(row, full) = static_cast<E>(Act::value);
        } else if constexpr (Act::what == Do::apply) {
            using Op = typename Act::Apply;
            if constexpr (Act::c >= 0)
                target<N, OnRow>(row, full) = Op::apply(value<Act::a>(row, full), value<Act::b>(row, full), value<Act::c>(row, full));
            else if constexpr (Act::b >= 0)
                target<N, OnRow>(row, full) = Op::apply(value<Act::a>(row, full), value<Act::b>(row, full));
            else
                target<N, OnRow>(row, full) = Op::apply(value<Act::a>(row, full));
        } else if constexpr (Act::what == Do::store) {
            at.template store<Act::operand, OnRow>(value<Act::a>(row, full));
        } else if constexpr (Act::what == Do::column) {
            at.template add<Act::operand, OnRow>(value<Act::a>(row, full));
        } else if constexpr (Act::what == Do::fold) {
            auto& f = fold_slot<N>(row);
            const auto v = value<Act::a>(row, full);
            if constexpr (static_cast<Fold>(Act::b) == Fold::argmax) {
                if (math::beats(v, f.running)) f.place = at.along_row(), f.running = v;
            } else {
                f.running = fold_two<static_cast<Fold>(Act::b)>(f.running, static_cast<decltype(f.running)>(v));
            }
        }
    }
    template <int Section, class Place>
    __device__ __forceinline__ static void pass(Row& row, const Place& at) {
        Full full;
        (step_if<I, Section % 2 == 0, A::section == Section>(row, full, at), ...);
    }
    /// Sets the folds of a section to their start.
    template <int Section>
    __device__ __forceinline__ static void start(Row& row) {
        (start_if<I, A::section == Section && A::what == Do::fold>(row), ...);
    }
    /// Brings the folds of a section to the row.
    template <int Section, class T>
    __device__ __forceinline__ static void finish(Row& row) {
        (finish_if<I, A::section == Section && A::what == Do::fold, T>(row), ...);
    }
    template <int Section>
    static constexpr bool uses = ((A::section == Section) || ...);
    template <int Section>
    static constexpr bool sums = ((A::section == Section && A::what == Do::fold && static_cast<Fold>(A::b) == Fold::sum) || ...);
    /// Adds the running sums of a section to those of `to`, and begins anew.
    template <int Section>
    __device__ __forceinline__ static void settle(Row& from, Row& to) {
        (settle_if<I, A::section == Section && A::what == Do::fold && static_cast<Fold>(A::b) == Fold::sum>(from, to), ...);
    }

    /// Bytes of a fold's part of a row, in memory.
    static constexpr long part_bytes = 16, folds_bytes = part_bytes * (0 + ... + (A::what == Do::fold ? 1 : 0));
    /// Leaves what a section folded of a part of the row in memory.
    template <int Section>
    __device__ __forceinline__ static void leave(Row& row, char* part) {
        (leave_if<I, A::section == Section && A::what == Do::fold>(row, part), ...);
    }
    /// Folds in what another block left.
    template <int Section>
    __device__ __forceinline__ static void meet(Row& row, const char* part) {
        (meet_if<I, A::section == Section && A::what == Do::fold>(row, part), ...);
    }

  private:
    template <int N, bool OnRow>
    __device__ __forceinline__ static auto& target(Row& row, Full& full) {
        if constexpr (OnRow)
            return slot<N>(row);
        else
            return slot<N>(full);
    }
    template <int N, bool OnRow, bool Use, class Place>
    __device__ __forceinline__ static void step_if(Row& row, Full& full, const Place& at) {
        if constexpr (Use) step<N, OnRow>(row, full, at);
    }
    template <int N, bool Use>
    __device__ __forceinline__ static void start_if(Row& row) {
        if constexpr (Use) {
            auto& f = fold_slot<N>(row);
            constexpr Fold kind = static_cast<Fold>(At<N>::b);
            f.running = fold_start<std::remove_reference_t<decltype(f.running)>, kind == Fold::argmax ? Fold::max : kind>();
            f.place = 0;
        }
    }
    template <int N, bool Use>
    __device__ __forceinline__ static void settle_if(Row& from, Row& to) {
        if constexpr (Use) {
            auto& running = fold_slot<N>(from).running;
            fold_slot<N>(to).running += running;
            running = 0;
        }
    }
    template <int N, bool Use, class T>
    __device__ __forceinline__ static void finish_if(Row& row) {
        if constexpr (Use) {
            auto& f = fold_slot<N>(row);
            using V = std::remove_reference_t<decltype(f.running)>;
            constexpr Fold kind = static_cast<Fold>(At<N>::b);
            using R = std::remove_reference_t<decltype(f.value)>;
            if constexpr (kind == Fold::argmax) {
                const Placed<V> first = T::join(Placed<V>{f.running, f.place}, [](Placed<V> a, Placed<V> b) { return first_of(a, b); });
                f.running = first.value, f.place = first.place, f.value = static_cast<R>(first.place);
            } else {
                f.running = T::join(f.running, [](V a, V b) { return fold_two<kind>(a, b); }), f.value = static_cast<R>(f.running);
            }
        }
    }
    template <class V>
    __device__ __forceinline__ static Placed<V> first_of(Placed<V> a, Placed<V> b) {
        return math::comes_first(b.value, b.place, a.value, a.place) ? b : a;
    }
    /// Where a fold's part lies among those of all.
    template <int N>
    static constexpr long part_of = part_bytes * (0 + ... + (I < N && A::what == Do::fold ? 1 : 0));
    template <int N, bool Use>
    __device__ __forceinline__ static void leave_if(Row& row, char* part) {
        if constexpr (Use) {
            const auto& f = fold_slot<N>(row);
            *reinterpret_cast<std::remove_cvref_t<decltype(f.running)>*>(part + part_of<N>) = f.running;
            *reinterpret_cast<int*>(part + part_of<N> + 8) = f.place;
        }
    }
    template <int N, bool Use>
    __device__ __forceinline__ static void meet_if(Row& row, const char* part) {
        if constexpr (Use) {
            auto& f = fold_slot<N>(row);
            using V = std::remove_reference_t<decltype(f.running)>;
            constexpr Fold kind = static_cast<Fold>(At<N>::b);
            const V other = __ldcg(reinterpret_cast<const V*>(part + part_of<N>));
            if constexpr (kind == Fold::argmax) {
                const Placed<V> first = first_of(Placed<V>{f.running, f.place}, Placed<V>{other, __ldcg(reinterpret_cast<const int*>(part + part_of<N> + 8))});
                f.running = first.value, f.place = first.place;
            } else {
                f.running = fold_two<kind>(f.running, other);
            }
        }
    }
};

/// Whether the place at these turns of the loops is within X's borders, outside of which it reads 0.
template <class X>
__device__ __forceinline__ bool within_borders(int i0, int i1, int i2, int i3, int i4, int i5, int i6, int lane) {
    return X::template has<0>(i0) && X::template has<1>(i1) && X::template has<2>(i2) && X::template has<3>(i3) && X::template has<4>(i4) && X::template has<5>(i5) &&
           X::template has<6>(i6) && X::template has<lane_loop>(lane);
}
/// What an index finds in a table.
template <class X, class E, class I>
__device__ __forceinline__ Wide<E> row_of_table(const void* base, long at, I index) {
    if (static_cast<std::uint64_t>(index) < static_cast<std::uint64_t>(X::rows)) return static_cast<const E*>(base)[at + static_cast<long>(index) * X::row];
    if constexpr (std::is_floating_point_v<Wide<E>>)
        return static_cast<Wide<E>>(__int_as_float(0x7fc00000));
    else
        return E(0);
}

}  // namespace strata::cuda
