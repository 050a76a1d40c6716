// SPDX-License-Identifier: BSL-1.0
/// Tiles of operands that are seen through a window, on their way into shared memory: an element's address is a sum of what each of its two
/// indices says, so a thread works out its own place once, a warp the window's places together, and what is left for an element is an addition.
/// Launch: within a tiled product.   Needs: all threads of the block, whole warps.   Bound: instructions, about ten for an element that is not copied
/// in pieces.   Traffic: each element of the tile once; nothing where the window reaches over the border.
#pragma once

#include <strata/kernel/cuda/tile.cuh>

namespace strata::cuda {

/// A place of pictures: its address in elements, where the window begins there, and what of the window meets the picture.
struct Spot {
    long at;
    int y, x;
    unsigned meets;
};
/// What counts the bytes of so many elements of T: 32 bits, where these are enough.
template <class T, long Elements>
using Distance = std::conditional_t<(Elements < (1L << 31) / static_cast<long>(sizeof(T))), int, long>;
/// A place of the window: its distance in elements, whose bytes have to fit, and what it has to meet: never nothing, nor all bits.
template <class Distance>
struct Tap {
    Distance at;
    unsigned needs;
};

/// An operand whose element lies at at[View::spot(a).at + View::tap(b).at], or is zero where the two do not meet: a is along the sum (DeepFirst) or along
/// the result, and b the other.   Piece: bytes of neighbours in a that lie side by side, aligned.   View::whole: all meet; else they do where
/// View::found(spot, needs) == needs.
template <class T, bool DeepFirst, int Piece, class View>
struct InPicture {
    using Type = T;
    static constexpr bool gathers = true;
    static constexpr bool deep_first = DeepFirst;
    static constexpr int side_by_side = Piece, piece = Piece >= 4 ? Piece : 0;
    const T* at;
    __device__ __forceinline__ T operator()(long i, long q) const {
        const Spot s = View::spot(deep_first ? q : i);
        const auto t = View::tap(deep_first ? i : q);
        return View::whole || View::found(s, t.needs) == t.needs ? at[s.at + t.at] : T{};
    }
};

/// What lies at a global address, or zero unless found == wanted: no branch, so loads go on their way together.
template <class T>
__device__ __forceinline__ T load_if(std::size_t from, unsigned found, unsigned wanted) {
    static_assert(sizeof(T) == 2 || sizeof(T) == 4);
    if constexpr (sizeof(T) == 2) {
        std::uint16_t v;
        asm volatile("{.reg .pred p; setp.eq.u32 p, %2, %3; mov.u16 %0, 0; @p ld.global.u16 %0, [%1];}" : "=h"(v) : "l"(from), "r"(found), "r"(wanted) : "memory");
        return *reinterpret_cast<const T*>(&v);
    } else {
        std::uint32_t v;
        asm volatile("{.reg .pred p; setp.eq.u32 p, %2, %3; mov.u32 %0, 0; @p ld.global.u32 %0, [%1];}" : "=r"(v) : "l"(from), "r"(found), "r"(wanted) : "memory");
        return *reinterpret_cast<const T*>(&v);
    }
}

/// How the warps of a block share such a tile: pieces of lines go along lanes; a warp has some of the lines, each of them with the same lanes.
template <int Threads, class Tile, class T, bool DeepFirst, int Piece>
struct PictureDeal {
    static constexpr int size = static_cast<int>(sizeof(typename Tile::Type)), lines = DeepFirst ? Tile::side : Tile::depth, length = DeepFirst ? Tile::depth : Tile::side;
    static constexpr bool turned = DeepFirst && Tile::apart;
    static constexpr int bytes = turned || !std::is_same_v<T, typename Tile::Type> ? size : Piece, per = bytes / size;
    static constexpr bool copies = std::is_same_v<T, typename Tile::Type> && bytes >= 4;
    static constexpr int warps = Threads / 32, pieces = length / per, widest = turned ? 8 : 32;
    static constexpr int across = (pieces & -pieces) < widest ? (pieces & -pieces) : widest, down = 32 / across, chunks = pieces / across;
    static constexpr int teams = chunks >= warps ? 1 : warps / chunks, own_chunks = chunks >= warps ? chunks / warps : 1;
    static constexpr int own_lines = lines / teams, rows = own_lines / down;
    static constexpr bool fits = length % per == 0 && (chunks % warps == 0 || warps % chunks == 0) && lines % teams == 0 && own_lines % down == 0;
    /// Rows whose places differ by constants: `down` lines apart, within eight lines.
    static constexpr int together = [] {
        int n = down < 8 ? 8 / down : 1;
        while (rows % n != 0) n /= 2;
        return n;
    }();
};

template <int Threads, class Tile, class From, bool DeepFirst, int Piece, class View>
    requires PictureDeal<Threads, Tile, From, DeepFirst, Piece>::fits
class Carrier<Threads, Tile, InPicture<From, DeepFirst, Piece, View>> {
    using T = typename Tile::Type;
    using Deal = PictureDeal<Threads, Tile, From, DeepFirst, Piece>;
    static constexpr int down = Deal::down, rows = Deal::rows, together = Deal::together;

    Spot spot_[Deal::own_chunks];
    decltype(View::tap(0)) tap_[(Deal::own_lines + 31) / 32];  ///< lane l has those of lines l, 32 + l, ... of the warp's own
    std::size_t base_;
    long side0_, deep0_;
    int beside_, left_;  ///< of the tile's side, and of the sum

    __device__ __forceinline__ static int lane() { return static_cast<int>(threadIdx.x) % 32; }
    __device__ __forceinline__ static int warp() { return static_cast<int>(threadIdx.x) / 32; }
    __device__ __forceinline__ static int first_line() { return warp() / (Deal::warps / Deal::teams) * Deal::own_lines; }
    // From here on addresses are in bytes. Nothing meets what lies past the ends.
    /// The first element along lines of the thread's piece in its chunk number c.
    __device__ __forceinline__ static int along(int c) { return ((warp() % (Deal::warps / Deal::teams) * Deal::own_chunks + c) * Deal::across + lane() % Deal::across) * Deal::per; }
    __device__ __forceinline__ void find_spots(long from, int end) {
#pragma unroll
        for (int c = 0; c < Deal::own_chunks; ++c) {
            spot_[c] = View::spot(from + along(c));
            spot_[c].at = static_cast<long>(base_) + spot_[c].at * static_cast<long>(sizeof(From));
            if (along(c) >= end) spot_[c].meets = 0, spot_[c].y = -(1 << 28);
        }
    }
    __device__ __forceinline__ void find_taps(long from, int end) {
#pragma unroll
        for (int k = 0; k < (Deal::own_lines + 31) / 32; ++k) {
            const int line = first_line() + k * 32 + lane();
            tap_[k] = View::tap(from + line);
            tap_[k].at *= static_cast<int>(sizeof(From));
            if (line >= end) tap_[k].needs = ~0u;
        }
    }
    /// Row number Row of the thread, of the chunk whose place is s: where it lies; it is there if found == wanted.   have: lines from the thread's first one on.
    template <int Row>
    __device__ __forceinline__ void look(const Spot& s, int have, std::size_t& from, unsigned& found, unsigned& wanted) const {
        constexpr int line = Row * down, k = line / 32;
        const int of = line % 32 + lane() / Deal::across;
        from = static_cast<std::size_t>(s.at) + static_cast<std::size_t>(static_cast<long>(__shfl_sync(~0u, tap_[k].at, of)));
        if constexpr (View::whole) {
            found = line < have, wanted = 1;
        } else {
            wanted = __shfl_sync(~0u, tap_[k].needs, of);
            found = View::found(s, wanted);
        }
    }
    template <int First, int... R>
    __device__ __forceinline__ void bring(const Spot& s, int have, int line, int from, char* to, std::integer_sequence<int, R...>) const {
        std::size_t at[together];
        unsigned found[together], wanted[together];
        (look<First + R>(s, have, at[R], found[R], wanted[R]), ...);
        const auto place = [&](int l) { return DeepFirst ? Tile::place(l, from) : Tile::place(from, l); };
        if constexpr (Deal::copies && requires { Tile::line_bytes; }) {
            const unsigned first = settled(shared_address(to) + static_cast<unsigned>(place(line + First * down)));
            (copy_async<Deal::bytes>(Tile::template below<R * down>(first) + R * down * Tile::line_bytes, at[R], found[R] == wanted[R] ? Deal::bytes : 0), ...);
        } else if constexpr (Deal::copies) {
            (copy_async<Deal::bytes>(shared_address(to) + static_cast<unsigned>(place(line + (First + R) * down)), at[R], found[R] == wanted[R] ? Deal::bytes : 0), ...);
        } else {
            T v[together];
            ((v[R] = widened_to<T>(load_if<From>(at[R], found[R], wanted[R]))), ...);
            if constexpr (requires { Tile::line_bytes; })
                lay<Tile, down>(settled(shared_address(to) + static_cast<unsigned>(place(line + First * down))), v, std::integer_sequence<int, R...>{});
            else
                ((*reinterpret_cast<T*>(to + place(line + (First + R) * down)) = v[R]), ...);
        }
    }
    template <int... B>
    __device__ __forceinline__ void bring_all(const Spot& s, int have, int line, int from, char* to, std::integer_sequence<int, B...>) const {
        (bring<B * together>(s, have, line, from, to, std::make_integer_sequence<int, together>{}), ...);
    }

  public:
    static constexpr int stage_bytes = Tile::bytes;
    static constexpr bool mends = false;
    __device__ __forceinline__ Carrier(const InPicture<From, DeepFirst, Piece, View>& source, long side0, long deep0, long side, long deep)
        : base_(__cvta_generic_to_global(source.at)), side0_(side0), deep0_(deep0), beside_(side - side0 < Tile::side ? static_cast<int>(side - side0) : Tile::side), left_(static_cast<int>(deep - deep0)) {
        if constexpr (DeepFirst)
            find_taps(side0, beside_);
        else
            find_spots(side0, beside_);
    }
    __device__ __forceinline__ void next(char* to) {
        if constexpr (DeepFirst)
            find_spots(deep0_, left_);
        else
            find_taps(deep0_, left_);
        const int line_end = DeepFirst ? beside_ : left_, along_end = DeepFirst ? left_ : beside_, line = first_line() + lane() / Deal::across;
#pragma unroll
        for (int c = 0; c < Deal::own_chunks; ++c) {
            const int from = along(c);
            bring_all(spot_[c], from < along_end ? line_end - line : 0, line, from, to, std::make_integer_sequence<int, rows / together>{});
        }
        deep0_ += Tile::depth;
        left_ -= Tile::depth;
    }
};

}  // namespace strata::cuda
