// SPDX-License-Identifier: BSL-1.0
/// Running a step's instructions in a thread: one slot an instruction, all of them registers.
#pragma once

#include <cfloat>
#include <utility>

#include <strata/core/math.hpp>
#include <strata/core/philox.hpp>
#include <strata/core/types.hpp>
#include <strata/kernel/cuda/launch.cuh>

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

/// What folds start from.
template <class T, Fold F>
__device__ __forceinline__ T fold_start() {
    if constexpr (F == Fold::sum) {
        return T(0);
    } else if constexpr (std::is_floating_point_v<T>) {
        const T inf = static_cast<T>(__int_as_float(0x7f800000));
        return F == Fold::min ? inf : -inf;
    } else {
        constexpr T least = static_cast<T>(T(1) << (8 * sizeof(T) - 1));
        return F == Fold::min ? static_cast<T>(~least) : least;
    }
}
template <Fold F, class T>
__device__ __forceinline__ T fold_two(T a, T b) {
    if constexpr (F == Fold::sum)
        return a + b;
    else if constexpr (F == Fold::min)
        return b == b ? math::min(a, b) : b;  // NaN stays once it has come
    else
        return b == b ? math::max(a, b) : b;
}

/// Threads that share a row: one, a part of a warp (2, 4, 8 or 16 of them), a warp or a block.
template <int Size>
struct Team {
    static constexpr int size = Size;
    __device__ __forceinline__ static int rank() { return Size == 1 ? 0 : static_cast<int>(threadIdx.x) % Size; }
    __device__ __forceinline__ static void wait() {
        if constexpr (Size > 1 && Size <= 32)
            __syncwarp(mask());
        else if constexpr (Size > 32)
            __syncthreads();
    }
    /// Two values become one by f, in an order that depends on the size alone; every thread gets the result.
    template <class V, class F>
    __device__ __forceinline__ static V join(V v, F f) {
        if constexpr (Size > 1) {
#pragma unroll
            for (int apart = 1; apart < 32 && apart < Size; apart *= 2) v = f(v, shuffled(v, apart));
        }
        if constexpr (Size > 32) {
            __shared__ V part[Size / 32];
            __syncthreads();
            if (threadIdx.x % 32 == 0) part[threadIdx.x % Size / 32] = v;
            __syncthreads();
            v = part[0];
            for (int i = 1; i < Size / 32; ++i) v = f(v, part[i]);
        }
        return v;
    }

  private:
    /// The team's lanes of the warp; other teams may be elsewhere.
    __device__ __forceinline__ static unsigned mask() {
        if constexpr (Size >= 32)
            return 0xffffffffu;
        else
            return ((1u << Size) - 1) << (threadIdx.x % 32 / Size * Size);
    }
    template <class V>
    __device__ __forceinline__ static V shuffled(V v, int apart) {
        if constexpr (std::is_arithmetic_v<V>)
            return __shfl_xor_sync(mask(), v, apart);
        else
            return V{shuffled(v.value, apart), shuffled(v.place, apart)};
    }
};
/// Threads of a block that share a row, where rows lie beside each other: each takes every Size-th element, neighbours those of neighbouring rows.
template <int Size, int Threads>
struct Stack {
    static constexpr int size = Size, rows = Threads / Size;
    __device__ __forceinline__ static int rank() { return static_cast<int>(threadIdx.x) / rows; }
    /// Of all threads of the block: the values of each row become one by f, in the order of the ranks; every thread gets the result.
    template <class V, class F>
    __device__ __forceinline__ static V join(V v, F f) {
        if constexpr (Size > 1) {
            __shared__ V part[Threads];
            __syncthreads();
            part[threadIdx.x] = v;
            __syncthreads();
            v = part[threadIdx.x % rows];
#pragma unroll
            for (int i = 1; i < Size; ++i) v = f(v, part[i * rows + static_cast<int>(threadIdx.x) % rows]);
        }
        return v;
    }
};
/// A value and where it stands, for argmax.
template <class T>
struct Placed {
    T value;
    int place;
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
                if (v > f.running) f.place = at.along_row(), f.running = v;
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
            if constexpr (kind == Fold::argmax)
                f.value = static_cast<std::remove_reference_t<decltype(f.value)>>(
                    T::join(Placed<V>{f.running, f.place}, [](Placed<V> a, Placed<V> b) { return b.value > a.value || (b.value == a.value && b.place < a.place) ? b : a; }).place);
            else
                f.value = static_cast<std::remove_reference_t<decltype(f.value)>>(T::join(f.running, [](V a, V b) { return fold_two<kind>(a, b); }));
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
