// SPDX-License-Identifier: BSL-1.0
#include <strata/kernel/cuda/lines.cuh>

#include <doctest/doctest.h>

#include <strata/kernel/cuda/tensor_core.cuh>

#include "../../support/launch.cuh"

namespace strata::test {
namespace {

// Every piece of a tile is some thread's, once.
template <int Threads, int Lines, int Pieces>
constexpr bool whole() {
    using D = cuda::LineDeal<Threads, Lines, Pieces>;
    bool met[Lines * Pieces] = {};
    int count = 0;
    for (int thread = 0; thread < Threads; ++thread)
        for (int e = 0; e < D::most; ++e)
            for (int slot = 0; slot < D::shares; ++slot)
                for (int column = 0; column < D::columns; ++column) {
                    const int warp = thread / 32, lane = thread % 32, group = e * D::teams + warp / D::team;
                    if (group >= D::groups) continue;
                    const int line = group * D::group + warp % D::team * D::down + lane / D::across + slot * D::step;
                    bool& here = met[line * Pieces + column * D::across + lane % D::across];
                    if (here) return false;
                    here = true, ++count;
                }
    return count == Lines * Pieces;
}
static_assert(whole<256, 128, 32>() && whole<128, 64, 8>() && whole<192, 96, 48>() && whole<32, 16, 2>() && whole<96, 32, 16>() &&
              whole<512, 64, 64>());

template <int Threads, class Tile, class Source, class T = typename Tile::Type>
__global__ void lines_kernel(Source source, long side0, long side, long begin, long end, T* out) {
    using Carrier = cuda::Carrier<Threads, Tile, Source>;
    __shared__ __align__(128) char tile[Carrier::stage_bytes];
    Carrier carrier(source, side0, begin, side, end);
    for (long q = begin; q < end; q += Tile::depth) {
        carrier.next(tile);
        cuda::end_group();
        cuda::wait_for_groups<0>();
        __syncthreads();
        if constexpr (Carrier::mends) carrier.mend(tile);
        __syncthreads();
        for (int e = static_cast<int>(threadIdx.x); e < Tile::side * Tile::depth; e += Threads)
            out[(q - begin) * Tile::side + e] = *reinterpret_cast<T*>(tile + Tile::place(e / Tile::depth, e % Tile::depth));
        __syncthreads();
    }
}
/// Lines of `Pitch` numbers counted from 1, the first of them `askew` numbers into memory that ends with the last.
template <class T, int Threads, int Side, int Depth, bool Deep, long Pitch, int Aligned = 16>
void check(long askew = 0) {
    using Tile = cuda::TensorTile<T, Side, Depth, Deep>;
    using Source = cuda::InMemory<T, Deep ? Pitch : 1, Deep ? 1 : Pitch, Aligned>;
    static_assert(cuda::Carrier<Threads, Tile, Source>::mends == (sizeof(T) == 2 && (Pitch % 2 != 0 || Aligned == 2)));
    CAPTURE(Threads);
    CAPTURE(Side);
    CAPTURE(Depth);
    CAPTURE(Pitch);
    CAPTURE(askew);
    int wrong = 0;
    for (const long side0 : {0L, long{Side}})
        for (const long rest : {1L, Side - 3L, long{Side}})
            for (const long deep : {1L, Depth - 1L, long{Depth}, Depth + 2L}) {
                const long side = side0 + rest, begin = Depth, end = begin + deep;
                if ((Deep ? end : side) > Pitch) continue;
                std::vector<T> numbers(static_cast<std::size_t>(askew + (Deep ? (side - 1) * Pitch + end : (end - 1) * Pitch + side)));
                for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<T>(i + 1);
                const auto memory = on_device(numbers);
                const long tiles = (end - begin + Depth - 1) / Depth;
                auto out = filled<T>(tiles * Side * Depth);
                lines_kernel<Threads, Tile><<<1, Threads>>>(Source{memory.data() + askew}, side0, side, begin, end, out.data());
                cuda::launched();
                const auto got = from_device(out);
                for (long e = 0; e < tiles * Side * Depth; ++e) {
                    const long i = side0 + e / Depth % Side, q = begin + e / (Side * Depth) * Depth + e % Depth,
                               at = askew + (Deep ? i * Pitch + q : q * Pitch + i) + 1;
                    wrong += !(got[static_cast<std::size_t>(e)] == (i < side && q < end ? static_cast<T>(at) : T(0)));
                }
            }
    CHECK(wrong == 0);
}
/// Lines whose beginnings leave each rest, of either major.
template <int Threads, int Side, int Depth, long... Rest>
void check_rests(std::integer_sequence<long, Rest...>) {
    (check<short, Threads, Side, Depth, true, 192 + Rest>(), ...);
    (check<short, Threads, Side, Depth, false, 256 + Rest>(), ...);
}
}  // namespace

TEST_CASE("lines of 16 bits that begin anywhere, of either major") {
    check_rests<128, 32, 32>(std::make_integer_sequence<long, 8>{});
    check_rests<256, 64, 64>(std::integer_sequence<long, 1, 2, 3, 4>{});
}
TEST_CASE("tiles and blocks of other sizes") {
    check<short, 96, 96, 16, false, 201>();
    check<short, 192, 128, 32, true, 131>();
    check<short, 32, 16, 64, true, 193>();
    check<short, 64, 16, 16, false, 67>();
    check<short, 512, 128, 64, true, 257>();
    check<float, 96, 32, 16, true, 65>();
    check<float, 128, 64, 32, false, 130>();
}
TEST_CASE("an operand of which nothing is known but that it fits its type") {
    for (const long askew : {0L, 1L}) {
        check<short, 128, 32, 32, true, 97, 2>(askew);
        check<short, 128, 32, 32, false, 96, 2>(askew);
        check<short, 96, 64, 16, true, 64, 2>(askew);
    }
}

}  // namespace strata::test
