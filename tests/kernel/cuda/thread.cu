// SPDX-License-Identifier: BSL-1.0
#include <strata/kernel/cuda/thread.cuh>

#include <doctest/doctest.h>

#include <cstdint>
#include <vector>

#include <strata/op/add.hpp>
#include <strata/op/negate.hpp>

#include "../../support/launch.cuh"

namespace strata::test {
namespace {

template <class Step, bool Aligned, int N>
__global__ void one_thread(cuda::Bases<N> base) {
    cuda::InThread<Step>::template run<Aligned>(base.at);
}
template <class Step, bool Aligned = false>
void run(const std::vector<void*>& operands) {
    constexpr int n = cuda::InThread<Step>::operands;
    REQUIRE(static_cast<int>(operands.size()) == n);
    cuda::Bases<n> base{};
    for (int i = 0; i < n; ++i) base.at[i] = operands[static_cast<std::size_t>(i)];
    one_thread<Step, Aligned, n><<<1, 1>>>(base);
    cuda::launched();
    cuda::check(cudaStreamSynchronize(nullptr), "cudaStreamSynchronize");
}
std::vector<float> numbers(long n, int seed) {
    std::vector<float> v(static_cast<std::size_t>(n));
    for (long i = 0; i < n; ++i) v[static_cast<std::size_t>(i)] = static_cast<float>((i * 7 + seed) % 13 - 6) / 4;
    return v;
}
template <DType T, long S1, long Lane, long Elements = 0>
using Plain = Access<Source::memory, T, false, (Elements > 0), Elements, 0, S1, 0, 0, 0, 0, 0, Lane>;
template <Do What, int Section, class Op, int A, int B, int Operand>
using F32 = Act<What, Section, DType::f32, Op, A, B, -1, Operand, 0>;

/// [m, k] by [k, n] plus a row, stored, and its sum over rows.   Transposed: the right operand lies as [n, k].
template <int M, int N, int K, bool Transposed>
void check_product() {
    CAPTURE(M);
    CAPTURE(N);
    CAPTURE(K);
    CAPTURE(Transposed);
    using Code = Acts<F32<Do::tile, 1, void, -1, -1, -1>, F32<Do::load, 1, void, -1, -1, 0>, F32<Do::apply, 1, AddOp, 0, 1, -1>, F32<Do::store, 1, void, 2, -1, 1>, F32<Do::column, 1, void, 2, 0, 2>>;
    using Arrays = Accesses<Plain<DType::f32, 0, 1>, Plain<DType::f32, N, 1, M * N>, Plain<DType::f32, 0, 1, N>>;
    using Step = ContractStep<float, Factors<DType::f32, DType::f32>, 1, M, N, K, 0, 1, 0, K, 1, 0, Transposed ? 1 : N, Transposed ? K : 1, false, Arrays, Code, Accesses<>, Acts<>>;
    const auto a = numbers(M * K, 1), b = numbers(K * N, 5), row = numbers(N, 3);
    std::vector<float> wanted(M * N), sums(N);
    for (int i = 0; i < M; ++i)
        for (int j = 0; j < N; ++j) {
            float s = 0;
            for (int k = 0; k < K; ++k) s += a[static_cast<std::size_t>(i * K + k)] * b[static_cast<std::size_t>(Transposed ? j * K + k : k * N + j)];
            wanted[static_cast<std::size_t>(i * N + j)] = s + row[static_cast<std::size_t>(j)];
            sums[static_cast<std::size_t>(j)] += s + row[static_cast<std::size_t>(j)];
        }
    auto da = on_device(a), db = on_device(b), drow = on_device(row), y = filled<float>(M * N), total = filled<float>(N);
    run<Step, false>({drow.data(), y.data(), total.data(), da.data(), db.data()});
    CHECK(from_device(y) == wanted);
    CHECK(from_device(total) == sums);
    run<Step, true>({drow.data(), y.data(), total.data(), da.data(), db.data()});
    CHECK(from_device(y) == wanted);
    CHECK(from_device(total) == sums);
}

}  // namespace

TEST_CASE("a product in one thread, with the code on its result: every remainder of its tiles, both ways of the right operand") {
    check_product<1, 12, 5, false>();
    check_product<3, 8, 7, false>();
    check_product<2, 20, 3, true>();
    check_product<1, 3, 9, false>();
    check_product<2, 11, 1, true>();
}
TEST_CASE("a product in one thread whose left operand is computed on the way") {
    using Before = Acts<F32<Do::load, 1, void, -1, -1, 0>, F32<Do::apply, 1, NegateOp, 0, -1, -1>, F32<Do::store, 1, void, 1, -1, 1>>;
    using BeforeArrays = Accesses<Plain<DType::f32, 4, 1>, Access<Source::scratch, DType::f32, false, true, 4, 0, 0, 0, 0, 0, 0, 0, 1>>;
    using Step = ContractStep<float, Factors<DType::f32, DType::f32>, 1, 2, 3, 4, 0, 1, 0, 4, 1, 0, 3, 1, false, Accesses<Plain<DType::f32, 3, 1, 6>>,
                              Acts<F32<Do::tile, 1, void, -1, -1, -1>, F32<Do::store, 1, void, 0, -1, 0>>, BeforeArrays, Before>;
    const auto a = numbers(8, 2), b = numbers(12, 4);
    std::vector<float> wanted(6);
    for (std::size_t i = 0; i < 2; ++i)
        for (std::size_t j = 0; j < 3; ++j)
            for (std::size_t k = 0; k < 4; ++k) wanted[i * 3 + j] -= a[i * 4 + k] * b[k * 3 + j];
    auto da = on_device(a), db = on_device(b), y = filled<float>(6);
    run<Step>({y.data(), da.data(), nullptr, nullptr, db.data()});
    CHECK(from_device(y) == wanted);
}
TEST_CASE("folds of rows in one thread: a sum that the second pass subtracts, the place of the most, a sum over rows") {
    // Rows of 5 in 3 rows: y = x - sum(x), kept on the way; where = argmax(x); column = the sum of x over rows.
    constexpr int rows = 3, n = 5;
    using Nested = Nest<1, 1, 1, rows, 1, 1, 1, n, -1, 1, false, 4>;
    using RowAccess = Access<Source::memory, DType::f32, false, false, 0, 0, 0, 0, n, 0, 0, 0, 1>;
    using Written = Access<Source::memory, DType::f32, false, true, rows * n, 0, 0, 0, n, 0, 0, 0, 1>;
    using Where = Access<Source::memory, DType::i32, false, true, rows, 0, 0, 0, 1, 0, 0, 0, 0>;
    using Column = Access<Source::memory, DType::f32, false, true, n, 0, 0, 0, 0, 0, 0, 0, 1>;
    using Scratch = Access<Source::scratch, DType::f32, false, true, n, 0, 0, 0, 0, 0, 0, 0, 1>;
    using Code = Acts<F32<Do::load, 1, void, -1, -1, 0>, F32<Do::fold, 1, void, 0, static_cast<int>(Fold::sum), -1>,
                      Act<Do::fold, 1, DType::i32, void, 0, static_cast<int>(Fold::argmax), -1, -1, 0>, F32<Do::store, 1, void, 0, -1, 4>, F32<Do::column, 1, void, 0, 0, 3>,
                      Act<Do::store, 2, DType::i32, void, 2, -1, -1, 2, 0>, F32<Do::apply, 2, NegateOp, 1, -1, -1>, F32<Do::load, 3, void, -1, -1, 4>,
                      F32<Do::apply, 3, AddOp, 7, 6, -1>, F32<Do::store, 3, void, 8, -1, 1>>;
    using Step = LoopStep<float, Nested, Accesses<RowAccess, Written, Where, Column, Scratch>, Code>;
    const auto x = numbers(rows * n, 4);
    std::vector<float> y(rows * n), column(n);
    std::vector<std::int32_t> where(rows);
    for (std::size_t r = 0; r < rows; ++r) {
        float sum = 0;
        for (std::size_t i = 0; i < n; ++i) sum += x[r * n + i], column[i] += x[r * n + i];
        for (std::size_t i = 0; i < n; ++i) {
            y[r * n + i] = x[r * n + i] - sum;
            if (x[r * n + i] > x[r * n + static_cast<std::size_t>(where[r])]) where[r] = static_cast<std::int32_t>(i);
        }
    }
    auto dx = on_device(x), dy = filled<float>(rows * n), dcolumn = filled<float>(n);
    auto dwhere = filled<std::int32_t>(rows);
    run<Step>({dx.data(), dy.data(), dwhere.data(), dcolumn.data(), nullptr});
    CHECK(from_device(dy) == y);
    CHECK(from_device(dwhere) == where);
    CHECK(from_device(dcolumn) == column);
}
TEST_CASE("what one thread does not run is known by its type") {
    static_assert(!cuda::InThread<ScatterStep<DType::f32, DType::i32, 1, 4, 4, 4, 0, 1>>::runs);
    static_assert(!cuda::InThread<WindowStep<float, Fold::max, false, 1, 1, false, 1, 4, 4, 2, 2, 2, 2, 0, 0, Accesses<>, Acts<>>>::runs);
    static_assert(!cuda::InThread<LoopStep<float, Nest<1, 1, 1, 1, 1, 1, 1, 4, -1, 1, false, 1>, Accesses<Access<Source::random, DType::f32, false, false, 0, 0, 0, 0, 0, 0, 0, 0, 1>>, Acts<>>>::runs);
    CHECK(cuda::InThread<LoopStep<float, Nest<1, 1, 1, 1, 1, 1, 1, 4, -1, 1, false, 1>, Accesses<>, Acts<>>>::runs);
}

}  // namespace strata::test
