// SPDX-License-Identifier: BSL-1.0
/// Products of a device, one step each, held to sums in double of what lies in memory.
#pragma once

#include <cmath>
#include <cstring>

#include "launch.cuh"

namespace strata::test {

/// Numbers in (-1, 1) as elements of T, and what they are worth.
template <class T>
struct Sample {
    std::vector<T> stored;
    std::vector<double> worth;
    Sample(long n, unsigned state) : stored(static_cast<std::size_t>(n)), worth(static_cast<std::size_t>(n)) {
        for (std::size_t i = 0; i < stored.size(); ++i) {
            state = state * 1664525u + 1013904223u;
            const int r = static_cast<int>(state >> 8) % 2047 - 1023;  // 11 bits: exact in f16 and tf32; bf16 gets 8 of them
            if constexpr (std::is_same_v<T, bf16>) {
                const float x = static_cast<float>(r / 8) / 128;
                std::uint32_t bits;
                std::memcpy(&bits, &x, 4);
                stored[i].bits = static_cast<std::uint16_t>(bits >> 16);
                worth[i] = static_cast<double>(x);
            } else if constexpr (std::is_same_v<T, f16>) {
                stored[i].bits = half_bits(r);
                worth[i] = r / 1024.0;
            } else {
                worth[i] = r / 1024.0;
                stored[i] = static_cast<T>(worth[i]);
            }
        }
    }

  private:
    /// r / 1024 as IEEE half, |r| < 2048.
    static std::uint16_t half_bits(int r) {
        if (r == 0) return 0;
        int m = r < 0 ? -r : r, e = 15;
        while (m < 1024) m *= 2, --e;
        return static_cast<std::uint16_t>((r < 0 ? 0x8000 : 0) | e << 10 | (m - 1024));
    }
};

/// The code of a product that is only stored, [batch][M][N].
template <class Real, int M, int N>
using StoredOnly = Accesses<Access<Source::memory, dtype_of<Real>, false, true, long{M} * N, long{M} * N, N, 0, 0, 0, 0, 0, 1>>;
template <class Real>
using StoreActs = Acts<Act<Do::tile, 1, dtype_of<Real>, void, -1, -1, -1, -1, 0>, Act<Do::store, 1, dtype_of<Real>, void, 0, -1, -1, 0, 0>>;
/// a [B][M][K] (TA: [B][K][M]) times b [B][K][N] (TB: [B][N][K]).
template <class Real, class F, int B, int M, int N, int K, bool TA, bool TB, int Bounded = 0>
using ProductStep = ContractStep<Real, F, B, M, N, K, Bounded, 1, long{M} * K, TA ? 1 : K, TA ? M : 1, long{K} * N, TB ? 1 : N, TB ? K : 1, false, StoredOnly<Real, M, N>, StoreActs<Real>,
                                 Accesses<>, Acts<>>;
/// Factors as they are where nothing is known but that arrays begin at multiples of 16 bytes.
template <class T, class U = T, Multiply How = Multiply::exact, int... Pin>
using Whole = Factors<dtype_of<T>, dtype_of<U>, 16, 16, How, Pin...>;

/// The largest error over the sum of its terms' sizes, of a product with `count` samples in the extent that Bounded names; what lies outside is not
/// touched.   Sums of products of `bits` bits in f32 are wrong by 2^-24 of that for each addition at most.
template <class Real, class F, int B, int M, int N, int K, bool TA, bool TB, int Bounded = 0>
double product_error(int count = 1) {
    using L = Element<F::left>;
    using R = Element<F::right>;
    const int m = Bounded == 1 ? count : M, k = Bounded == 2 ? count : K, batches = Bounded == 3 ? count : B;
    const Sample<L> a(long{B} * M * K, 1);
    const Sample<R> b(long{B} * K * N, 2);
    auto da = on_device(a.stored);
    auto db = on_device(b.stored);
    auto out = filled<Real>(long{B} * M * N);
    launch_step<ProductStep<Real, F, B, M, N, K, TA, TB, Bounded>>(cuda::Facts{count}, {out.data(), da.data(), db.data()});
    const auto got = from_device(out);
    double worst = 0;
    for (long e = 0; e < long{B} * M * N; ++e) {
        const long p = e / (M * N), i = e / N % M, j = e % N;
        const Real x = got[static_cast<std::size_t>(e)];
        if (i >= m || p >= batches) {
            if (x == x) return 1e9;  // written
            continue;
        }
        double sum = 0, size = 1e-30;
        for (long q = 0; q < k; ++q) {
            const double t = a.worth[static_cast<std::size_t>(p * M * K + (TA ? q * M + i : i * K + q))] * b.worth[static_cast<std::size_t>(p * K * N + (TB ? j * K + q : q * N + j))];
            sum += t, size += std::abs(t);
        }
        const double off = std::abs(static_cast<double>(x) - sum) / size;
        worst = off <= worst ? worst : std::isnan(off) ? 1e9 : off;
    }
    return worst;
}

}  // namespace strata::test
