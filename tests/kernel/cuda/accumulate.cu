// SPDX-License-Identifier: BSL-1.0
#include <strata/kernel/cuda/accumulate.cuh>

#include <doctest/doctest.h>

namespace strata::test {

TEST_CASE_TEMPLATE("a part is added to a sum, element by element, and nothing behind it is touched", T, float, double, std::int32_t) {
    for (const long n : {1L, 31L, 257L, 70001L}) {
        CAPTURE(n);
        Buffer<T> sum(n + 1), part(n + 1);
        for (long i = 0; i <= n; ++i) {
            sum[i] = static_cast<T>(3 * i);
            part[i] = static_cast<T>(1 - i);
        }
        cuda::Memory<T> on(sum);
        const cuda::Memory<T> add(part);
        const cuda::Stream stream;
        cuda::accumulate(stream.get(), on.data(), add.data(), n);
        stream.wait();
        const Buffer<T> got = on.to_host();
        bool right = got[n] == sum[n];
        for (long i = 0; i < n; ++i) right = right && got[i] == static_cast<T>(2 * i + 1);
        CHECK(right);
    }
}

}  // namespace strata::test
