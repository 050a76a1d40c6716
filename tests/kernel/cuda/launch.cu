// SPDX-License-Identifier: BSL-1.0
#include <strata/kernel/cuda/launch.cuh>

#include <doctest/doctest.h>

#include <string>

#include "../../support/launch.cuh"

namespace strata::test {
namespace {

static_assert(cuda::divided_up(0, 4) == 0 && cuda::divided_up(1, 4) == 1 && cuda::divided_up(8, 4) == 2 && cuda::divided_up(9, 4) == 3);
static_assert(cuda::at_most(7, 9) == 7 && cuda::at_most(9, 7) == 7);

/// Every block leaves a number in each of its places; the last adds all of them up.
__global__ void in_turn(long* parts, long* sum, unsigned* ticket, int* last) {
    parts[blockIdx.x * blockDim.x + threadIdx.x] = blockIdx.x * 1000 + threadIdx.x;
    if (!cuda::last_of(ticket, gridDim.x)) return;
    if (threadIdx.x == 0) ++*last;
    if (threadIdx.x != 7) return;
    for (unsigned i = 0; i < gridDim.x * blockDim.x; ++i) *sum += __ldcg(parts + i);
}
__global__ void nothing() {}

}  // namespace

TEST_CASE("one block is the last, and sees what all others wrote; the ticket serves again") {
    for (const unsigned blocks : {1u, 2u, 37u}) {
        CAPTURE(blocks);
        auto parts = filled<long>(blocks * 64);
        cuda::Memory<long> sum(1);
        cuda::Memory<unsigned> ticket(1);
        cuda::Memory<int> last(1);
        long wanted = 0;
        for (unsigned b = 0; b < blocks; ++b)
            for (unsigned t = 0; t < 64; ++t) wanted += b * 1000 + t;
        for (int time = 1; time <= 3; ++time) {
            in_turn<<<blocks, 64>>>(parts.data(), sum.data(), ticket.data(), last.data());
            cuda::launched();
            CHECK(last.to_host()[0] == time);
            CHECK(sum.to_host()[0] == time * wanted);
            CHECK(ticket.to_host()[0] == 0);
        }
    }
}
TEST_CASE("a launch that is refused is an error that says where it was made") {
    CHECK_NOTHROW(cuda::launched());
    nothing<<<1, 4096>>>();
    std::string text;
    try {
        cuda::launched();
    } catch (const CudaError& e) {
        text = e.what();
    }
    CHECK(text.find("strata: a kernel's launch at ") == 0);
    CHECK(text.find("launch.cu:") != std::string::npos);
    CHECK_NOTHROW(cuda::launched());
}

}  // namespace strata::test
