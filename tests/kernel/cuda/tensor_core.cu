// SPDX-License-Identifier: BSL-1.0
#include <strata/kernel/cuda/tensor_core.cuh>

#include <doctest/doctest.h>

#include "../../support/product.cuh"

namespace strata::test {
namespace {

constexpr double exact = 6e-7;  // products of 8 or 11 bits are exact in f32; sums of them are rounded
template <class F, int B, int M, int N, int K>
void each_way() {
    CAPTURE(B);
    CAPTURE(M);
    CAPTURE(N);
    CAPTURE(K);
    CHECK(product_error<float, F, B, M, N, K, false, false>() < exact);
    CHECK(product_error<float, F, B, M, N, K, true, false>() < exact);
    CHECK(product_error<float, F, B, M, N, K, false, true>() < exact);
    CHECK(product_error<float, F, B, M, N, K, true, true>() < exact);
}
using Tf32 = Whole<float, float, Multiply::tf32>;

}  // namespace

TEST_CASE("bf16, either operand turned") {
    each_way<Whole<bf16>, 1, 64, 64, 64>();
    each_way<Whole<bf16>, 1, 33, 129, 40>();
    each_way<Whole<bf16>, 2, 17, 7, 33>();
}
TEST_CASE("f16") { each_way<Whole<f16>, 1, 48, 80, 56>(); }
TEST_CASE("f32 as tf32") {
    each_way<Tf32, 1, 64, 64, 64>();
    each_way<Tf32, 2, 33, 17, 41>();
}
TEST_CASE("warps past an edge only fetch, of split sums too") {
    using F = Whole<bf16, bf16, Multiply::exact, 96, 128, 64, 3>;
    static_assert(cuda::KernelFor<ProductStep<float, F, 1, 97, 130, 1999, false, false>>::Product::splits > 1);
    CHECK(product_error<float, F, 1, 97, 130, 1999, false, false>() < 1e-5);
    CHECK(product_error<float, F, 1, 97, 130, 63, true, true>() < 1e-5);
}

}  // namespace strata::test
