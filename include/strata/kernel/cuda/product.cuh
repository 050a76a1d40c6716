// SPDX-License-Identifier: BSL-1.0
/// The tiled product that contracts and convolutions share: a main loop (by threads or by tensor cores), sums of split tiles put together, and
/// each result given to what is made of it in place.
/// Launch: `grid()`, `threads`, `bytes` of shared memory; a block a tile of the result; where results are few and sums long, several blocks a tile,
/// whose partial sums the last one adds up by a fixed tree.   Needs: sm_80 (asynchronous copies); all threads of the block; where sums are split, `workspace`
/// bytes of any content and `tickets` zeros, which are zeros again at the end.   Bound: arithmetic.
/// Traffic: each operand once for each tile of the other side; parts of split sums once out and once back.
#pragma once

#include <strata/kernel/cuda/ffma.cuh>
#include <strata/kernel/cuda/result.cuh>
#include <strata/kernel/cuda/tensor_core.cuh>

namespace strata::cuda {

/// What multiplies operands of types L and R for results of type Real.
template <class Real, class L, class R>
constexpr Units units_for(Multiply how) {
    if (!std::is_same_v<Real, float> || !std::is_same_v<L, R>) return Units::threads;
    if (std::is_same_v<L, bf16> || std::is_same_v<L, f16>) return Units::half;
    return std::is_same_v<L, float> && how == Multiply::tf32 ? Units::tf32 : Units::threads;
}

/// A product of at most M x N x K, Batches times. Real: of results and sums; Left(m, k), Right(n, k): its operands (see tile.cuh); F: its Factors.
template <class Real, class Left, class Right, int Batches, long M, long N, long K, class F>
struct TiledProduct {
    static constexpr Units units = units_for<Real, typename Left::Type, typename Right::Type>(F::how);
    using T = std::conditional_t<units == Units::half, typename Left::Type, Real>;
    static constexpr Cut cut = F::m > 0 ? pinned(units, sizeof(T), Batches, M, N, K, F::m, F::n, F::k, F::stages) : tiling_for(units, sizeof(T), Batches, M, N, K, {Left::piece, Left::gathers}, {Right::piece, Right::gathers});
    static constexpr Tiling t = cut.tile;
    static_assert(F::m == 0 || fits(units, sizeof(T), t),
                  "strata: a tile that is pinned fits no kernel; give m and n in multiples of 16, k of 64 or 128 bytes (in multiples of 8 in f32 and f64), and fewer stages if it is large");
    using Loop = std::conditional_t<units == Units::threads, FusedMultiplyAdd<T, Left, Right, t.m, t.n, t.k, t.warp_m, t.warp_n, t.stages>,
                                    TensorCores<T, Left, Right, t.m, t.n, t.k, t.warp_m, t.warp_n, t.stages>>;
    using Sums = typename Loop::Sums;
    static constexpr int warps_m = t.warps_m(), warps_n = t.warps_n();
    static constexpr int threads = Loop::threads, splits = cut.splits;
    static constexpr int tiles_m = static_cast<int>(divided_up(M, t.m)), tiles_n = static_cast<int>(divided_up(N, t.n));
    static constexpr long k_of_split = divided_up(divided_up(K, splits), t.k) * t.k;
    static constexpr long workspace = splits > 1 ? long{Batches} * splits * tiles_m * tiles_n * t.m * t.n * static_cast<long>(sizeof(Real)) : 0;
    static constexpr int tickets = splits > 1 ? Batches * tiles_m * tiles_n : 0;

    // On their way out a warp's results go through its own memory, some rows at a time, so that neighbours in a row leave together.
    static constexpr int lanes = t.warp_n < 32 ? t.warp_n : 32, column_steps = t.warp_n / lanes, pitch = t.warp_n + Sums::pad;
    static constexpr int band = Sums::band_rows * pitch;
    /// Parts of a sum over the rows of a tile, one of each of the threads that share a column.
    static constexpr int parts = warps_m * (32 / lanes);
    static constexpr int out_bytes = (threads / 32 * band > parts * t.n ? threads / 32 * band : parts * t.n) * static_cast<int>(sizeof(Real));
    static constexpr int bytes = Loop::bytes > out_bytes ? Loop::bytes : out_bytes;

    /// A grid has room for 65,535 blocks along y and along z, and for 2^31 - 1 along x: what goes further counts all its blocks there.
    static constexpr bool flat = tiles_m > 65535 || long{Batches} * splits > 65535;
    static constexpr dim3 grid() { return flat ? dim3(static_cast<unsigned>(long{tiles_n} * tiles_m * Batches * splits)) : dim3(tiles_n, tiles_m, Batches * splits); }
    /// The block's tile, along x and y, and its batch and part of a sum, along z, wherever they are counted.
    __host__ __device__ __forceinline__ static constexpr Share tile_of(const Share& share) {
        if constexpr (flat)
            return {share.x % tiles_n, share.x / tiles_n % tiles_m, share.x / tiles_n / tiles_m, tiles_n, share.first, share.count};
        else
            return share;
    }
    __device__ __forceinline__ static int lane() { return static_cast<int>(threadIdx.x) % 32; }
    __device__ __forceinline__ static int warp() { return static_cast<int>(threadIdx.x) / 32; }
    /// Within the tile, the column of the calling thread's results at step `step`, and which part of its column it has.
    __device__ __forceinline__ static int column_of(int step) { return warp() % warps_n * t.warp_n + step * lanes + lane() % lanes; }
    __device__ __forceinline__ static int part() { return warp() / warps_n * (32 / lanes) + lane() / lanes; }

    /// The row of a band that the calling thread takes in its turn: two that are read at once lie in different banks.
    __device__ __forceinline__ static int band_row(int turn) {
        if constexpr (lanes == 16 && Sums::pad == 8)
            return turn / 2 * 4 + turn % 2 + lane() / 16 * 2;
        else
            return turn * (32 / lanes) + lane() / lanes;
    }

    /// Whether a warp past an edge, which has no results, fetches and leaves all else to those that have, and the last block of two keeps its own part: threads
    /// that multiply have no registers to spare for that.
    static constexpr bool spares = units != Units::threads;
    /// The calling block's results.   share: of tiles.   left, right: asked within [0, m) x [0, n) x [0, k) only.
    /// out(step, m, n, sum): a result, once complete, in column column_of(step) of the tile; or Result::Fours.   Returns whether this block has them.
    template <class Out>
    __device__ __forceinline__ static bool run(const Share& share, int batch, int split, long m, long n, long k, const Left& left, const Right& right, char* memory, unsigned* tickets_of, Out out) {
        const long m0 = long{share.y} * t.m, n0 = long{share.x} * t.n;
        const bool within = !spares || settled((m0 + warp() / warps_n * t.warp_m < m) & (n0 + warp() % warps_n * t.warp_n < n)) != 0;
        const long begin = split * k_of_split, end = splits == 1 ? k : begin + k_of_split < k ? begin + k_of_split : k;
        Sums sums;
        if constexpr (spares)
            Loop::run(left, right, m0, n0, m, n, begin, end, block_memory(), within, sums);
        else
            Loop::run(left, right, m0, n0, m, n, begin, end, block_memory(), sums);
        if constexpr (splits > 1) {
            const long tile = (long{batch} * tiles_m + share.y) * tiles_n + share.x;
            Real* all = reinterpret_cast<Real*>(memory) + tile * splits * (t.m * t.n) + threadIdx.x;
            Real* own = all + long{split} * (t.m * t.n);
            if (within) {
#pragma unroll
                for (int e = 0; e < Sums::count; ++e) own[e * threads] = sums.number(e);
            }
            if (!last_of(tickets_of + tile, splits)) return false;
            if (within) {
                if constexpr (spares && splits == 2) {  // of two parts a block need not read its own: either order gives the same bits
                    const Real* other = all + long{1 - split} * (t.m * t.n);
#pragma unroll
                    for (int e = 0; e < Sums::count; ++e) sums.number(e) += __ldcg(other + e * threads);
                } else
                    join(sums, all);
            }
        }
        if (!within) return true;
        if constexpr (requires { typename Out::Ahead; })
            give_fours(sums, share, m, n, out);
        else
            give(sums, m0 + warp() / warps_n * t.warp_m, n0 + warp() % warps_n * t.warp_n, m, n, out);
        return true;
    }

    /// Whether results can leave in fours.
    static constexpr bool fours = units != Units::threads && N % 4 == 0 && (t.warp_n == 16 || t.warp_n == 32 || t.warp_n == 64);

  private:
    /// Gives a warp's results, from (row0, column0) on, band by band, neighbours in a row to neighbours in the warp.
    template <class Out>
    __device__ __forceinline__ static void give(const Sums& sums, long row0, long column0, long m, long n, Out& out) {
        Real* rows = reinterpret_cast<Real*>(block_memory()) + warp() * band;
        const int below = m - row0 < t.warp_m ? static_cast<int>(m - row0) : t.warp_m;
#pragma unroll 1
        for (int b = 0; b < Sums::bands; ++b) {
            sums.template lay<pitch>(b, rows);
            __syncwarp();
#pragma unroll
            for (int step = 0; step < column_steps; ++step) {
                const long column = column0 + step * lanes + lane() % lanes;
                const int here = column < n ? below : 0;
#pragma unroll 4
                for (int turn = 0; turn < Sums::band_rows * lanes / 32; ++turn) {
                    const int r = band_row(turn);
                    if (Sums::row_of(b, r) < here) out(step, row0 + Sums::row_of(b, r), column, rows[r * pitch + step * lanes + lane() % lanes]);
                }
            }
            __syncwarp();
        }
    }
    /// The same, four neighbours a lane; what is read for them is asked for before the first of them is computed.
    template <class Out>
    __device__ __forceinline__ static void give_fours(const Sums& sums, const Share& share, long m, long n, Out& out) {
        constexpr int across = t.warp_n / 4, down = 32 / across, turns = Sums::band_rows / down;
        // Places are found anew: what they have in common with those of the main loop would take registers through it.
        const int thread = static_cast<int>(settled(threadIdx.x)), lane = thread % 32, warp = thread / 32;
        Real* rows = reinterpret_cast<Real*>(block_memory()) + warp * band;
        const long row0 = long{settled(share.y)} * t.m + warp / warps_n * t.warp_m;
        const int below = m - row0 < t.warp_m ? static_cast<int>(m - row0) : t.warp_m;
        // Eight lanes that read at once find eight times four banks: rows of 16 columns lie 24 apart, so these take every other one.
        const int first = across == 4 ? lane / 8 % 2 + lane / 16 * 4 + lane / 4 % 2 * 2 : lane / across;
        const long column = long{settled(share.x)} * t.n + warp % warps_n * t.warp_n + lane % across * 4;
        const int here = column < n ? below : 0;
        if (here > 0) out.hold(column);
        const auto four_of = [&](int turn) { return load_vector<4>(rows + (turn * down + first) * pitch + lane % across * 4); };
#pragma unroll 1
        for (int b = 0; b < Sums::bands; ++b) {
            sums.template lay<pitch>(b, rows);
            __syncwarp();
            if (Sums::row_of(b, Sums::band_rows - 1) < here) {
                typename Out::Ahead ahead[turns];
#pragma unroll
                for (int turn = 0; turn < turns; ++turn) out.fetch(row0 + Sums::row_of(b, turn * down + first), column, ahead[turn]);
#pragma unroll
                for (int turn = 0; turn < turns; ++turn) out.put(row0 + Sums::row_of(b, turn * down + first), column, four_of(turn), ahead[turn]);
            } else {
#pragma unroll 1
                for (int turn = 0; turn < turns; ++turn) {
                    const int r = Sums::row_of(b, turn * down + first);
                    typename Out::Ahead ahead;
                    if (r < here) out.fetch(row0 + r, column, ahead), out.put(row0 + r, column, four_of(turn), ahead);
                }
            }
            __syncwarp();
        }
    }
    /// The sum of Count parts beside each other by a tree: of as many of the first as are a power of two, but not all, and of the rest.
    template <int Count>
    __device__ __forceinline__ static Real tree(const Real* part) {
        if constexpr (Count == 1) {
            return __ldcg(part);
        } else {
            constexpr int half = Count <= 2 ? 1 : Count <= 4 ? 2 : Count <= 8 ? 4 : 8;
            const Real first = tree<half>(part);
            return first + tree<Count - half>(part + half * (t.m * t.n));
        }
    }
    /// Takes in the sum of branch number `branch` as a binary number is counted up: where it has a bit, the sum of as many branches before waits.
    template <int Level, int Levels, int Some>
    __device__ __forceinline__ static void meet(int branch, Real (&waiting)[Levels][Some], Real (&sum)[Some]) {
        if ((branch >> Level & 1) == 0) {
#pragma unroll
            for (int e = 0; e < Some; ++e) waiting[Level][e] = sum[e];
        } else if constexpr (Level + 1 < Levels) {
#pragma unroll
            for (int e = 0; e < Some; ++e) sum[e] = waiting[Level][e] + sum[e];
            meet<Level + 1>(branch, waiting, sum);
        }
    }
    /// Adds up the parts of a split sum by the same tree, whichever block is the last. Branches and results are taken some at a time, for as many loads
    /// under way as there are registers for; the tree is that of tree<splits> whatever their number.
    __device__ __forceinline__ static void join(Sums& sums, const Real* parts_of) {
        constexpr int branch = Sums::count * splits <= 32 ? splits : splits < 4 ? 1 : splits < 8 ? 2 : splits < 16 ? 4 : 8, branches = splits / branch, rest = splits % branch;
        constexpr int most = branch == splits ? Sums::count : branch < 4 ? 8 : 4, some = Sums::count < most ? Sums::count : most;
        constexpr int levels = branches < 2 ? 1 : branches < 4 ? 2 : branches < 8 ? 3 : 4, lowest = branches % 2 != 0 ? 0 : branches % 4 != 0 ? 1 : branches % 8 != 0 ? 2 : 3;
        static_assert(branches < 16 && Sums::count % some == 0);
#pragma unroll
        for (int first = 0; first < Sums::count; first += some) {
            const Real* part = parts_of + first * threads;
            Real waiting[levels][some], sum[some];
#pragma unroll 1
            for (int g = 0; g < branches; ++g, part += branch * (t.m * t.n)) {
#pragma unroll
                for (int e = 0; e < some; ++e) sum[e] = tree<branch>(part + e * threads);
                meet<0>(g, waiting, sum);
            }
#pragma unroll
            for (int e = 0; e < some; ++e) {
                Real right;
                if constexpr (rest > 0)
                    right = tree<rest>(part + e * threads);
                else
                    right = waiting[lowest][e];
#pragma unroll
                for (int l = rest > 0 ? 0 : lowest + 1; l < levels; ++l)
                    if ((branches >> l & 1) != 0) right = waiting[l][e] + right;
                sums.number(first + e) = right;
            }
        }
    }
};

}  // namespace strata::cuda
