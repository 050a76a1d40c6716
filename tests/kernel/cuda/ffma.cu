// SPDX-License-Identifier: BSL-1.0
#include <strata/kernel/cuda/ffma.cuh>

#include <doctest/doctest.h>

#include "../../support/product.cuh"

namespace strata::test {
namespace {

template <class Real, class F, int B, int M, int N, int K>
void each_way(double most) {
    CAPTURE(B);
    CAPTURE(M);
    CAPTURE(N);
    CAPTURE(K);
    CHECK(product_error<Real, F, B, M, N, K, false, false>() < most);
    CHECK(product_error<Real, F, B, M, N, K, true, false>() < most);
    CHECK(product_error<Real, F, B, M, N, K, false, true>() < most);
    CHECK(product_error<Real, F, B, M, N, K, true, true>() < most);
}
constexpr double f32_most = 6e-7, f64_most = 1e-15;

}  // namespace

TEST_CASE("f32, either operand turned: whole tiles of the largest kind, rests of every side, batches") {
    each_way<float, Whole<float, float, Multiply::exact, 128, 128>, 1, 128, 128, 32>(f32_most);
    each_way<float, Whole<float>, 1, 33, 129, 17>(f32_most);
    each_way<float, Whole<float>, 2, 7, 257, 33>(f32_most);
}
TEST_CASE("f64, either operand turned") { each_way<double, Whole<double>, 1, 33, 17, 41>(f64_most); }
TEST_CASE("operands of two types are widened on their way") {
    CHECK(product_error<float, Whole<bf16, float>, 1, 33, 40, 50, false, false>() < f32_most);
    CHECK(product_error<float, Whole<float, f16>, 1, 33, 40, 50, true, true>() < f32_most);
    CHECK(product_error<float, Whole<f16, bf16>, 2, 17, 20, 9, true, false>() < f32_most);
}

}  // namespace strata::test
