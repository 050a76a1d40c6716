// SPDX-License-Identifier: BSL-1.0
/// What the type of a fused loop nest tells its kernels: how many elements a thread takes at once (16 bytes, where strides, extents and alignment
/// allow it), whether 32 bits reach every element, what is read once for many elements.
#pragma once

#include <type_traits>

#include <strata/kernel/cuda/code.cuh>
#include <strata/kernel/cuda/vector.cuh>

namespace strata::cuda {

template <class Step>
struct Nested;
template <class Real, class N, class... O, class... A>
struct Nested<LoopStep<Real, N, Accesses<O...>, Acts<A...>>> {
    using Nest = N;
    using Number = Real;
    using Code = Machine<std::make_integer_sequence<int, sizeof...(A)>, A...>;
    using Row = typename Code::Row;
    using Operands = std::make_integer_sequence<int, sizeof...(O)>;
    static constexpr int operands = sizeof...(O), threads = 256;
    template <int K>
    using At = typename Types<O...>::template At<K>;
    template <int K>
    using ElementAt = Element<At<K>::type>;

    static constexpr bool folds = ((A::what == Do::fold) || ...), columns = ((A::what == Do::column) || ...), vertical = N::vertical;
    static constexpr int extent[8] = {N::n0, N::n1, N::n2, N::n3, N::n4, N::n5, N::n6, N::n7};
    static constexpr long outer = long{N::n0} * N::n1 * N::n2 * N::n3, inner = long{N::n4} * N::n5 * N::n6;
    static constexpr long length = inner * (vertical ? 1 : N::n7);  ///< of a row

    // --- operands ------------------------------------------------------------------------------------------------------------
    template <int K>
    static constexpr long stride_in(int loop) {
        return loop < 4 ? At<K>::outer[loop] : loop < 7 ? At<K>::inner[loop - 4] : At<K>::lane;
    }
    static constexpr unsigned outer_loops = 0xfu, inner_loops = vertical ? 0x70u : 0xf0u;
    static constexpr bool goes(int loop) { return extent[loop] > 1; }
    /// Whether operand K is the same in all turns of loops [first, past).
    template <int K>
    static constexpr bool same_along(int first, int past) {
        for (int l = first; l < past; ++l)
            if (goes(l) && stride_in<K>(l) != 0) return false;
        return true;
    }
    /// Whether operand K meets an element again within a row.
    template <int K>
    static constexpr bool repeats() {
        for (int l = first_inner; l < max_loops; ++l)
            if (goes(l) && stride_in<K>(l) == 0) return true;
        return false;
    }
    template <class X>
    static constexpr long reach() {
        const long s[8] = {X::s0, X::s1, X::s2, X::s3, X::s4, X::s5, X::s6, X::lane};
        long far = 0;
        for (int l = 0; l < 8; ++l) far += (extent[l] - 1) * (s[l] < 0 ? -s[l] : s[l]);
        return far;
    }
    /// Elements counted by 32 bits, if they can be, with room for a last step past the end.
    static constexpr bool near = ((reach<O>() < (1L << 30)) && ...) && outer * inner * N::n7 < (1L << 30);
    using Index = std::conditional_t<near, int, long>;
    using Count = std::make_unsigned_t<Index>;

    template <int K>
    static constexpr bool plain = At<K>::source == Source::memory && !At<K>::bordered && !At<K>::table;
    template <int K>
    static constexpr int loads_in(int section) {
        return (0 + ... + (A::what == Do::load && A::operand == K && A::section == section ? 1 : 0));
    }
    template <int K>
    static constexpr int stores_in(int section) {
        return (0 + ... + (A::what == Do::store && A::operand == K && A::section == section ? 1 : 0));
    }
    /// Variables: device code may not call such functions.
    template <int K, int Section>
    static constexpr bool loads = loads_in<K>(Section) > 0;
    template <int K, int Section>
    static constexpr bool stores = stores_in<K>(Section) > 0;
    /// The first section that loads K; -1: none.
    template <int K>
    static constexpr int find_first_load() {
        for (int s = 0; s <= N::sections; ++s)
            if (loads_in<K>(s) > 0) return s;
        return -1;
    }
    template <int K>
    static constexpr int first_load = find_first_load<K>();
    /// In how many passes over the row K is loaded.
    template <int K>
    static constexpr int passes_loading() {
        int n = 0;
        for (int s = 1; s <= N::sections; s += 2) n += loads_in<K>(s) > 0 ? 1 : 0;
        return n;
    }
    template <int K>
    static constexpr bool loaded_on_row() {
        for (int s = 0; s <= N::sections; s += 2)
            if (loads_in<K>(s) > 0) return true;
        return false;
    }
    template <int K>
    static constexpr bool stored_in_passes() {
        for (int s = 1; s <= N::sections; s += 2)
            if (stores_in<K>(s) > 0) return true;
        return false;
    }

    // --- vectors -------------------------------------------------------------------------------------------------------------
    /// Elements along the lanes that a thread takes at once: as many of the largest as 16 bytes hold, where that divides the lanes. More would
    /// have neighbours read every second piece.
    static constexpr long largest() {
        long most = 0;
        ((most = O::source == Source::memory && O::lane == 1 && size_of(O::type) > most ? size_of(O::type) : most), ...);
        return most == 0 ? static_cast<long>(sizeof(Real)) : most < 2 ? 2 : most;
    }
    static constexpr int best_width() {
        int w = static_cast<int>(most_bytes / largest());
        while (w > 1 && (vertical || N::n7 % w != 0 || (N::bounded == lane_loop && N::unit % w != 0))) w /= 2;
        return w;
    }
    static constexpr int width = best_width();
    template <int K>
    static constexpr bool steps_by(int w) {
        for (int l = 0; l < lane_loop; ++l)
            if (goes(l) && stride_in<K>(l) % w != 0) return false;
        return true;
    }
    /// Whether vectors of K lie in one piece, where an access of 16 bytes may find them.
    template <int K>
    static constexpr bool wide = plain<K> && At<K>::lane == 1 && At<K>::aligned && steps_by<K>(width);
    /// Random numbers that come four at a time, as the generator makes them.
    template <int K>
    static constexpr bool fours = At<K>::source == Source::random && At<K>::lane == 1 && width % 4 == 0 && steps_by<K>(4);
    /// Read a vector at a time before the instructions run, or made so.
    template <int K>
    static constexpr bool buffered = (plain<K> || fours<K>) && passes_loading<K>() > 0 && !loaded_on_row<K>();
    /// One number for the whole launch, read once by every thread.
    template <int K>
    static constexpr bool uniform = plain<K> && !At<K>::written && loaded_on_row<K>() && same_along<K>(0, 8);
    /// The same in all rows: one row of numbers for the whole launch.
    template <int K>
    static constexpr bool shared_by_rows = buffered<K> && plain<K> && !At<K>::written && outer > 1 && same_along<K>(0, first_inner);

    /// In memory, and with elements of its own in every row.
    template <int K>
    static constexpr bool of_elements = plain<K> && (outer == 1 || !same_along<K>(0, first_inner)) && (At<K>::lane != 0 || vertical);
    template <int K>
    using VectorAt = Vector<std::conditional_t<At<K>::source == Source::random, Real, std::conditional_t<At<K>::source == Source::scratch, Held<At<K>::type>, ElementAt<K>>>, width>;
};

}  // namespace strata::cuda
