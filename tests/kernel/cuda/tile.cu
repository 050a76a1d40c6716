// SPDX-License-Identifier: BSL-1.0
#include <strata/kernel/cuda/tile.cuh>

#include <doctest/doctest.h>

#include "../../support/launch.cuh"

namespace strata::test {
namespace {

/// Whether eight chunks below each other (or four lines of two), and any eight that are filled together, lie in different banks of 16 bytes.
template <int Chunks, bool Pairs>
constexpr bool apart() {
    for (int line = 0; line < 16; line += 8)
        for (int chunk = 0; chunk < Chunks; chunk += Pairs ? 2 : 1) {
            unsigned met = 0;
            for (int i = 0; i < 8; ++i) met |= 1u << cuda::swizzled<Chunks, Pairs>(line + (Pairs ? i / 2 : i), chunk + (Pairs ? i % 2 : 0)) % 8;
            if (met != 255) return false;
        }
    for (int first = 0; first < 8 * Chunks; first += 8) {
        unsigned met = 0;
        for (int i = first; i < first + 8; ++i) met |= 1u << cuda::swizzled<Chunks, Pairs>(i / Chunks, i % Chunks) % 8;
        if (met != 255) return false;
    }
    bool met[16 * Chunks] = {};  // no two in one place
    for (int i = 0; i < 16 * Chunks; ++i) met[cuda::swizzled<Chunks, Pairs>(i / Chunks, i % Chunks)] = true;
    for (bool one : met)
        if (!one) return false;
    return true;
}
static_assert(apart<2, false>() && apart<4, false>() && apart<8, false>() && apart<12, false>() && apart<16, false>() && apart<24, false>());
static_assert(apart<4, true>() && apart<8, true>() && apart<12, true>() && apart<16, true>() && apart<24, true>() && apart<32, true>());

// How much can be copied at once: by the type, the distance of lines and the address.
static_assert(cuda::InMemory<bf16, 64, 1, 16>::piece == 16 && cuda::InMemory<bf16, 68, 1, 16>::piece == 8 && cuda::InMemory<bf16, 66, 1, 16>::piece == 4);
static_assert(cuda::InMemory<bf16, 65, 1, 16>::piece == 2 && cuda::InMemory<bf16, 64, 1, 4>::piece == 4 && cuda::InMemory<bf16, 64, 2, 16>::piece == 0);
static_assert(cuda::InMemory<float, 1, 65, 16>::piece == 4 && cuda::InMemory<double, 65, 1, 16>::piece == 8 && cuda::InMemory<double, 65, 1, 4>::piece == 0);

constexpr int threads = 96;
template <class T, int Side, int Depth, bool Apart>
struct Plain {
    using Type = T;
    static constexpr int side = Side, depth = Depth;
    static constexpr bool apart = Apart;
    __device__ static int place(int i, int q) { return (Apart ? q * Side + i : i * Depth + q) * static_cast<int>(sizeof(T)); }
};
/// Every tile along the sum, one after the other, of an operand from (side0, begin) on.
template <class Tile, class Source, class T = typename Tile::Type>
__global__ void carry_kernel(Source source, long side0, long side, long begin, long end, T* out) {
    __shared__ __align__(16) T tile[Tile::side * Tile::depth];
    cuda::Carrier<threads, Tile, Source> carrier(source, side0, begin, side, end);
    for (long q = begin; q < end; q += Tile::depth) {
        carrier.next(reinterpret_cast<char*>(tile));
        cuda::end_group();
        cuda::wait_for_groups<0>();
        __syncthreads();
        for (int e = static_cast<int>(threadIdx.x); e < Tile::side * Tile::depth; e += threads)
            out[(q - begin) * Tile::side + e] = tile[Tile::place(e / Tile::depth, e % Tile::depth) / static_cast<int>(sizeof(T))];
        __syncthreads();
    }
}
/// An array of `all` numbers counted from 1, seen with the strides of an operand.
template <class T, int Side, int Depth, bool Apart, long SideStride, long DeepStride, int Aligned>
void check_carried(long side0, long side, long begin, long end) {
    CAPTURE(SideStride);
    CAPTURE(DeepStride);
    using Source = cuda::InMemory<T, SideStride, DeepStride, Aligned>;
    std::vector<T> numbers(static_cast<std::size_t>((side - 1) * SideStride + (end - 1) * DeepStride + 1));
    for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<T>(i + 1);
    const auto memory = on_device(numbers);
    const long tiles = (end - begin + Depth - 1) / Depth;
    auto out = filled<T>(tiles * Side * Depth);
    carry_kernel<Plain<T, Side, Depth, Apart>><<<1, threads>>>(Source{memory.data()}, side0, side, begin, end, out.data());
    cuda::launched();
    const auto got = from_device(out);
    int wrong = 0;
    for (long e = 0; e < tiles * Side * Depth; ++e) {
        const long i = side0 + e / Depth % Side, q = begin + e / (Side * Depth) * Depth + e % Depth;
        wrong += !(got[static_cast<std::size_t>(e)] == (i < side && q < end ? static_cast<T>(i * SideStride + q * DeepStride + 1) : T(0)));
    }
    CHECK(wrong == 0);
}
}  // namespace

TEST_CASE("tiles come whole, with zeros past the ends, by 16, 8, 4 bytes or one by one, however they lie") {
    for (const long side : {11L, 16L, 40L})
        for (const long end : {16L, 33L, 64L}) {
            CAPTURE(side);
            CAPTURE(end);
            check_carried<float, 16, 16, false, 64, 1, 16>(0, side, 0, end);
            check_carried<float, 16, 16, true, 64, 1, 16>(16, side + 16, 16, end + 16);
            check_carried<float, 16, 16, true, 1, 64, 16>(0, side, 0, end);
            check_carried<float, 16, 32, false, 65, 1, 16>(0, side, 0, end);
            check_carried<double, 16, 16, true, 1, 66, 16>(0, side, 0, end);
            check_carried<double, 16, 16, true, 66, 1, 8>(0, side, 0, end);
            check_carried<short, 16, 32, false, 66, 1, 16>(0, side, 0, end);
            check_carried<short, 32, 16, false, 1, 67, 16>(0, side, 0, end);
            check_carried<int, 16, 16, false, 3, 130, 16>(0, side, 0, end);
        }
}

namespace {
/// Halves of what is asked for, as a function; and narrow numbers widened on the way.
struct Half {
    __device__ float operator()(long i, long q) const { return static_cast<float>(100 * i + q) / 2; }
};
template <class Tile, class Source>
std::vector<float> carried(Source source, long side, long end) {
    auto out = filled<float>(Tile::side * Tile::depth);
    carry_kernel<Tile><<<1, threads>>>(source, 0L, side, 0L, end, out.data());
    cuda::launched();
    return from_device(out);
}
}  // namespace

TEST_CASE("what is computed, and what is widened") {
    using Tile = Plain<float, 16, 16, true>;
    const auto halves = carried<Tile>(cuda::Computed<float, true, Half>{}, 11, 13);
    const auto across = carried<Tile>(cuda::Computed<float, false, Half>{}, 11, 13);
    std::vector<bf16> narrow(256);
    for (std::size_t i = 0; i < 256; ++i) narrow[i].bits = static_cast<std::uint16_t>(0x3f80 + i % 128);
    const auto memory = on_device(narrow);
    const auto wide = carried<Tile>(cuda::InMemory<bf16, 16, 1, 16>{memory.data()}, 16, 16);
    for (int e = 0; e < 256; ++e) {
        const auto at = static_cast<std::size_t>(e);
        const float half = e / 16 < 11 && e % 16 < 13 ? static_cast<float>(100 * (e / 16) + e % 16) / 2 : 0.f;
        CHECK(halves[at] == half);
        CHECK(across[at] == half);
        CHECK(wide[at] == 1 + static_cast<float>(e % 128) / 128);
    }
}

}  // namespace strata::test
