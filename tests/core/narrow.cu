// SPDX-License-Identifier: BSL-1.0
#include <strata/core/narrow.hpp>

#include <doctest/doctest.h>

#include <bit>

#include "../support/launch.cuh"
#include "../support/narrow.hpp"

namespace strata::test {
namespace {

template <class H>
__global__ void narrow_all(const float* x, std::uint16_t* bits, int n) {
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x) bits[i] = narrow<H>(x[i]).bits;
}
template <class H>
__global__ void widen_all(float* x) {
    const unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
    x[i] = H::from_bits(static_cast<std::uint16_t>(i));
}
template <class H>
__global__ void constants(std::uint16_t* bits) {
    constexpr H known(0.1f);  // the compiler rounds
    bits[0] = known.bits;
}

}  // namespace

TEST_CASE_TEMPLATE("a device rounds to 16 bits as the host does, and a NaN stays one", H, bf16, f16) {
    std::vector<float> x = hard_floats<H>();
    std::uint32_t u = 1;
    for (int i = 0; i < 100000; ++i) x.push_back(std::bit_cast<float>(u = u * 1664525u + 1013904223u));
    const auto from = on_device(x);
    auto to = filled<std::uint16_t>(static_cast<long>(x.size()));
    narrow_all<H><<<32, 256>>>(from.data(), to.data(), static_cast<int>(x.size()));
    cuda::launched();
    const auto got = from_device(to);
    int wrong = 0;
    for (std::size_t i = 0; i < x.size(); ++i) wrong += !stored_right<H>(x[i], got[i], true);
    CHECK(wrong == 0);

    auto one = filled<std::uint16_t>(1);
    constants<H><<<1, 1>>>(one.data());
    cuda::launched();
    CHECK(from_device(one)[0] == nearest<H>(0.1f));
}

TEST_CASE_TEMPLATE("a device widens 16 bits to the same number", H, bf16, f16) {
    auto to = filled<float>(0x10000);
    widen_all<H><<<256, 256>>>(to.data());
    cuda::launched();
    const auto got = from_device(to);
    int wrong = 0;
    for (std::uint32_t h = 0; h < 0x10000; ++h) wrong += !widened_right(H::from_bits(static_cast<std::uint16_t>(h)), got[h], true);
    CHECK(wrong == 0);
}

}  // namespace strata::test
