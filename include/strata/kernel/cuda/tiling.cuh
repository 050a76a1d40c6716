// SPDX-License-Identifier: BSL-1.0
/// How a product is cut into tiles: by its shape, the type of its operands and the chip, the cheapest of some candidates under a small model
/// of what each would take.
#pragma once

#include <strata/kernel/cuda/launch.cuh>

namespace strata::cuda {

/// What multiplies: a thread's own f32 or f64 units, or the tensor cores (of 16-bit operands, or of f32 rounded to tf32).
enum class Units { threads, half, tf32 };

/// A block's tile of m x n results, k of the sum at a time, `stages` of these under way. A warp has warp_m x warp_n of the results.
struct Tiling {
    int m, n, k, warp_m, warp_n, stages;
    constexpr int warps_m() const { return m / warp_m; }
    constexpr int warps_n() const { return n / warp_n; }
    constexpr int threads() const { return 32 * warps_m() * warps_n(); }
};
/// A tiling, and how many blocks share a tile's sum.
struct Cut {
    Tiling tile;
    int splits;
};

/// What a choice has to know of a chip.   Source: the data sheets of the A100, RTX 4090, H100, B200 and RTX 5090; the CUDA programming guide for `memory`.
struct ChipFacts {
    int processors;
    int memory;  ///< KiB of shared memory that a block may have
    double half_rate, real_rate;  ///< multiply-adds in a clock and multiprocessor: of 16-bit numbers on tensor cores, of f32 ones by threads
    double traffic;               ///< bytes in a clock and multiprocessor from the second cache
};
constexpr ChipFacts chip_facts(int architecture) {
    if (architecture < 860) return {108, 163, 1024, 64, 33};
    if (architecture < 900) return {128, 99, 512, 128, 16};
    if (architecture < 1000) return {132, 227, 2048, 128, 25};
    if (architecture < 1200) return {148, 227, 4096, 128, 36};
    return {170, 99, 512, 128, 16};
}
/// The oldest architecture that the program is compiled for: launches have to fit whatever code the driver takes.
constexpr int oldest_architecture() {
    constexpr int list[] = {__CUDA_ARCH_LIST__};
    int oldest = list[0];
    for (int a : list) oldest = a < oldest ? a : oldest;
    return oldest;
}

/// How an operand moves into shared memory: how many bytes at once (0: its elements go through registers), and whether each address is found by itself.
struct Way {
    int piece = 16;
    bool gathers = false;
};

namespace detail {
/// Tiles of tensor cores hold lines of 128 or 64 bytes along the sum, of as many elements as go into these: k says bytes here.
constexpr Tiling tensor_tiles[] = {{128, 128, 128, 64, 32, 3}, {128, 128, 128, 32, 32, 3}, {128, 96, 128, 64, 32, 3}, {128, 64, 128, 64, 32, 3}, {128, 64, 128, 32, 32, 3}, {96, 128, 128, 32, 32, 3}, {64, 128, 128, 32, 32, 3}, {64, 128, 128, 32, 16, 3},
                                   {96, 64, 128, 32, 32, 3}, {64, 96, 128, 32, 16, 3}, {64, 64, 128, 32, 32, 3}, {64, 64, 128, 32, 16, 3}, {64, 64, 128, 16, 16, 3},
                                   {128, 128, 64, 64, 32, 4}, {128, 64, 64, 32, 32, 4}, {64, 64, 64, 32, 32, 4}, {32, 64, 128, 16, 32, 3}, {64, 32, 128, 16, 32, 3}, {128, 32, 128, 32, 32, 3},
                                   {32, 128, 128, 32, 32, 3}, {128, 16, 128, 32, 16, 3}, {16, 128, 128, 16, 32, 3}, {16, 64, 128, 16, 16, 3}, {32, 32, 128, 16, 16, 3}, {32, 32, 64, 16, 16, 4}};
constexpr Tiling thread_tiles[] = {{128, 128, 16, 32, 64, 3}, {128, 64, 16, 32, 32, 3}, {64, 64, 16, 16, 32, 3}, {64, 32, 16, 16, 16, 3}, {32, 64, 16, 8, 32, 3}, {32, 32, 16, 8, 16, 3}, {64, 16, 16, 16, 16, 3}, {16, 64, 16, 8, 32, 3}};
constexpr double larger(double a, double b) { return a > b ? a : b; }
constexpr double smaller(double a, double b) { return a < b ? a : b; }

/// What is asked about a product.
struct Question {
    Units units;
    int size;  ///< bytes of an operand's element in shared memory
    long batches, m, n, k;
    Way left, right;
};
/// A thread's instructions for an element that it brings.
constexpr double cost_of(int piece, int size) { return piece < size ? 5.5 : 3.0 * size / piece; }
/// Clocks that a cut takes where threads multiply: of the busiest multiprocessor's arithmetic, shared memory and instructions, or of the traffic of all, and
/// of starting and ending.
constexpr double thread_clocks(const Cut& c, const Question& of, const ChipFacts& chip) {
    const Tiling& t = c.tile;
    const double tiles = static_cast<double>(divided_up(of.m, t.m) * divided_up(of.n, t.n) * of.batches), blocks = tiles * c.splits;
    const double turns = static_cast<double>(divided_up(divided_up(of.k, c.splits), t.k)), rounds = static_cast<double>(divided_up(static_cast<long>(blocks), chip.processors));
    const double warps = t.threads() / 32.0, elements = 1.0 * (t.m + t.n) * t.k, together = rounds < 3 ? rounds : 3;
    // Lines of 128 bytes that go through shared memory in a turn: written once, read by each warp that needs them.
    const double moved = elements * of.size / 128, read = warps * t.k * (t.warp_m / 4.0 + t.warp_n / 8.0) * of.size / 4;
    // Instructions of a warp in a turn; a multiprocessor starts one in a clock for every four warps that it has, up to four.
    const double of_step = t.warp_m * t.warp_n / 32.0 + t.warp_m / 16.0 + t.warp_n / 32.0;
    const double brought = (t.m * cost_of(of.left.piece, of.size) + t.n * cost_of(of.right.piece, of.size)) * t.k / t.threads();
    const double rate_of_starts = smaller(warps * together / 4, 4), issued = warps * (t.k * of_step + brought + 50) / rate_of_starts;
    // What a turn takes at least, waiting: less where other blocks of the multiprocessor have work meanwhile.
    const double turn = larger(larger(1.0 * t.m * t.n * t.k / (of.size == 4 ? chip.real_rate : chip.real_rate / 2), moved + read), larger(issued, 150 / together));
    double bytes = blocks * elements * turns * of.size + tiles * t.m * t.n * 4.0;
    if (c.splits > 1) bytes += (2 * blocks - tiles) * t.m * t.n * 4.0;
    const double results = 1.0 * t.m * t.n / t.threads(), ends = warps * (600 + 10 * results) / rate_of_starts, joins = c.splits > 1 ? 600 + warps * results * (4 + 3 * c.splits) / rate_of_starts : 0;
    return larger(rounds * turns * turn, bytes / (chip.traffic * chip.processors)) + ends * rounds + joins;
}
/// A thread's instructions for what it brings of an operand in a turn; half words move as words, some of which are mended.
constexpr double brought_by(double elements, Way way, int size) {
    const int piece = way.piece;
    if (way.gathers) return 30 + elements * (piece < 4 ? 9.0 : 4.0 * size / piece);
    if (piece < 4 && piece < size) return 14 + 5.5 * elements;
    return 14 + 1.05 * elements * size / larger(piece, 4) + (piece < 4 ? 12 + 12 * larger(elements / 16, 1) : 0);
}
/// Sectors of the second cache that are read for those that lines of so many bytes would fill, by what their addresses are multiples of.
constexpr double spread_of(double line, int piece) { return piece == 16 ? 1.1 : (smaller(line, 128) + 30 + (piece < 4 ? 16 : 0)) / smaller(line, 128); }
/// The same clocks where tensor cores multiply: the instructions are those counted.
constexpr double tensor_clocks(const Cut& c, const Question& of, const ChipFacts& chip) {
    const Tiling& t = c.tile;
    const int line = t.k * of.size;  // bytes along the sum
    const double tiles_m = static_cast<double>(divided_up(of.m, t.m)), tiles_n = static_cast<double>(divided_up(of.n, t.n)), tiles = tiles_m * tiles_n * of.batches, blocks = tiles * c.splits;
    const double turns = static_cast<double>(divided_up(divided_up(of.k, c.splits), t.k)), rounds = static_cast<double>(divided_up(static_cast<long>(blocks), chip.processors));
    const double warps = t.threads() / 32.0, results = 1.0 * t.m * t.n / t.threads(), half = of.units == Units::half ? 1 : 2;
    // Blocks of a multiprocessor at a time, by shared memory and registers; it starts an instruction in a clock for every four warps, up to four.
    const double room = smaller(163 * 1024 / (t.stages * line * (t.m + t.n) + 2048), 65536 / (t.threads() * (66 + t.warp_m * t.warp_n / 32)));
    const double together = smaller(larger(room, 1), rounds), starts = smaller(warps * together / 4, 4);
    const double fragments = (t.warp_m + t.warp_n) / 16.0, multiplied = line / 32 * (t.warp_m * t.warp_n / 128.0 + fragments * (half == 1 ? 1.5 : 7));
    const double instructions = 18 + multiplied + brought_by(1.0 * t.m * t.k / t.threads(), of.left, of.size) + brought_by(1.0 * t.n * t.k / t.threads(), of.right, of.size);
    double issued = rounds * warps * (turns * instructions + 350 + 9 * results);
    // Lines of 128 bytes that go through shared memory in a turn: written once, half of what is mended once more, read by each warp that needs them.
    const double passes_m = of.left.piece == 2 ? 2 : 1, passes_n = of.right.piece == 2 ? 2 : 1, moved = (passes_m * t.m + passes_n * t.n + warps * (t.warp_m + t.warp_n)) * line / 128;
    const double left = 1.0 * of.m * tiles_n * spread_of(line, of.left.piece), right = 1.0 * of.n * tiles_m * spread_of(t.n * of.size, of.right.piece);
    double bytes = of.batches * ((left + right) * of.k * of.size + of.m * of.n * 4.4);
    if (c.splits > 1) bytes += (2 * blocks - tiles) * t.m * t.n * 4.0, issued += rounds * warps * results * (2.4 + 2.2);
    const double multiplying = rounds * turns * t.m * t.n * t.k * half / chip.half_rate, waiting = rounds * turns * 150 / together;
    return larger(larger(larger(multiplying, waiting), bytes / (chip.traffic * chip.processors)), larger(rounds * (turns * moved + 2 * results * warps), issued / starts)) + (c.splits > 1 ? 300 : 0);
}
constexpr double clocks(const Cut& c, const Question& of, const ChipFacts& chip) { return of.units == Units::threads ? thread_clocks(c, of, chip) : tensor_clocks(c, of, chip); }
/// Warps for tiles that a user gives.
constexpr Tiling with_warps(Units units, int size, int m, int n, int k, int stages) {
    Tiling t{m, n, k, 64, 32, stages > 1 ? stages : 3};
    if (units == Units::threads) t.warp_m = m >= 128 ? 32 : m >= 64 ? 16 : 8, t.warp_n = n >= 128 ? 64 : n >= 64 ? 32 : 16;
    while (m % t.warp_m != 0) t.warp_m /= 2;
    while (n % t.warp_n != 0) t.warp_n /= 2;
    if (k == 0) t.k = units == Units::threads ? 16 : 128 / size;
    return t;
}
template <int N>
constexpr Cut cheapest(const Tiling (&tiles)[N], const Question& of) {
    constexpr ChipFacts chip = chip_facts(oldest_architecture());
    Cut best{};
    double least = 0;
    for (Tiling t : tiles) {
        if (of.units != Units::threads && N > 1) t.k /= of.size;
        if (N > 1 && of.size == 8 && t.m * t.n > 64 * 64) continue;
        const long blocks = divided_up(of.m, t.m) * divided_up(of.n, t.n) * of.batches, longest = at_most(of.k / 64 < 1 ? 1 : of.k / 64, 64);
        for (int s = 1; s <= longest && (s == 1 || blocks * s <= 2 * chip.processors); ++s) {
            const Cut c{t, s};
            const double cost = clocks(c, of, chip);
            if (least == 0 || cost < least) least = cost, best = c;
        }
    }
    return best;
}
}  // namespace detail

/// The cut of `batches` products of m x n results, sums of k terms.   Size: bytes of an operand's element in shared memory; left, right: the way of either.
constexpr Cut tiling_for(Units units, int size, long batches, long m, long n, long k, Way left = {}, Way right = {}) {
    const detail::Question of{units, size, batches, m, n, k, left, right};
    return units == Units::threads ? detail::cheapest(detail::thread_tiles, of) : detail::cheapest(detail::tensor_tiles, of);
}
/// Whether such units can multiply a tile, within a block's memory. Lines of 64 or 128 bytes go to tensor cores.
constexpr bool fits(Units units, int size, const Tiling& t) {
    const int apart = units == Units::threads ? 32 / size : 0, bytes = t.stages * (t.m + t.n + apart) * t.k * size;
    const bool lines = units == Units::threads ? t.k % 8 == 0 : (t.k * size == 64 || t.k * size == 128) && t.warp_m % 16 == 0;
    return lines && t.m % 16 == 0 && t.n % 16 == 0 && t.warp_n % 16 == 0 && t.threads() <= 512 && bytes <= chip_facts(oldest_architecture()).memory * 1024;
}
/// The same with a tile that a user gives; k and stages may be 0.
constexpr Cut pinned(Units units, int size, long batches, long m, long n, long k, int tile_m, int tile_n, int tile_k, int stages) {
    const Tiling tile[1] = {detail::with_warps(units, size, tile_m, tile_n, tile_k, stages)};
    return detail::cheapest(tile, {units, size, batches, m, n, k, {}, {}});
}

}  // namespace strata::cuda
