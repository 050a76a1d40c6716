// SPDX-License-Identifier: BSL-1.0
#include <strata/kernel/cuda/picture.cuh>

#include <doctest/doctest.h>

#include <cstring>

#include <strata/kernel/cuda/ffma.cuh>
#include <strata/kernel/cuda/tensor_core.cuh>

#include "../../support/launch.cuh"

namespace strata::test {
namespace {

/// Along a: planes of Plane numbers, Gap apart. The other index: a distance, and Far, by which the first lies before the numbers; the two meet unless one
/// is odd and the other a multiple of three.
template <int Plane, int Gap, bool Whole, long Far = 0>
struct View {
    static constexpr bool whole = Whole;
    __device__ static cuda::Spot spot(long a) { return {a / Plane * Gap + a % Plane - Far, 0, 0, a % 2 == 0 ? 3u : 1u}; }
    using Distance = cuda::Distance<float, Far>;
    __device__ static cuda::Tap<Distance> tap(long b) { return {static_cast<Distance>(b * 5 * Gap + Far), b % 3 == 0 ? 2u : 1u}; }
    __device__ static unsigned found(const cuda::Spot& s, unsigned needs) { return s.meets & needs; }
    static bool is_there(long a, long b) { return whole || a % 2 == 0 || b % 3 != 0; }
    static long at(long a, long b) { return a / Plane * Gap + a % Plane + b * 5 * Gap; }
};
template <int Threads, class Tile, class Source, class T = typename Tile::Type>
__global__ void carry_kernel(Source source, long side0, long side, long begin, long end, T* out) {
    __shared__ __align__(128) char tile[Tile::bytes];
    cuda::Carrier<Threads, Tile, Source> carrier(source, side0, begin, side, end);
    for (long q = begin; q < end; q += Tile::depth) {
        carrier.next(tile);
        cuda::end_group();
        cuda::wait_for_groups<0>();
        __syncthreads();
        for (int e = static_cast<int>(threadIdx.x); e < Tile::side * Tile::depth; e += Threads)
            out[(q - begin) * Tile::side + e] = *reinterpret_cast<const T*>(tile + Tile::place(e / Tile::depth, e % Tile::depth));
        __syncthreads();
    }
}
/// Tiles of an operand whose elements say where they lie.
template <int Threads, class Tile, class From, bool DeepFirst, int Piece, class V>
void check_carried(long side0, long side, long begin, long end, bool fits = true) {
    using T = typename Tile::Type;
    CHECK(cuda::PictureDeal<Threads, Tile, From, DeepFirst, Piece>::fits == fits);
    const auto number = [](long at) {
        From x{};
        if constexpr (std::is_same_v<From, bf16>)
            x.bits = static_cast<std::uint16_t>(0x3f80 + at % 8191);
        else
            x = static_cast<From>(at % 8191 + 1);
        return x;
    };
    const auto value = [&](long at) {
        const From x = number(at);
        if constexpr (std::is_same_v<From, T>)
            return x;
        else
            return __builtin_bit_cast(float, static_cast<std::uint32_t>(x.bits) << 16);
    };
    const long along = DeepFirst ? end : side, across = DeepFirst ? side : end;
    std::vector<From> numbers(static_cast<std::size_t>(V::at(along - 1, across - 1) + 8));
    for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = number(static_cast<long>(i));
    const auto memory = on_device(numbers);
    const long tiles = (end - begin + Tile::depth - 1) / Tile::depth;
    auto out = filled<T>(tiles * Tile::side * Tile::depth);
    using Source = cuda::InPicture<From, DeepFirst, Piece, V>;
    carry_kernel<Threads, Tile><<<1, Threads>>>(Source{memory.data()}, side0, side, begin, end, out.data());
    cuda::launched();
    const auto got = from_device(out);
    int wrong = 0;
    for (long e = 0; e < tiles * Tile::side * Tile::depth; ++e) {
        const long i = side0 + e / Tile::depth % Tile::side, q = begin + e / (Tile::side * Tile::depth) * Tile::depth + e % Tile::depth, a = DeepFirst ? q : i, b = DeepFirst ? i : q;
        const T want = i < side && q < end && V::is_there(a, b) ? value(V::at(a, b)) : T{};
        wrong += std::memcmp(&got[static_cast<std::size_t>(e)], &want, sizeof want) != 0;
    }
    CHECK(wrong == 0);
}
template <class T, int Side, int Depth, bool Deep>
using Cores = cuda::TensorTile<T, Side, Depth, Deep>;
}  // namespace

TEST_CASE("distances of 2 GiB and more") {
    static_assert(std::is_same_v<cuda::Distance<float, (1L << 29) - 1>, int> && std::is_same_v<cuda::Distance<float, 1L << 29>, long> && std::is_same_v<cuda::Distance<bf16, 1L << 29>, int>);
    check_carried<128, Cores<float, 64, 32, false>, float, false, 4, View<7, 9, false, 1L << 29>>(0, 59, 0, 59);
    check_carried<128, Cores<float, 64, 32, true>, float, true, 4, View<7, 9, true, 1L << 33>>(0, 59, 0, 59);
    check_carried<128, Cores<bf16, 64, 64, true>, bf16, true, 2, View<7, 9, false, 1L << 32>>(0, 59, 0, 59);
}
TEST_CASE("tiles seen through a window, along the result and along the sum, with zeros past the ends and where nothing meets") {
    for (const long ends : {0L, 5L}) {
        CAPTURE(ends);
        check_carried<256, Cores<bf16, 128, 64, false>, bf16, false, 2, View<7, 9, false>>(0, 128 - ends, 0, 128 - ends);
        check_carried<128, Cores<bf16, 64, 64, true>, bf16, true, 2, View<7, 9, false>>(64, 128 - ends, 64, 192 - ends);
        check_carried<128, Cores<bf16, 32, 32, false>, bf16, false, 2, View<7, 9, true>>(0, 32 - ends, 0, 32 - ends);
        check_carried<128, Cores<float, 16, 32, true>, float, true, 4, View<7, 9, false>>(0, 16 - ends, 0, 64 - ends);
        check_carried<128, Cores<float, 64, 32, false>, float, false, 4, View<7, 9, false>>(0, 64 - ends, 0, 64 - ends);
        check_carried<128, cuda::ThreadTile<float, 64, 16>, float, true, 4, View<7, 9, false>>(0, 64 - ends, 0, 64 - ends);
        check_carried<128, cuda::ThreadTile<double, 32, 16>, double, false, 8, View<7, 9, false>>(0, 32 - ends, 0, 64 - ends);
        check_carried<128, cuda::ThreadTile<float, 64, 16>, bf16, false, 2, View<7, 9, false>>(0, 64 - ends, 0, 64 - ends);
    }
}
TEST_CASE("pieces of planes that lie in whole ones, and a block whose warps the tile's chunks do not share evenly") {
    for (const long planes : {8L, 5L}) {
        check_carried<256, Cores<bf16, 128, 64, false>, bf16, false, 16, View<16, 24, true>>(0, 16 * planes, 0, 61);
        check_carried<128, Cores<bf16, 64, 64, true>, bf16, true, 8, View<4, 8, true>>(0, 60, 0, 4 * planes);
    }
    check_carried<192, Cores<bf16, 128, 64, false>, bf16, false, 2, View<7, 9, false>>(0, 121, 0, 61, false);
    check_carried<192, Cores<bf16, 128, 64, false>, bf16, false, 16, View<16, 24, true>>(0, 80, 0, 61, false);
    check_carried<128, cuda::ThreadTile<float, 16, 8>, float, false, 16, View<4, 8, true>>(0, 12, 0, 13, false);
    check_carried<192, Cores<bf16, 64, 64, true>, bf16, true, 8, View<4, 8, true>>(0, 60, 0, 32, false);
}

}  // namespace strata::test
