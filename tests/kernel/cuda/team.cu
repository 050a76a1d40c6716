// SPDX-License-Identifier: BSL-1.0
#include <strata/kernel/cuda/team.cuh>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "../../support/launch.cuh"

namespace strata::test {
namespace {

/// Each thread's value, joined with those of its team; twice, since the second must not disturb who still reads the first.
template <int Size, Fold F, class T>
__global__ void join_kernel(const T* in, T* out) {
    const unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
    for (int turn = 0; turn < 2; ++turn) out[i] = cuda::Team<Size>::join(in[i], [](T a, T b) { return cuda::fold_two<F>(a, b); });
}
template <int Size, Fold F, class T>
void check_join(const std::vector<T>& in) {
    CAPTURE(Size);
    CAPTURE(static_cast<int>(F));
    const auto from = on_device(in);
    auto to = filled<T>(512);
    join_kernel<Size, F><<<2, 256>>>(from.data(), to.data());
    cuda::launched();
    const auto got = from_device(to);
    int wrong = 0;
    for (std::size_t first = 0; first < 512; first += Size) {
        T wanted = in[first];
        for (std::size_t i = first + 1; i < first + Size; ++i) {
            if (F == Fold::sum) wanted += in[i];
            if (F == Fold::max) wanted = in[i] > wanted || in[i] != in[i] ? in[i] : wanted;
            if (F == Fold::min) wanted = in[i] < wanted || in[i] != in[i] ? in[i] : wanted;
        }
        for (std::size_t i = first; i < first + Size; ++i) wrong += !(got[i] == wanted || (got[i] != got[i] && wanted != wanted));
    }
    CHECK(wrong == 0);
}
template <class T>
void check_joins(const std::vector<T>& in) {
    check_join<1, Fold::sum>(in), check_join<32, Fold::sum>(in), check_join<256, Fold::sum>(in);
    check_join<1, Fold::max>(in), check_join<32, Fold::max>(in), check_join<256, Fold::max>(in);
    check_join<32, Fold::min>(in), check_join<256, Fold::min>(in);
}

/// Folds of two kinds of what threads of a block, and threads a few rows apart, have.
template <class T>
__global__ void joins_kernel(const T* in, T* out) {
    const T v = in[threadIdx.x];
    const auto sum = [](T a, T b) { return a + b; };
    const auto most = [](T a, T b) { return a > b ? a : b; };
    using Block = cuda::Team<256>;
    using Rows = cuda::Stack<8, 256>;
    out[threadIdx.x] = Block::join(Rows::join(v, sum), most) - Block::join(Rows::join(v, most), sum);
}
template <class T>
__global__ void starts(T* out) {
    out[0] = cuda::fold_start<T, Fold::sum>(), out[1] = cuda::fold_start<T, Fold::min>(), out[2] = cuda::fold_start<T, Fold::max>();
}
template <class T>
std::vector<T> starts_of() {
    auto out = filled<T>(3);
    starts<<<1, 1>>>(out.data());
    cuda::launched();
    return from_device(out);
}

}  // namespace

TEST_CASE("a team's values become one, for every thread of it: a thread, a warp, a block") {
    std::vector<float> x(512);
    std::vector<double> y(512);
    std::vector<std::int32_t> i(512);
    unsigned state = 7;
    for (std::size_t k = 0; k < 512; ++k) {
        state = state * 1664525u + 1013904223u;
        i[k] = static_cast<std::int32_t>(state >> 20) - 2000;
        x[k] = static_cast<float>(i[k]) / 8, y[k] = i[k] / 16.0;
    }
    check_joins(x), check_joins(y), check_joins(i);
    x[300] = std::numeric_limits<float>::quiet_NaN();  // one warp of the second block
    check_joins(x);
}
TEST_CASE("folds of every kind meet in the same memory") {
    std::vector<float> x(256);
    for (std::size_t i = 0; i < 256; ++i) x[i] = static_cast<float>(i * 37 % 101);
    float most = 0, sum = 0;
    for (std::size_t r = 0; r < 32; ++r) {
        float own = 0, largest = 0;
        for (std::size_t i = r; i < 256; i += 32) own += x[i], largest = std::max(largest, x[i]);
        most = std::max(most, own), sum += 8 * largest;
    }
    auto out = filled<float>(256);
    joins_kernel<<<1, 256>>>(on_device(x).data(), out.data());
    cuda::launched();
    CHECK(from_device(out) == std::vector<float>(256, most - sum));
    cudaFuncAttributes facts;
    cuda::check(cudaFuncGetAttributes(&facts, joins_kernel<float>), "cudaFuncGetAttributes");
    CHECK(facts.sharedSizeBytes == (256 + 8) * sizeof(float));
}
TEST_CASE("folds start from what changes nothing") {
    CHECK(starts_of<float>() == std::vector<float>{0, INFINITY, -INFINITY});
    CHECK(starts_of<double>() == std::vector<double>{0, INFINITY, -INFINITY});
    CHECK(starts_of<std::int32_t>() == std::vector<std::int32_t>{0, std::numeric_limits<std::int32_t>::max(), std::numeric_limits<std::int32_t>::min()});
}

}  // namespace strata::test
