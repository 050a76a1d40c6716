// SPDX-License-Identifier: BSL-1.0
#include <strata/kernel/cuda/product.cuh>

#include <doctest/doctest.h>

#include <cmath>

#include "../../support/launch.cuh"

namespace strata::test {
namespace {

static_assert(cuda::tiling_for(4096, 4096).threads() == 256 && cuda::tiling_for(100, 100).m == 32 && cuda::tiling_for(512, 10).n == 16 && cuda::tiling_for(8, 512).m == 16);
static_assert(cuda::splits_for(1, 100) == 1 && cuda::splits_for(1, 1024) == 4 && cuda::splits_for(64, 4096) == 1 && cuda::splits_for(1, 1 << 20) == 64);

/// out = a b, for rows and sums of which m and k are at work; each element counts how often it came.
template <class Real, int Batches, int M, int N, int K, bool AKFirst, bool BKFirst>
__global__ void product_kernel(const Real* a, const Real* b, Real* out, int* times, long m, long n, long k, Real* workspace, unsigned* tickets) {
    using P = cuda::TiledProduct<Real, Batches, M, N, K>;
    const int batch = static_cast<int>(blockIdx.z) / P::splits, split = static_cast<int>(blockIdx.z) % P::splits;
    P::template run<AKFirst, BKFirst>(
        cuda::Share{blockIdx.x, blockIdx.y, blockIdx.z, gridDim.x, 0, 1}, batch, split, m, n, k, [=](long i, long q) { return a[(batch * m + i) * k + q]; }, [=](long q, long j) { return b[(batch * k + q) * n + j]; }, workspace, tickets,
        [=](int, int, long i, long j, Real v) {
            out[(batch * m + i) * n + j] = v;
            times[(batch * m + i) * n + j] += 1;
        });
}
/// Whole numbers, so that every order of a sum has the same result.
template <class Real>
std::vector<Real> whole(long n, unsigned state) {
    std::vector<Real> v(static_cast<std::size_t>(n));
    for (Real& x : v) x = static_cast<Real>(static_cast<int>((state = state * 1664525u + 1013904223u) >> 28) - 8);
    return v;
}
template <class Real, int Batches, int M, int N, int K, bool AKFirst = true, bool BKFirst = false>
void check(long m = M, long k = K) {
    CAPTURE(M);
    CAPTURE(N);
    CAPTURE(K);
    CAPTURE(m);
    CAPTURE(k);
    using P = cuda::TiledProduct<Real, Batches, M, N, K>;
    const auto a = whole<Real>(Batches * m * k, 1), b = whole<Real>(Batches * k * N, 2);
    const auto da = on_device(a), db = on_device(b);
    auto out = filled<Real>(Batches * m * N);
    cuda::Memory<int> times(Batches * m * N);
    auto workspace = filled<char>(P::workspace);
    cuda::Memory<unsigned> tickets(P::tickets);
    for (int i = 0; i < 2; ++i) {
        product_kernel<Real, Batches, M, N, K, AKFirst, BKFirst>
            <<<P::grid(), P::threads>>>(da.data(), db.data(), out.data(), times.data(), m, N, k, reinterpret_cast<Real*>(workspace.data()), tickets.data());
        cuda::launched();
    }
    const auto got = from_device(out);
    const auto came = from_device(times);
    int wrong = 0, uneven = 0;
    for (long e = 0; e < Batches * m * N; ++e) {
        const long row = e / N, batch = row / m;
        double sum = 0;
        for (long q = 0; q < k; ++q) sum += static_cast<double>(a[static_cast<std::size_t>(row * k + q)] * b[static_cast<std::size_t>((batch * k + q) * N + e % N)]);
        wrong += !(static_cast<double>(got[static_cast<std::size_t>(e)]) == sum);
        uneven += came[static_cast<std::size_t>(e)] != 2;
    }
    CHECK(wrong == 0);
    CHECK(uneven == 0);
    for (unsigned ticket : from_device(tickets)) CHECK(ticket == 0);
}
}  // namespace

TEST_CASE("every tiling, with full tiles, with rests on each side, with less than a tile") {
    check<float, 1, 64, 64, 32>();
    check<float, 1, 130, 131, 17>();
    check<float, 1, 33, 65, 5, false, true>();
    check<float, 1, 70, 10, 19>();
    check<double, 1, 7, 200, 33, true, true>();
    check<double, 1, 1, 1, 1>();
    check<double, 3, 20, 18, 9, false, false>();
}
TEST_CASE("long sums are split among blocks and put together by the last") {
    static_assert(cuda::TiledProduct<float, 1, 40, 40, 1000>::splits == 3 && cuda::TiledProduct<double, 2, 5, 30, 600>::splits == 2);
    check<float, 1, 40, 40, 1000>();
    check<float, 1, 3, 9, 2049, false, true>();
    check<double, 2, 5, 30, 600>();
}
TEST_CASE("fewer rows and shorter sums than the capacity") {
    check<float, 1, 130, 131, 17>(1);
    check<float, 1, 130, 131, 17>(65);
    check<float, 1, 40, 40, 1000>(40, 999);
    check<float, 1, 40, 40, 1000>(33, 300);  // the last splits have nothing to add
    check<float, 1, 40, 40, 1000>(40, 1);
}

}  // namespace strata::test
