// SPDX-License-Identifier: BSL-1.0
/// The main loop of a tile's product on tensor cores: operands of 16 bits, or f32 rounded to tf32, sums in f32.
/// Launch: the tile's threads, `bytes` of shared memory.   Needs: sm_80.   Bound: the tensor cores, or the second cache where tiles are small.
/// Traffic: a stage of both operands a turn, copied asynchronously while earlier ones are multiplied; fragments by ldmatrix, without conflicts.
#pragma once

#include <strata/kernel/cuda/lines.cuh>
#include <strata/kernel/cuda/mma.cuh>
#include <strata/kernel/cuda/tile.cuh>
#include <strata/kernel/cuda/tiling.cuh>

namespace strata::cuda {

/// One operand's tile in shared memory, Side x Depth: lines along the sum (Deep) or along the result, as the operand lies outside.
template <class T, int Side, int Depth, bool Deep>
struct TensorTile {
    using Type = T;
    static constexpr int side = Side, depth = Depth, size = static_cast<int>(sizeof(T)), per = 16 / size, chunks = (Deep ? Depth : Side) / per, line_bytes = chunks * 16;
    static constexpr int bytes = Side * Depth * size;
    static constexpr bool apart = false, by_words = !Deep && size == 4;  ///< ldmatrix turns 16-bit elements only
    __device__ __forceinline__ static int place(int i, int q) {
        const int line = Deep ? i : q, along = Deep ? q : i;
        return swizzled<chunks, by_words>(line, along / per) * 16 + along % per * size;
    }
    /// Lines below an address, but for the distance of lines: what swizzling makes of it.
    template <int Lines>
    __device__ __forceinline__ static unsigned below(unsigned address) {
        return address ^ swizzle<chunks, by_words>(Lines) * 16;
    }
    /// `chunk` chunks further along a line than a place whose own chunk has zeros where `chunk` has ones: swizzling turns some low bits about.
    template <int Chunk>
    __device__ __forceinline__ static unsigned along(unsigned place) {
        constexpr int turned = chunks % 8 == 0 ? 7 : chunks % 4 == 0 ? 3 : 1;
        return (place ^ (Chunk & turned) * 16) + (Chunk & ~turned) * 16;
    }
    /// Where the calling lane begins to read the warp's part, from `first` on: an address.   RowsFirst: see load.
    template <bool RowsFirst>
    __device__ __forceinline__ static unsigned start(int first) {
        const int lane = static_cast<int>(threadIdx.x) % 32, row = RowsFirst ? lane / 8 % 2 : lane / 16, far = RowsFirst ? lane / 16 : lane / 8 % 2;
        if constexpr (by_words)
            return static_cast<unsigned>(place(first + lane / 4, lane % 4));
        else
            return static_cast<unsigned>(place(first + row * 8 + (Deep ? lane % 8 : 0), far * per + (Deep ? 0 : lane % 8)));
    }
    /// The four quarters of 16 rows number I, at step Step along the sum: of rows (low, high) and near, then of both and far, where RowsFirst; else with
    /// the middle two exchanged.
    template <bool RowsFirst, int I, int Step>
    __device__ __forceinline__ static void load(unsigned (&to)[4], unsigned base, unsigned start) {
        if constexpr (by_words) {
            constexpr int down = Step * 8 * line_bytes, far = down + 4 * line_bytes;
            const unsigned low = base + along<4 * I>(start), high = base + along<4 * I + 2>(start);
            to[0] = load_word<down>(low);
            to[RowsFirst ? 1 : 2] = load_word<down>(high);
            to[RowsFirst ? 2 : 1] = load_word<far>(low);
            to[3] = load_word<far>(high);
        } else {
            load_matrices<!Deep, Deep ? I * 16 * line_bytes : Step * 2 * per * line_bytes>(to, base + along<Deep ? 2 * Step : 2 * I>(start));
        }
        if constexpr (size == 4) {
#pragma unroll
            for (unsigned& w : to) w = rounded_to_tf32(w);
        }
    }
};

/// T: of the elements in shared memory.   Left, Right: the operands' types (InMemory or Computed).
template <class T, class Left, class Right, int M, int N, int K, int WarpM, int WarpN, int Stages>
struct TensorCores {
    static constexpr int threads = 32 * (M / WarpM) * (N / WarpN), steps = K * static_cast<int>(sizeof(T)) / 32;
    using LeftTile = TensorTile<T, M, K, Left::deep_first>;
    using RightTile = TensorTile<T, N, K, Right::deep_first>;
    using FromLeft = Carrier<threads, LeftTile, Left>;
    using FromRight = Carrier<threads, RightTile, Right>;
    static constexpr int stages = Stages < 3 && (FromLeft::mends || FromRight::mends) ? 3 : Stages;  // what is mended takes a turn
    static constexpr int right_at = FromLeft::stage_bytes, stage = right_at + FromRight::stage_bytes, bytes = stages * stage;
    static constexpr int rows = WarpM / 16, columns = WarpN / 8;
    static_assert(WarpM % 16 == 0 && WarpN % 16 == 0 && M % WarpM == 0 && N % WarpN == 0 && steps > 0 && Stages > 1);

    /// A warp's results: register (i, j, r) is at row 16 i + 8 (r / 2) + lane / 4, column 8 j + lane % 4 * 2 + r % 2.
    struct Sums {
        using Type = float;
        static constexpr int count = rows * columns * 4;
        static constexpr int bands = rows, band_rows = 16, pad = 8;  // quarters of a warp put two words of four rows there
        float at[rows][columns][4];
        __device__ __forceinline__ float& number(int e) { return at[e / (4 * columns)][e / 4 % columns][e % 4]; }
        /// Puts band `band` into memory, rows of Pitch.
        template <int Pitch>
        __device__ __forceinline__ void lay(int band, float* to) const {
            const int lane = static_cast<int>(threadIdx.x) % 32;
#pragma unroll
            for (int i = 0; i < rows; ++i)
                if (i == band) {
#pragma unroll
                    for (int j = 0; j < columns; ++j)
#pragma unroll
                        for (int h = 0; h < 2; ++h)
                            *reinterpret_cast<float2*>(to + (lane / 4 + 8 * h) * Pitch + 8 * j + lane % 4 * 2) = make_float2(at[i][j][2 * h], at[i][j][2 * h + 1]);
                }
        }
        /// The row of the warp's results that row `r` of a band is.
        __device__ __forceinline__ static int row_of(int band, int r) { return 16 * band + r; }
    };

    template <int Step, int... I, int... J>
    __device__ __forceinline__ static void take(unsigned from, unsigned left, unsigned right, Sums& sums, std::integer_sequence<int, I...>, std::integer_sequence<int, J...>) {
        unsigned a[rows][4], b[columns / 2][4];
        (LeftTile::template load<true, I, Step>(a[I], from, left), ...);
        (RightTile::template load<false, J, Step>(b[J], from + right_at, right), ...);
#pragma unroll
        for (int i = 0; i < rows; ++i)
#pragma unroll
            for (int j = 0; j < columns; ++j) multiply_add<T>(sums.at[i][j], a[i], b[j / 2][j % 2 * 2], b[j / 2][j % 2 * 2 + 1]);
    }
    template <int... Step>
    __device__ __forceinline__ static void take_steps(unsigned from, unsigned left, unsigned right, Sums& sums, std::integer_sequence<int, Step...>) {
        (take<Step>(from, left, right, sums, std::make_integer_sequence<int, rows>{}, std::make_integer_sequence<int, columns / 2>{}), ...);
    }

    /// Sums of a block's tile, from (m0, n0) on, over [begin, end).   Memory: `bytes` of the block's.   within: whether the warp has results; else it only fetches.
    __device__ __forceinline__ static void run(const Left& left, const Right& right, long m0, long n0, long m, long n, long begin, long end, char* memory, bool within, Sums& sums) {
        const int warp = static_cast<int>(threadIdx.x) / 32;
        const unsigned base = shared_address(memory), a = settled(LeftTile::template start<true>(warp / (N / WarpN) * WarpM)), b = settled(RightTile::template start<false>(warp % (N / WarpN) * WarpN));
#pragma unroll
        for (int e = 0; e < Sums::count; ++e) sums.number(e) = 0;
        tile_by_tile<threads, stages, LeftTile, RightTile>(left, right, m0, n0, m, n, begin, end, memory, [&](int at) {
            if (within) take_steps(base + at, a, b, sums, std::make_integer_sequence<int, steps>{});
        });
    }
};

}  // namespace strata::cuda
