// SPDX-License-Identifier: BSL-1.0
#include <strata/kernel/cuda/vector.cuh>

#include <doctest/doctest.h>

#include <cstdint>

#include "../../support/launch.cuh"

namespace strata::test {
namespace {

/// Every thread takes N elements, turns them round, and writes them.   Once: by one store.
template <int N, bool Once, class E>
__global__ void turn_round(const E* in, E* out) {
    const cuda::Vector<E, N> v = cuda::load_vector<N>(in + threadIdx.x * N);
    cuda::Vector<E, N> r;
    for (int i = 0; i < N; ++i) r.at[i] = v.at[N - 1 - i];
    if constexpr (Once)
        cuda::store_at_once(out + threadIdx.x * N, r);
    else
        cuda::store_vector(out + threadIdx.x * N, r);
}
template <int N, class E, bool Once = false>
void check_vectors() {
    CAPTURE(N);
    CAPTURE(sizeof(E));
    Buffer<E> in(64 * N);
    for (long i = 0; i < in.size(); ++i) in[i] = static_cast<E>(i % 2 == 0 ? i % 5 : i % 3);
    const cuda::Memory<E> from(in);
    auto to = filled<E>(64 * N);
    turn_round<N, Once><<<1, 64>>>(from.data(), to.data());
    cuda::launched();
    const Buffer<E> out = to.to_host();
    int wrong = 0;
    for (long i = 0; i < in.size(); ++i) wrong += out[i] != in[i / N * N + N - 1 - i % N];
    CHECK(wrong == 0);
}

static_assert(cuda::detail::at_once<float, 4> == 4 && cuda::detail::at_once<double, 4> == 2 && cuda::detail::at_once<std::uint16_t, 8> == 8 && cuda::detail::at_once<bool, 4> == 4);

}  // namespace

TEST_CASE("elements move together as they would one by one, whatever their size") {
    check_vectors<1, float>(), check_vectors<2, float>(), check_vectors<4, float>();
    check_vectors<1, bool>(), check_vectors<4, bool>(), check_vectors<8, std::uint16_t>();
    check_vectors<4, float, true>(), check_vectors<2, float, true>(), check_vectors<4, bool, true>(), check_vectors<4, std::uint16_t, true>(), check_vectors<4, std::int32_t, true>();
    check_vectors<2, double>(), check_vectors<4, double>(), check_vectors<4, std::int64_t>(), check_vectors<4, std::int32_t>();
}

}  // namespace strata::test
