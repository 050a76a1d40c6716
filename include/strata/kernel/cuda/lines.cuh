// SPDX-License-Identifier: BSL-1.0
/// Lines of an operand whose elements are neighbours in memory, on their way into swizzled lines of shared memory: by asynchronous copies
/// of as many bytes as all lines' beginnings are multiples of. No such copy is small enough for 16-bit elements whose lines begin anywhere:
/// of these, the words that hold a line are copied, and a line that began within a word is mended, once it is there, by moving it half a
/// word.   Launch: within a tiled product.   Needs: all threads of the block, whole warps.   Traffic: each element of the tile once.
/// Bound: instructions, of a warp 1.2 to 1.5 for each 32 pieces that are copied, and 9 for 256 elements that are mended.
#pragma once

#include <strata/kernel/cuda/mma.cuh>
#include <strata/kernel/cuda/tile.cuh>

namespace strata::cuda {

/// Reads and writes 16 bytes of shared memory.
template <int Offset>
__device__ __forceinline__ void load_chunk(unsigned (&to)[4], unsigned address) {
    asm volatile("ld.shared.v4.u32 {%0, %1, %2, %3}, [%4 + %5];"
                 : "=r"(to[0]), "=r"(to[1]), "=r"(to[2]), "=r"(to[3])
                 : "r"(address), "n"(Offset)
                 : "memory");
}
template <int Offset>
__device__ __forceinline__ void store_chunk(unsigned address, const unsigned (&v)[4]) {
    asm volatile("st.shared.v4.u32 [%0 + %5], {%1, %2, %3, %4};" ::"r"(address), "r"(v[0]), "r"(v[1]), "r"(v[2]), "r"(v[3]), "n"(Offset)
                 : "memory");
}
/// The largest power of two in n, at most `most`.
constexpr int power_in(int n, int most) { return (n & -n) < most ? (n & -n) : most; }

/// How the warps of a block share a tile's lines: `across` neighbours along a line, `down` lines at a time; of each group of lines some
/// warps, a team, have every so many, other teams other groups. So a thread's places differ by constants, and by what swizzling makes of a
/// line's number in its group.
template <int Threads, int Lines, int Pieces>
struct LineDeal {
    static constexpr int warps = Threads / 32, across = power_in(Pieces, 32), down = 32 / across, columns = Pieces / across;
    static constexpr int group = down > 8 ? down : 8, units = group / down, team = power_in(warps, units), teams = warps / team;
    static constexpr int shares = units / team, step = team * down;  ///< of a thread in a group, and the lines between them
    static constexpr int groups = Lines / group, most = (groups + teams - 1) / teams;
    static_assert(Lines % group == 0 && Threads % 32 == 0);
};

template <int Threads, class Tile, class T, long Side, long Deep, int Aligned>
requires(std::is_same_v<T, typename Tile::Type>&& InMemory<T, Side, Deep, Aligned>::piece > 0 &&
         requires { Tile::line_bytes; }) class Carrier<Threads, Tile, InMemory<T, Side, Deep, Aligned>> {
    using Source = InMemory<T, Side, Deep, Aligned>;
    static constexpr bool deep_first = Source::deep_first;
    static constexpr int size = sizeof(T), lines = deep_first ? Tile::side : Tile::depth, length = deep_first ? Tile::depth : Tile::side;

public:
    static constexpr bool mends = Source::piece < 4;
    static constexpr int stage_bytes =
        Tile::bytes + (mends ? (lines * 4 + 127) / 128 * 128 : 0);  ///< with a word more for each line that is mended

private:
    static constexpr int bytes = mends ? 4 : Source::piece, per = bytes / size;
    static constexpr bool alternates = mends && Source::pitch % 2 != 0;  ///< every other line begins within a word; else all or none
    using Deal = LineDeal<Threads, lines, length / per>;
    static constexpr long line_pitch = Source::pitch * size, group_pitch = line_pitch * Deal::teams * Deal::group;
    // Of what is mended, by chunks of 16 bytes: a lane has `steps` of a line, and its neighbour what comes after each.
    static constexpr int across = power_in(Tile::line_bytes / 16, 8), steps = Tile::line_bytes / 16 / across,
                         down = 32 / across < lines / 2 ? 32 / across : lines / 2;
    // Twelve chunks are three times four, and every other line begins at the same bank: of two that are mended at once, the other begins
    // with its second four and ends with its first.
    static constexpr bool turns_about = steps == 3 && across == 4 && down % 2 == 0;
    static constexpr int mended = lines / 2 / down, most_mended = (mended + Deal::warps - 1) / Deal::warps;
    static_assert(!mends || (lines / 2 % down == 0 && (most_mended == 1 || down * 2 * Deal::warps % 8 == 0)));

    std::size_t from_[Deal::shares];  ///< where the thread's piece of each slot lies, in the first group
    std::size_t last_;               ///< where the last element of line 2 threadIdx lies
    unsigned place_, mended_;        ///< where the thread's pieces go to, and where its first chunk to be mended lies
    int odd_;                        ///< whether the first line begins within a word
    int beside_, left_;              ///< of the tile's side, and of the sum

    __device__ __forceinline__ static int lane() { return static_cast<int>(threadIdx.x) % 32; }
    __device__ __forceinline__ static int warp() { return static_cast<int>(threadIdx.x) / 32; }
    __device__ __forceinline__ static int place(int line, int along) {
        return deep_first ? Tile::place(line, along) : Tile::place(along, line);
    }
    __device__ __forceinline__ static int first_line() {
        return warp() / Deal::team * Deal::group + warp() % Deal::team * Deal::down + lane() / Deal::across;
    }
    __device__ __forceinline__ int odd(int line) const { return mends ? odd_ ^ (alternates ? line & 1 : 0) : 0; }

    /// Piece number I of the thread.   Whole: the tile is; else there are `lines_left` lines from the thread's first one on, and `left`
    /// bytes from its first piece.
    template <bool Whole, int I>
    __device__ __forceinline__ void copy(unsigned first, int lines_left, int left) const {
        constexpr int slot = I % Deal::shares, column = I / Deal::shares % Deal::columns, e = I / (Deal::shares * Deal::columns),
                      line = e * Deal::teams * Deal::group + slot * Deal::step;
        if ((e + 1) * Deal::teams > Deal::groups && e * Deal::teams + warp() / Deal::team >= Deal::groups) return;
        constexpr int along = column * Deal::across * bytes, to = line * Tile::line_bytes + along;
        constexpr long far = e * group_pitch + along, near = far < (1 << 30) ? far : 0;
        const int mine = left - along + (alternates && Deal::step % 2 != 0 && slot % 2 != 0 ? 2 - 4 * odd(first_line()) : 0),
                  some = mine < bytes ? mine : bytes;
        const int exist = Whole ? bytes : line < lines_left && some > 0 ? some : 0;
        copy_async<bytes, to, static_cast<int>(near)>(Tile::template below<slot * Deal::step>(first), from_[slot] + (far - near), exist);
    }
    template <bool Whole, int... I>
    __device__ __forceinline__ void copy_all(unsigned to, std::integer_sequence<int, I...>) const {
        const int lines_left = (deep_first ? beside_ : left_) - first_line(),
                  left = ((deep_first ? left_ : beside_) + odd(first_line())) * size - lane() % Deal::across * bytes;
        (copy<Whole, I>(to + place_, lines_left, left), ...);
    }
    /// The last elements of lines whose first words begin before them.
    __device__ __forceinline__ void copy_last(unsigned to, int parity) const {
        const int line_end = deep_first ? beside_ : left_, along_end = deep_first ? left_ : beside_;
#pragma unroll
        for (int e = 0; e < (lines / 2 + Threads - 1) / Threads; ++e) {
            const int line = 2 * (static_cast<int>(threadIdx.x) + e * Threads) + parity;
            if (line < lines)
                copy_async<4>(to + Tile::bytes + line * 4, last_ + (2 * e * Threads + parity) * line_pitch,
                              line < line_end && along_end >= length ? 2 : 0);
        }
    }
    template <int E, int... S>
    __device__ __forceinline__ void mend_lines(unsigned to, unsigned first, int parity, std::integer_sequence<int, S...>) const {
        if ((E + 1) * Deal::warps > mended && E * Deal::warps + warp() >= mended) return;
        constexpr int further = E * Deal::warps * down * 2;  // lines
        const bool mine = 32 / across == down || lane() / across < down;
        const bool about = turns_about && lane() / across % 2 != 0;
        const unsigned begin = about ? first + across * 16 : first, end = about ? first - (steps - 1) * across * 16 : first;
        unsigned v[steps + 1][4];
        if (mine) {
            (load_chunk<further * Tile::line_bytes + S * across * 16>(v[S], turns_about && S == steps - 1 ? end : begin), ...);
            v[steps][0] =
                load_word<Tile::bytes + further * 4>(to + static_cast<unsigned>(2 * (warp() * down + lane() / across) + parity) * 4);
        }
        // Where a lane's last chunk is its line's first, the line ends a chunk before, and what comes after the last has been read at first.
        const unsigned before_last = about ? v[steps][0] : v[steps - 1][0], last = about ? v[0][0] : v[steps][0];
#pragma unroll
        for (int s = 0; s < steps; ++s) {
            const unsigned after = s == steps - 1 ? last : s == steps - 2 ? before_last : v[s + 1][0];
            const unsigned next = __shfl_sync(~0u, lane() % across == 0 ? after : v[s][0], lane() + 1, across);
#pragma unroll
            for (int k = 0; k < 4; ++k) v[s][k] = __funnelshift_r(v[s][k], k < 3 ? v[s][k + 1] : next, 16);
        }
        if (mine) (store_chunk<further * Tile::line_bytes + S * across * 16>(turns_about && S == steps - 1 ? end : begin, v[S]), ...);
    }
    template <int... E>
    __device__ __forceinline__ void mend_all(unsigned to, int parity, std::integer_sequence<int, E...>) const {
        (mend_lines<E>(to, !alternates && parity != 0 ? Tile::template below<1>(to + mended_) + Tile::line_bytes : to + mended_, parity,
                       std::make_integer_sequence<int, steps>{}),
         ...);
    }

public:
    __device__ __forceinline__ Carrier(const Source& source, long side0, long deep0, long side, long deep)
        : beside_(static_cast<int>(settled(static_cast<unsigned>(side - side0 < Tile::side ? side - side0 : Tile::side)))),
          left_(static_cast<int>(deep - deep0)) {
        // A tile's first line and first element along lines are even, so they decide nothing.
        const std::size_t begin =
            __cvta_generic_to_global(source.at + (deep_first ? side0 : deep0) * Source::pitch + (deep_first ? deep0 : side0));
        odd_ = static_cast<int>(begin / 2 % 2);
#pragma unroll
        for (int s = 0; s < Deal::shares; ++s) {
            const int line = first_line() + s * Deal::step;
            from_[s] = begin + line * line_pitch + (lane() % Deal::across) * bytes - (mends ? odd(line) * 2 : 0);
        }
        place_ = settled(static_cast<unsigned>(place(first_line(), lane() % Deal::across * per)));
        last_ = begin + static_cast<int>(threadIdx.x) * 2 * line_pitch + (length - 1) * size;
        mended_ = settled(static_cast<unsigned>(
            place(2 * (warp() * down + lane() / across % down) + (alternates ? 1 - odd_ : 0), lane() % across * (16 / size))));
    }
    __device__ __forceinline__ void next(char* tile) {
        constexpr auto all = std::make_integer_sequence<int, Deal::shares * Deal::columns * Deal::most>{};
        const unsigned to = shared_address(tile);
        if (beside_ == Tile::side && left_ >= Tile::depth)
            copy_all<true>(to, all);
        else
            copy_all<false>(to, all);
        if constexpr (alternates) {
            copy_last(to, 1 - odd_);
        } else if constexpr (mends) {
            if (odd_ != 0) copy_last(to, 0), copy_last(to, 1);
        }
        constexpr long on = Tile::depth * (deep_first ? size : line_pitch);
#pragma unroll
        for (std::size_t& from : from_) from += on;
        last_ += on;
        left_ -= Tile::depth;
    }
    /// Puts right what next(tile) has brought, after all threads' copies, before any thread reads it.
    __device__ __forceinline__ void mend(char* tile) const {
        constexpr auto all = std::make_integer_sequence<int, most_mended>{};
        if constexpr (alternates)
            mend_all(shared_address(tile), 1 - odd_, all);
        else if (odd_ != 0)
            mend_all(shared_address(tile), 0, all), mend_all(shared_address(tile), 1, all);
    }
};

}  // namespace strata::cuda
