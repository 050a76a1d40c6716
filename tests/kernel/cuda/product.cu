// SPDX-License-Identifier: BSL-1.0
#include <strata/kernel/cuda/product.cuh>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include <strata/kernel/cuda/family.cuh>

#include "../../support/product.cuh"

namespace strata::test {
namespace {

static_assert(cuda::units_for<float, bf16, bf16>(Multiply::exact) == cuda::Units::half && cuda::units_for<float, f16, f16>(Multiply::tf32) == cuda::Units::half);
static_assert(cuda::units_for<float, bf16, f16>(Multiply::exact) == cuda::Units::threads && cuda::units_for<float, bf16, float>(Multiply::tf32) == cuda::Units::threads);
static_assert(cuda::units_for<float, float, float>(Multiply::exact) == cuda::Units::threads && cuda::units_for<float, float, float>(Multiply::tf32) == cuda::Units::tf32);
static_assert(cuda::units_for<double, double, double>(Multiply::tf32) == cuda::Units::threads);

template <class Real, int Batches, int M, int N, int K, bool ADeep, bool BDeep, int Tile = 0>
using Product = cuda::TiledProduct<Real, cuda::InMemory<Real, ADeep ? K : 1, ADeep ? 1 : M, sizeof(Real)>, cuda::InMemory<Real, BDeep ? K : 1, BDeep ? 1 : N, sizeof(Real)>, Batches, M, N, K,
                                   Factors<dtype_of<Real>, dtype_of<Real>, sizeof(Real), sizeof(Real), Multiply::exact, Tile, Tile>>;

/// out = a b, for rows and sums of which m and k are at work; each element counts how often it came.
template <class P, class Real, int M, int N, int K>
__global__ void product_kernel(const Real* a, const Real* b, Real* out, int* times, long m, long n, long k, char* workspace, unsigned* tickets) {
    const cuda::Share share = P::tile_of(cuda::Share{blockIdx.x, blockIdx.y, blockIdx.z, gridDim.x, 0, 1});
    const int batch = static_cast<int>(share.z) / P::splits, split = static_cast<int>(share.z) % P::splits;
    P::run(share, batch, split, m, n, k, {a + long{batch} * M * K}, {b + long{batch} * N * K}, workspace, tickets, [=](int step, long i, long j, Real v) {
        out[(batch * m + i) * n + j] = v;
        times[(batch * m + i) * n + j] += j - long{share.x} * P::t.n == P::column_of(step) ? 1 : 1000;
    });
}
/// Whole numbers, so that every order of a sum has the same result.
template <class Real>
std::vector<Real> whole(long n, unsigned state) {
    std::vector<Real> v(static_cast<std::size_t>(n));
    for (Real& x : v) x = static_cast<Real>(static_cast<int>((state = state * 1664525u + 1013904223u) >> 28) - 8);
    return v;
}
template <class Real, int Batches, int M, int N, int K, bool ADeep = true, bool BDeep = false, int Tile = 0>
void check(long m = M, long k = K) {
    CAPTURE(M);
    CAPTURE(N);
    CAPTURE(K);
    CAPTURE(m);
    CAPTURE(k);
    using P = Product<Real, Batches, M, N, K, ADeep, BDeep, Tile>;
    const auto a = whole<Real>(long{Batches} * M * K, 1), b = whole<Real>(long{Batches} * K * N, 2);
    const auto da = on_device(a), db = on_device(b);
    auto out = filled<Real>(Batches * m * N);
    cuda::Memory<int> times(Batches * m * N);
    auto workspace = filled<char>(P::workspace);
    cuda::Memory<unsigned> tickets(P::tickets);
    constexpr auto kernel = &product_kernel<P, Real, M, N, K>;
    cuda::grant(kernel, P::bytes);
    for (int i = 0; i < 2; ++i) {
        kernel<<<P::grid(), P::threads, P::bytes>>>(da.data(), db.data(), out.data(), times.data(), m, N, k, workspace.data(), tickets.data());
        cuda::launched();
    }
    const auto got = from_device(out);
    const auto came = from_device(times);
    int wrong = 0, uneven = 0;
    for (long e = 0; e < Batches * m * N; ++e) {
        const long row = e / N, batch = row / m, i = row % m, j = e % N;
        double sum = 0;
        for (long q = 0; q < k; ++q)
            sum += static_cast<double>(a[static_cast<std::size_t>(batch * M * K + (ADeep ? i * K + q : q * M + i))] * b[static_cast<std::size_t>(batch * K * N + (BDeep ? j * K + q : q * N + j))]);
        wrong += !(static_cast<double>(got[static_cast<std::size_t>(e)]) == sum);
        uneven += came[static_cast<std::size_t>(e)] != 2;
    }
    CHECK(wrong == 0);
    CHECK(uneven == 0);
    for (unsigned ticket : from_device(tickets)) CHECK(ticket == 0);
}
/// The tree over parts that is promised: the first of them, as many as are a power of two but not all, and the rest.
float tree_of(const float* part, int count) {
    if (count == 1) return *part;
    int half = 1;
    while (2 * half < count) half *= 2;
    return tree_of(part, half) + tree_of(part + half, count - half);
}
/// Ones where a part's sum begins times numbers there, so that the parts are these numbers: 1, and what is no more than half of its last digit.
template <class T, int M, int N, int K>
void check_tree() {
    using S = ProductStep<float, Whole<T>, 1, M, N, K, true, false>;
    using P = typename cuda::KernelFor<S>::Product;
    CAPTURE(P::splits);
    Sample<T> a(long{K} * M, 1), b(long{K} * N, 1);
    std::fill(a.stored.begin(), a.stored.end(), T{}), std::fill(b.stored.begin(), b.stored.end(), T{});
    std::vector<float> parts(P::splits);
    for (int p = 0; p < P::splits && p * P::k_of_split < K; ++p) {
        parts[static_cast<std::size_t>(p)] = p == 0 ? 1.0f : 0x1p-26f * static_cast<float>(4 - p % 3);
        for (int i = 0; i < M; ++i) a.stored[static_cast<std::size_t>(p * P::k_of_split * M + i)] = static_cast<T>(parts[static_cast<std::size_t>(p)]);
        for (int j = 0; j < N; ++j) b.stored[static_cast<std::size_t>(p * P::k_of_split * N + j)] = static_cast<T>(1.0f);
    }
    const auto da = on_device(a.stored), db = on_device(b.stored);
    auto out = filled<float>(long{M} * N);
    launch_step<S>(cuda::Facts{1}, {out.data(), const_cast<T*>(da.data()), const_cast<T*>(db.data())});
    float in_order = 0;
    for (float part : parts) in_order += part;
    const float wanted = tree_of(parts.data(), P::splits);
    REQUIRE((in_order != wanted || P::splits < 4));  // three are added alike
    int others = 0;
    for (float x : from_device(out)) others += x != wanted;
    CHECK(others == 0);
}
template <class T, int M, int N, int K>
constexpr int splits_of = cuda::KernelFor<ProductStep<float, Whole<T>, 1, M, N, K, true, false>>::Product::splits;
/// Blocks of a step's grid from `first` on.
template <class Step>
__global__ void blocks_kernel(cuda::Bases<cuda::Family<Step>::operands> base, const cuda::Facts* facts, unsigned first) {
    cuda::Family<Step>::run(base, facts, nullptr, nullptr, {blockIdx.x + first, 0, 0, first + gridDim.x, 0, facts->count});
}
/// The last of many products of two numbers.
template <class S, int Batches>
void check_last() {
    using K = cuda::Family<S>;
    static_assert(K::grid().x == Batches && K::grid().y == 1 && K::grid().z == 1);
    const std::vector<float> a(Batches, 3.0f), b(Batches, 5.0f);
    const auto da = on_device(a), db = on_device(b);
    auto out = filled<float>(Batches);
    const auto facts = on_device(std::vector<cuda::Facts>(1));
    cuda::Bases<K::operands> base{{out.data(), const_cast<float*>(da.data()), const_cast<float*>(db.data())}};
    cuda::grant(&blocks_kernel<S>, K::bytes);
    blocks_kernel<S><<<3, K::threads, K::bytes>>>(base, facts.data(), Batches - 3u);
    cuda::launched();
    const auto got = from_device(out);
    for (std::size_t i = got.size() - 5; i < got.size(); ++i) CHECK((got[i] == 15) == (i + 3 >= got.size()));
}
}  // namespace

TEST_CASE("many tilings, with full tiles, with rests on each side, with less than a tile") {
    check<float, 1, 64, 64, 32, true, false, 64>();
    check<float, 1, 130, 131, 17, true, false, 128>();
    check<float, 1, 33, 65, 5, false, true, 32>();
    check<float, 1, 70, 10, 19>();
    check<double, 1, 7, 200, 33, true, true>();
    check<double, 1, 1, 1, 1>();
    check<double, 3, 20, 18, 9, false, false, 64>();
}
TEST_CASE("grids that would go too far along y or z are flat") {
    using Tall = Product<float, 1, 65535 * 16 + 1, 17, 1, true, false, 16>;
    static_assert(Tall::flat && Tall::grid().x == 2 * 65536 && Tall::grid().y == 1 && Tall::grid().z == 1);
    constexpr cuda::Share tall = Tall::tile_of({2 * 65536 - 2, 0, 0, 2 * 65536, 0, 7});
    static_assert(tall.x == 0 && tall.y == 65535 && tall.z == 0 && tall.width == 2 && tall.count == 7);
    using Many = Product<float, 70000, 40, 40, 3, true, false, 16>;
    constexpr cuda::Share many = Many::tile_of({9 * 69999 + 5, 0, 0, 9 * 70000, 0, 1});
    static_assert(Many::flat && Many::grid().x == 9 * 70000 && many.x == 2 && many.y == 1 && many.z == 69999);
    using Ordinary = Product<float, 65535, 40, 40, 3, true, false, 16>;
    static_assert(!Ordinary::flat && Ordinary::grid().x == 3 && Ordinary::grid().y == 3 && Ordinary::grid().z == 65535 && !Product<float, 1, 65535 * 16, 17, 1, true, false, 16>::flat);
    check_last<ProductStep<float, Whole<float>, 65537, 1, 1, 1, true, false>, 65537>();
    check_last<ConvolutionStep<float, Whole<float>, Convolve::forward, 1, 0, false, 65537, 1, 1, 65537, 1, 1, 1, 1, 0, 0, 1, 1, 65537, StoredOnly<float, 65537, 1>, StoreActs<float>>, 65537>();
}
TEST_CASE("long sums are split among blocks and put together by the last") {
    static_assert(Product<float, 1, 40, 40, 1000, true, false>::splits > 1 && Product<double, 2, 5, 30, 600, true, false>::splits > 1);
    check<float, 1, 40, 40, 1000>();
    check<float, 1, 3, 9, 2049, false, true>();
    check<double, 2, 5, 30, 600>();
}
TEST_CASE("the parts of a split sum are added by a tree, not one after the other") {
    // Numbers of parts below, at and above powers of two; few and many results of a thread.
    static_assert(splits_of<float, 64, 64, 300> == 4 && splits_of<float, 784, 256, 1024> == 4 && splits_of<float, 256, 128, 512> == 6 && splits_of<float, 120, 84, 2048> == 16 &&
                  splits_of<float, 64, 64, 6400> > 16);
    static_assert(splits_of<bf16, 432, 192, 200> == 2 && splits_of<bf16, 64, 64, 300> == 3 && splits_of<bf16, 784, 256, 1024> == 4 && splits_of<bf16, 256, 128, 512> == 8 && splits_of<bf16, 64, 64, 1344> > 16);
    check_tree<float, 64, 64, 300>();
    check_tree<float, 784, 256, 1024>();
    check_tree<float, 256, 128, 512>();
    check_tree<float, 120, 84, 2048>();
    check_tree<float, 64, 64, 6400>();
    check_tree<bf16, 432, 192, 200>();
    check_tree<bf16, 64, 64, 300>();
    check_tree<bf16, 784, 256, 1024>();
    check_tree<bf16, 256, 128, 512>();
    check_tree<bf16, 64, 64, 1344>();
}
TEST_CASE("fewer rows and shorter sums than the capacity") {
    check<float, 1, 130, 131, 17>(1);
    check<float, 1, 130, 131, 17>(65);
    check<float, 1, 40, 40, 1000>(40, 999);
    check<float, 1, 40, 40, 1000>(33, 300);  // the last splits have nothing to add
    check<float, 1, 40, 40, 1000>(40, 1);
}

}  // namespace strata::test
