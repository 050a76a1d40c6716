// SPDX-License-Identifier: BSL-1.0
#include <strata/kernel/cuda/mma.cuh>

#include <doctest/doctest.h>

#include <cmath>

#include "../../support/launch.cuh"

namespace strata::test {
namespace {

/// out[16][8] = a[16][16] b[16][8], of small whole numbers as halves: the fragments by ldmatrix, the right one turned on its way.
__global__ void halves_kernel(const f16* a, const f16* b, float* out) {
    __shared__ __align__(16) f16 left[16 * 16], right[16 * 16];
    const int lane = static_cast<int>(threadIdx.x);
    for (int e = lane; e < 256; e += 32) {
        left[e] = a[e];
        right[e] = e % 16 < 8 ? b[e / 16 * 8 + e % 16] : f16{};
    }
    __syncwarp();
    unsigned x[4], y[4];
    cuda::load_matrices<false, 0>(x, static_cast<unsigned>(__cvta_generic_to_shared(left + lane % 16 * 16 + lane / 16 * 8)));
    cuda::load_matrices<true, 64>(y, static_cast<unsigned>(__cvta_generic_to_shared(right + (lane % 16) * 16)) - 64);
    float sum[4] = {1, 1, 1, 1};
    cuda::multiply_add<f16>(sum, x, y[0], y[1]);
    for (int r = 0; r < 4; ++r) out[(lane / 4 + r / 2 * 8) * 8 + lane % 4 * 2 + r % 2] = sum[r];
}
/// The same of f32, [16][8] times [8][8], words by words.
__global__ void words_kernel(const float* a, const float* b, float* out, unsigned* rounded) {
    __shared__ float left[16 * 8], right[8 * 8];
    const int lane = static_cast<int>(threadIdx.x);
    for (int e = lane; e < 128; e += 32) left[e] = a[e];
    for (int e = lane; e < 64; e += 32) right[e] = b[e];
    __syncwarp();
    const unsigned x0 = static_cast<unsigned>(__cvta_generic_to_shared(left + lane / 4 * 8 + lane % 4)), y0 = static_cast<unsigned>(__cvta_generic_to_shared(right + lane % 4 * 8 + lane / 4));
    unsigned x[4] = {cuda::load_word<0>(x0), cuda::load_word<256>(x0), cuda::load_word<16>(x0), cuda::load_word<272>(x0)};
    for (unsigned& w : x) w = cuda::rounded_to_tf32(w);
    float sum[4] = {};
    cuda::multiply_add<float>(sum, x, cuda::rounded_to_tf32(cuda::load_word<0>(y0)), cuda::rounded_to_tf32(cuda::load_word<128>(y0)));
    for (int r = 0; r < 4; ++r) out[(lane / 4 + r / 2 * 8) * 8 + lane % 4 * 2 + r % 2] = sum[r];
    rounded[lane] = cuda::rounded_to_tf32(__float_as_uint(1.f) + 0x800u * static_cast<unsigned>(lane));
}
/// A whole number in [-8, 8) as IEEE half.
f16 half_of(int n) {
    if (n == 0) return f16{};
    int m = std::abs(n), e = 25;
    while (m < 1024) m *= 2, --e;
    return f16::from_bits(static_cast<std::uint16_t>((n < 0 ? 0x8000 : 0) | e << 10 | (m - 1024)));
}
int number(int i) { return i * 7 % 16 - 8; }
}  // namespace

TEST_CASE("halves: each lane gets and leaves what the instruction set says") {
    std::vector<f16> a(256), b(128);
    for (std::size_t i = 0; i < 256; ++i) a[i] = half_of(number(static_cast<int>(i)));
    for (std::size_t i = 0; i < 128; ++i) b[i] = half_of(number(static_cast<int>(i) * 3 + 1));
    const auto da = on_device(a), db = on_device(b);
    auto out = filled<float>(128);
    halves_kernel<<<1, 32>>>(da.data(), db.data(), out.data());
    cuda::launched();
    const auto got = from_device(out);
    for (int e = 0; e < 128; ++e) {
        int sum = 1;
        for (int q = 0; q < 16; ++q) sum += number(e / 8 * 16 + q) * number((q * 8 + e % 8) * 3 + 1);
        CHECK(got[static_cast<std::size_t>(e)] == static_cast<float>(sum));
    }
}
TEST_CASE("f32 as tf32: rounded to the nearest, ties away from zero") {
    std::vector<float> a(128), b(64);
    for (std::size_t i = 0; i < 128; ++i) a[i] = static_cast<float>(number(static_cast<int>(i)));
    for (std::size_t i = 0; i < 64; ++i) b[i] = static_cast<float>(number(static_cast<int>(i) * 3 + 1));
    const auto da = on_device(a), db = on_device(b);
    auto out = filled<float>(128);
    auto rounded = filled<unsigned>(32);
    words_kernel<<<1, 32>>>(da.data(), db.data(), out.data(), rounded.data());
    cuda::launched();
    const auto got = from_device(out);
    for (int e = 0; e < 128; ++e) {
        int sum = 0;
        for (int q = 0; q < 8; ++q) sum += number(e / 8 * 8 + q) * number((q * 8 + e % 8) * 3 + 1);
        CHECK(got[static_cast<std::size_t>(e)] == static_cast<float>(sum));
    }
    const auto r = from_device(rounded);
    for (unsigned lane = 0; lane < 32; ++lane) CHECK((r[lane] & 0xffffe000u) == ((0x3f800000u + 0x800u * lane + 0x1000u) & 0xffffe000u));
}

}  // namespace strata::test
