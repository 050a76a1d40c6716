// SPDX-License-Identifier: BSL-1.0
#include <strata/device/cuda.cuh>

#include <doctest/doctest.h>

#include <cstdint>
#include <cstdlib>
#include <limits>
#include <string>

#include <strata/device/pinned.cuh>

#include "../support/counted.hpp"
#include "../support/cuda_error.cuh"

namespace strata::test {

TEST_CASE_TEMPLATE("memory begins as zeros, or as the host's numbers, and comes back as they are", T, float, double, std::int32_t, char) {
    static_assert(std::is_same_v<BufferOn<Cuda, T>, cuda::Memory<T>>);
    for (long n : {1L, 7L, 64L, 100003L}) {
        CAPTURE(n);
        CHECK(equal(cuda::Memory<T>(n).to_host(), Buffer<T>(n)));
        const cuda::Memory<T> from(counted<T>(n));
        CHECK(from.size() == n);
        CHECK(reinterpret_cast<std::uintptr_t>(from.data()) % 256 == 0);
        CHECK(equal(from.to_host(), counted<T>(n)));
    }
}
TEST_CASE("memory is zeros for every stream at once") {
    constexpr long n = 1L << 20;
    const cuda::Stream stream;
    cuda::Pinned<int> got(n);
    for (int turn = 0; turn < 3; ++turn) {
        const cuda::Memory<int> m(n);
        cuda::check(cudaMemcpyAsync(got.data(), m.data(), n * sizeof(int), cudaMemcpyDeviceToHost, stream.get()), "cudaMemcpyAsync");
        stream.wait();
        long wrong = 0;
        for (long i = 0; i < n; ++i) wrong += got[i] != 0;
        CHECK(wrong == 0);
        cuda::check(cudaMemset(const_cast<int*>(m.data()), 0xff, n * sizeof(int)), "cudaMemset");  // what the next one may be given
    }
}
TEST_CASE("copies are independent, moves take along, nothing is no memory at all") {
    cuda::Memory<float> a(counted<float>(9));
    cuda::Memory<float> copy(a);
    CHECK(copy.data() != a.data());
    cuda::check(cudaMemset(a.data(), 0, 9 * sizeof(float)), "cudaMemset");
    CHECK(equal(a.to_host(), Buffer<float>(9)));
    CHECK(equal(copy.to_host(), counted<float>(9)));
    a = copy;
    CHECK(equal(a.to_host(), counted<float>(9)));
    float* const at = a.data();
    cuda::Memory<float> moved(std::move(a));
    CHECK(moved.data() == at);
    CHECK((a.data() == nullptr && a.size() == 0));
    a = std::move(moved);
    CHECK(a.data() == at);
    const cuda::Memory<float> none(0), none_of_the_host(Buffer<float>(0L)), none_at_all, copied(none);
    CHECK((none.data() == nullptr && none_of_the_host.data() == nullptr && none_at_all.data() == nullptr && copied.data() == nullptr));
    CHECK(none.to_host().size() == 0);
}
TEST_CASE("memory and streams are given back") {
    std::size_t before = 0, after = 0, all = 0;
    cuda::check(cudaMemGetInfo(&before, &all), "cudaMemGetInfo");
    for (int i = 0; i < 20; ++i) {
        cuda::Memory<char> a(1L << 22), b(a), c(std::move(a));
        c = b;
        c = std::move(b);
        cuda::Stream s;
    }
    cuda::check(cudaDeviceSynchronize(), "cudaDeviceSynchronize");  // a pool takes memory back in the order of its stream
    cuda::check(cudaMemGetInfo(&after, &all), "cudaMemGetInfo");
    CHECK(after + (1u << 22) >= before);
}
TEST_CASE("out of memory says so, and leaves a device that goes on") {
    const std::string text = text_of(cudaErrorMemoryAllocation, [] { cuda::Memory<double>(1L << 50); });
    CHECK(holds(text, "strata: cudaMalloc"));
    CHECK(holds(text, "(cudaErrorMemoryAllocation); take smaller batches"));
    CHECK(cudaPeekAtLastError() == cudaSuccess);
    CHECK(equal(cuda::Memory<float>(counted<float>(5)).to_host(), counted<float>(5)));
}
TEST_CASE("memory knows its device; assigned of its own size it stays where it is") {
    cuda::Memory<float> a(counted<float>(9)), b(9);
    CHECK(a.place() == Cuda{cuda::current()});
    const float* const at = b.data();
    b = a;
    CHECK(b.data() == at);
    CHECK(equal(b.to_host(), counted<float>(9)));
    b = cuda::Memory<float>(counted<float>(3));
    b = a;
    CHECK(b.size() == 9);
    CHECK(equal(b.to_host(), counted<float>(9)));
}

}  // namespace strata::test
