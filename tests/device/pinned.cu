// SPDX-License-Identifier: BSL-1.0
#include <strata/device/pinned.cuh>

#include <doctest/doctest.h>

#include <type_traits>
#include <utility>

namespace strata::test {

TEST_CASE("page-locked memory begins as zeros, is the host's, moves, and is given back") {
    static_assert(std::is_same_v<StagingOn<Cuda, float>, cuda::Pinned<float>>);
    static_assert(std::is_same_v<StagingOn<Host, float>, Buffer<float>>);
    cuda::Pinned<float> a(100);
    for (long i = 0; i < a.size(); ++i) CHECK(a[i] == 0);
    cudaPointerAttributes facts{};
    cuda::check(cudaPointerGetAttributes(&facts, a.data()), "cudaPointerGetAttributes");
    CHECK(facts.type == cudaMemoryTypeHost);
    CHECK(cuda::device_of(a.data()) == -1);
    a[3] = 7;
    float* const at = a.data();
    cuda::Pinned<float> b(std::move(a));
    CHECK((a.data() == nullptr && a.size() == 0));
    CHECK((b.data() == at && b[3] == 7));
    a = std::move(b);
    CHECK(a.data() == at);
    const cuda::Pinned<double> none(0), nothing;
    CHECK((none.data() == nullptr && nothing.size() == 0));
    CHECK_THROWS_AS(cuda::Pinned<float>(4, Cuda{99}), CudaError);
}

}  // namespace strata::test
