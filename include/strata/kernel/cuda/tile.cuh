// SPDX-License-Identifier: BSL-1.0
/// Tiles of operands on their way into shared memory: what lies right for it is copied asynchronously, what is computed or lies askew is put
/// there by the threads. Lines of 16-byte chunks are swizzled, so that eight chunks below or beside each other lie in different banks.
/// Launch: within a tiled product.   Needs: sm_80; all threads of the block.   Bound: instructions, where pieces are small.
/// Traffic: each element of the tile once; 16 bytes a thread where the memory's alignment allows it.
#pragma once

#include <strata/core/dtype.hpp>
#include <strata/kernel/cuda/launch.cuh>

namespace strata::cuda {

/// The block's memory, as large as the launch says.
__device__ __forceinline__ char* block_memory() {
    extern __shared__ __align__(128) char strata_block_memory[];
    return strata_block_memory;
}
__device__ __forceinline__ unsigned shared_address(const void* p) { return static_cast<unsigned>(__cvta_generic_to_shared(p)); }

/// Copies `bytes` (at most Bytes: 4, 8 or 16) from global to shared memory, zeros after them, some time before the wait for the group.   from: an address of global memory.
/// To, From: what is added to the addresses.
template <int Bytes, int To = 0, int From = 0>
__device__ __forceinline__ void copy_async(unsigned to, std::size_t from, int bytes) {
    if constexpr (Bytes == 16)
        asm volatile("cp.async.cg.shared.global [%0 + %3], [%1 + %4], 16, %2;" ::"r"(to), "l"(from), "r"(bytes), "n"(To), "n"(From) : "memory");
    else
        asm volatile("cp.async.ca.shared.global [%0 + %4], [%1 + %5], %2, %3;" ::"r"(to), "l"(from), "n"(Bytes), "r"(bytes), "n"(To), "n"(From) : "memory");
}
__device__ __forceinline__ void end_group() { asm volatile("cp.async.commit_group;" ::: "memory"); }
/// Waits for all groups of this thread but the last `Rest`.
template <int Rest>
__device__ __forceinline__ void wait_for_groups() {
    asm volatile("cp.async.wait_group %0;" ::"n"(Rest) : "memory");
}

/// Turns of fetching and multiplying, with Stages - 1 of them fetched ahead: fetch(at) each in turn, multiply(at), where `at` is a
/// stage's place, in bytes of which a stage has Bytes. Mends: mend(at) comes between, a turn before multiply(at), once all threads' copies are there.
/// All copies are done, and all threads here, when it returns.
template <int Stages, int Bytes, bool Mends = false, class Fetch, class Multiply, class Mend>
__device__ __forceinline__ void pipelined(int turns, Fetch fetch, Multiply multiply, Mend mend) {
    static_assert(Stages > (Mends ? 2 : 1));
#pragma unroll
    for (int s = 0; s < Stages - 1; ++s) {
        if (s < turns) fetch(s * Bytes);
        end_group();
    }
    if constexpr (Mends) {
        wait_for_groups<Stages - 2>();
        __syncthreads();
        if (turns > 0) mend(0);
    }
    int at = 0, ahead = (Stages - 1) * Bytes;
#pragma unroll 1
    for (int turn = 0; turn < turns; ++turn) {
        wait_for_groups<Stages - (Mends ? 3 : 2)>();
        __syncthreads();
        if (turn + Stages - 1 < turns) fetch(ahead);
        end_group();
        const int next = at + Bytes == Stages * Bytes ? 0 : at + Bytes;
        if constexpr (Mends)
            if (turn + 1 < turns) mend(next);
        multiply(at);
        ahead = at;  // the stage just read is the next to be filled
        at = next;
    }
    wait_for_groups<0>();
    __syncthreads();
}

/// A number as it lies in memory, as one to compute with: exact.
template <class T>
__device__ __forceinline__ T widened(T x) {
    return x;
}
__device__ __forceinline__ float widened(bf16 x) { return __uint_as_float(static_cast<unsigned>(x.bits) << 16); }
__device__ __forceinline__ float widened(f16 x) {
    float wide;
    asm("cvt.f32.f16 %0, %1;" : "=f"(wide) : "h"(x.bits));
    return wide;
}

template <class To, class T>
__device__ __forceinline__ To widened_to(T x) {
    if constexpr (std::is_same_v<To, T>)
        return x;
    else
        return widened(x);
}

/// An operand in memory: element (i, q), i along the result, q along the sum, is at[i Side + q Deep].   Aligned: what the address of `at` is a
/// multiple of, whichever batch.
template <class T, long Side, long Deep, int Aligned>
struct InMemory {
    using Type = T;
    static constexpr bool gathers = false;  ///< whether each piece's address is found by itself
    static constexpr bool deep_first = Deep == 1 || Side != 1;
    static constexpr long pitch = deep_first ? Side : Deep;
    /// Bytes that can be moved at once; 0: neighbours are no neighbours in memory, or larger than what addresses are multiples of.
    static constexpr int piece = [] {
        int b = (deep_first ? Deep : Side) == 1 ? 16 : 0;
        while (b > 0 && (Aligned % b != 0 || pitch * static_cast<long>(sizeof(T)) % b != 0)) b /= 2;
        return b >= 2 && b >= static_cast<int>(sizeof(T)) ? b : 0;
    }();
    const T* at;
    __device__ __forceinline__ T operator()(long i, long q) const { return at[i * Side + q * Deep]; }
};
/// An operand that f(i, q) computes.   DeepFirst: threads beside each other take neighbours in q.
template <class T, bool DeepFirst, class F>
struct Computed {
    using Type = T;
    static constexpr bool gathers = false;
    static constexpr bool deep_first = DeepFirst;
    static constexpr int piece = 0;
    F f;
    __device__ __forceinline__ T operator()(long i, long q) const { return f(i, q); }
};

/// What chunks of a line are exchanged by: chunk c lies where c ^ this would.   Chunks: of a line.   Pairs: four lines of two chunks are read at once,
/// not eight of one.
template <int Chunks, bool Pairs = false>
STRATA_HD constexpr unsigned swizzle(unsigned line) {
    if constexpr (Pairs)
        return Chunks % 8 == 0 ? line % 4 * 2 : Chunks % 4 == 0 ? line / 2 % 2 * 2 : 0;
    else
        return Chunks % 8 == 0 ? line % 8 : Chunks % 4 == 0 ? line / 2 % 4 : Chunks % 2 == 0 ? line / 4 % 2 : 0;
}
/// Where chunk `chunk` of line `line` lies, in chunks.
template <int Chunks, bool Pairs = false>
STRATA_HD constexpr int swizzled(int line, int chunk) {
    return static_cast<int>(static_cast<unsigned>(line) * Chunks + (static_cast<unsigned>(chunk) ^ swizzle<Chunks, Pairs>(static_cast<unsigned>(line))));
}
/// Keeps the compiler from deriving a value anew wherever it is used, within a loop too.
__device__ __forceinline__ unsigned settled(unsigned v) {
    asm("" : "+r"(v));
    return v;
}

/// Stores 2 or 4 bytes in shared memory.
template <int Offset, class T>
__device__ __forceinline__ void store_shared(unsigned address, T v) {
    static_assert(sizeof(T) == 2 || sizeof(T) == 4);
    if constexpr (sizeof(T) == 2)
        asm volatile("st.shared.b16 [%0 + %2], %1;" ::"r"(address), "h"(*reinterpret_cast<const std::uint16_t*>(&v)), "n"(Offset) : "memory");
    else
        asm volatile("st.shared.b32 [%0 + %2], %1;" ::"r"(address), "r"(*reinterpret_cast<const std::uint32_t*>(&v)), "n"(Offset) : "memory");
}
/// Puts numbers below each other, Down lines apart, the first at an address in a line in whose number the others' distances are zero bits.
template <class Tile, int Down, class T, int Rows, int... R>
__device__ __forceinline__ void lay(unsigned first, const T (&v)[Rows], std::integer_sequence<int, R...>) {
    (store_shared<R * Down * Tile::line_bytes>(Tile::template below<R * Down>(first), v[R]), ...);
}
/// How the pieces of a tile's lines are dealt to the threads of a block: piece number `e` of a thread.   Across: neighbours that go along a line
/// before the next line comes.
template <int Threads, int Lines, int Pieces, int Across>
struct Dealt {
    static_assert(Pieces % Across == 0 && (Across == Pieces || (Across <= 32 && Lines % (Across < 32 ? 32 / Across : 1) == 0)));
    static constexpr int down = Across == Pieces ? 1 : 32 / Across, all = Lines * Pieces, most = (all + Threads - 1) / Threads;
    __device__ __forceinline__ static int number(int e) { return e * Threads + static_cast<int>(threadIdx.x); }
    __device__ __forceinline__ static bool exists(int e) { return (e + 1) * Threads <= all || number(e) < all; }
    __device__ __forceinline__ static int line(int e) { return number(e) / (Across * down) / (Pieces / Across) * down + number(e) / Across % down; }
    __device__ __forceinline__ static int piece(int e) { return number(e) / (Across * down) % (Pieces / Across) * Across + number(e) % Across; }
};

/// Brings the tiles of one operand, Tile::side x Tile::depth elements each, along the sum, from (side0, deep0) on, into shared memory: element (i, q)
/// to Tile::place(i, q), in bytes; zeros from `side` and `deep` on. Each call of next() brings the next.   Tile::apart: whether the places of
/// neighbours along the sum lie a line apart.   Source::pitch: elements from one line to the next; a source without it is asked for each element.
template <int Threads, class Tile, class Source>
class Carrier {
    using T = typename Tile::Type;
    static constexpr bool deep_first = Source::deep_first, turned = deep_first && Tile::apart;
    static constexpr int size = sizeof(T), lines = deep_first ? Tile::side : Tile::depth, length = deep_first ? Tile::depth : Tile::side;
    static constexpr bool copies = requires { Source::pitch; } && std::is_same_v<T, typename Source::Type> && Source::piece >= 4 && (!turned || size >= 4);
    static constexpr int bytes = !copies || turned ? size : Source::piece, per = bytes / size;
    using Mine = Dealt<Threads, lines, length / per, turned ? 8 : length / per>;
    __device__ __forceinline__ static int place(int line, int along) { return deep_first ? Tile::place(line, along) : Tile::place(along, line); }

    // Of what is copied: for each of the thread's pieces its source, its place, and how many of its bytes exist beside the result's end.
    std::size_t from_[copies ? Mine::most : 1];
    unsigned to_[copies ? Mine::most : 1];
    int bytes_[copies ? Mine::most : 1];
    const Source source_;
    long side0_, deep0_;
    int beside_, left_;  ///< of the tile's side, and of the sum

  public:
    static constexpr int stage_bytes = Tile::bytes;  ///< of shared memory
    static constexpr bool mends = false;
    __device__ __forceinline__ Carrier(const Source& source, long side0, long deep0, long side, long deep)
        : source_(source), side0_(side0), deep0_(deep0), beside_(side - side0 < Tile::side ? static_cast<int>(side - side0) : Tile::side), left_(static_cast<int>(deep - deep0)) {
        if constexpr (copies) {
#pragma unroll
            for (int e = 0; e < Mine::most; ++e) {
                const int line = Mine::line(e), along = Mine::piece(e) * per;
                from_[e] = __cvta_generic_to_global(source.at + ((deep_first ? side0 : deep0) + line) * Source::pitch + (deep_first ? deep0 : side0) + along);
                to_[e] = settled(static_cast<unsigned>(place(line, along)));
                bytes_[e] = deep_first ? (line < beside_ ? bytes : 0) : before(beside_ - along);
            }
        }
    }
    __device__ __forceinline__ void next(char* to) {
        if constexpr (copies)
            copy(shared_address(to));
        else
            put(to);
    }

  private:
    /// Bytes of a piece that lie before the end.
    __device__ __forceinline__ static int before(int left) { return left >= per ? bytes : left > 0 ? left * size : 0; }
    __device__ __forceinline__ void copy(unsigned to) {
        if (left_ >= Tile::depth) {
#pragma unroll
            for (int e = 0; e < Mine::most; ++e)
                if (Mine::exists(e)) copy_async<bytes>(to + to_[e], from_[e], bytes_[e]);
        } else {
#pragma unroll
            for (int e = 0; e < Mine::most; ++e) {
                const int in = deep_first ? before(left_ - Mine::piece(e) * per) : Mine::line(e) < left_ ? bytes : 0;
                if (Mine::exists(e)) copy_async<bytes>(to + to_[e], from_[e], in < bytes_[e] ? in : bytes_[e]);
            }
        }
#pragma unroll
        for (int e = 0; e < Mine::most; ++e) from_[e] += Tile::depth * (deep_first ? 1 : Source::pitch) * size;
        left_ -= Tile::depth;
    }
    /// Element `along` of line `line` of the tile that is next.
    __device__ __forceinline__ T asked(int line, int along) const {
        return widened_to<T>(source_(side0_ + (deep_first ? line : along), deep0_ + (deep_first ? along : line)));
    }
    /// A thread takes elements below each other of eight lines: where they go to differs by constants then.
    __device__ __forceinline__ void put(char* to) {
        const int line_end = deep_first ? beside_ : left_, along_end = deep_first ? left_ : beside_;
        constexpr int across = turned ? 8 : length < 32 ? length : 32, down = 32 / across, rows = lines % 8 == 0 && down < 8 ? 8 / down : 1, warps = Threads / 32;
        constexpr int groups = lines / (rows * down) * (length / across), most = (groups + warps - 1) / warps;
        static_assert(lines % (rows * down) == 0 && length % across == 0);
        const int lane = static_cast<int>(threadIdx.x) % 32, warp = static_cast<int>(threadIdx.x) / 32;
#pragma unroll
        for (int e = 0; e < most; ++e) {
            const int group = e * warps + warp;
            if ((e + 1) * warps > groups && group >= groups) continue;
            const int line = group / (length / across) * (rows * down) + lane / across, along = group % (length / across) * across + lane % across;
            const int have = along < along_end ? line_end - line : 0;
            T v[rows];
            if (have > (rows - 1) * down) {
#pragma unroll
                for (int r = 0; r < rows; ++r) v[r] = asked(line + r * down, along);
            } else {
#pragma unroll
                for (int r = 0; r < rows; ++r) {
                    v[r] = T{};
                    if (r * down < have) v[r] = asked(line + r * down, along);
                }
            }
            if constexpr (requires { Tile::line_bytes; }) {
                lay<Tile, down>(settled(shared_address(to) + static_cast<unsigned>(place(line, along))), v, std::make_integer_sequence<int, rows>{});
            } else {
#pragma unroll
                for (int r = 0; r < rows; ++r) *reinterpret_cast<T*>(to + place(line + r * down, along)) = v[r];
            }
        }
        deep0_ += Tile::depth;
        left_ -= Tile::depth;
    }
};

/// Turns over [begin, end) of a sum with a tile of each operand, from (m0, n0) on: multiply(at), where the left tile lies `at` bytes into `memory`, the
/// right one stage_bytes of the left one's carrier further.
template <int Threads, int Stages, class LeftTile, class RightTile, class Left, class Right, class Multiply>
__device__ __forceinline__ void tile_by_tile(const Left& left, const Right& right, long m0, long n0, long m, long n, long begin, long end, char* memory, Multiply multiply) {
    using FromLeft = Carrier<Threads, LeftTile, Left>;
    using FromRight = Carrier<Threads, RightTile, Right>;
    FromLeft from_left(left, m0, begin, m, end);
    FromRight from_right(right, n0, begin, n, end);
    const auto fetch = [&](int at) {
        from_left.next(memory + at);
        from_right.next(memory + at + FromLeft::stage_bytes);
    };
    const auto mend = [&](int at) {
        if constexpr (FromLeft::mends) from_left.mend(memory + at);
        if constexpr (FromRight::mends) from_right.mend(memory + at + FromLeft::stage_bytes);
    };
    const int turns = end > begin ? static_cast<int>((end - begin + LeftTile::depth - 1) / LeftTile::depth) : 0;
    pipelined<Stages, FromLeft::stage_bytes + FromRight::stage_bytes, FromLeft::mends || FromRight::mends>(turns, fetch, multiply, mend);
}

}  // namespace strata::cuda
