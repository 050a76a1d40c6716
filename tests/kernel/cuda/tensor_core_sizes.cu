// SPDX-License-Identifier: BSL-1.0
#include <strata/kernel/cuda/tensor_core.cuh>

#include <doctest/doctest.h>

#include "../../support/product.cuh"

namespace strata::test {
namespace {
constexpr double exact = 6e-7;  // see tensor_core.cu
using Tf32 = Whole<float, float, Multiply::tf32>;
/// Nothing is known of the operands' addresses but that they fit the type: each element goes by itself.
using Askew = Factors<DType::bf16, DType::bf16>;
template <int M, int N, int K, int Stages = 0>
using Tile = Whole<bf16, bf16, Multiply::exact, M, N, K, Stages>;
}  // namespace

TEST_CASE("sides of 1, 7, 17, 33, 129, 257") {
    CHECK(product_error<float, Whole<bf16>, 1, 1, 1, 1, false, false>() < exact);
    CHECK(product_error<float, Whole<bf16>, 1, 1, 257, 33, false, true>() < exact);
    CHECK(product_error<float, Whole<bf16>, 1, 129, 1, 257, true, false>() < exact);
    CHECK(product_error<float, Whole<f16>, 3, 7, 17, 129, true, true>() < exact);
    CHECK(product_error<float, Whole<f16>, 1, 257, 129, 7, false, false>() < exact);
    CHECK(product_error<float, Tf32, 1, 1, 129, 257, false, true>() < exact);
    CHECK(product_error<float, Tf32, 2, 17, 7, 1, true, false>() < exact);
}
TEST_CASE("every tile that a policy chooses from, with a rest of each kind") {
    CHECK(product_error<float, Tile<128, 128, 64>, 1, 136, 132, 72, false, false>() < exact);
    CHECK(product_error<float, Tile<128, 96, 64>, 1, 130, 100, 70, true, true>() < exact);
    CHECK(product_error<float, Tile<128, 96, 32, 4>, 1, 128, 104, 40, true, false>() < exact);
    CHECK(product_error<float, Tile<16, 64, 64>, 2, 20, 72, 136, false, true>() < exact);
    CHECK(product_error<float, Tile<128, 16, 64, 2>, 1, 129, 24, 100, true, false>() < exact);
    CHECK(product_error<float, Whole<float, float, Multiply::tf32, 64, 96, 32>, 1, 70, 100, 40, true, false>() < exact);
}
TEST_CASE("long sums in parts; operands that lie askew") {
    static_assert(cuda::KernelFor<ProductStep<float, Whole<bf16>, 1, 33, 40, 2500, false, true>>::Product::splits > 1);
    CHECK(product_error<float, Whole<bf16>, 1, 33, 40, 2500, false, true>() < 2e-6);
    CHECK(product_error<float, Askew, 1, 40, 72, 48, false, false>() < exact);
    CHECK(product_error<float, Askew, 1, 35, 31, 77, true, true>() < exact);
}
TEST_CASE("a batch below its capacity: as rows, as the sum's length, as products") {
    for (const int count : {1, 8, 33, 40}) {
        CAPTURE(count);
        CHECK(product_error<float, Whole<bf16>, 1, 40, 24, 48, false, false, 1>(count) < exact);
        CHECK(product_error<float, Whole<f16>, 1, 24, 40, 40, true, false, 2>(count) < exact);
        CHECK(product_error<float, Tf32, 40, 5, 9, 12, false, true, 3>(count) < exact);
    }
}

}  // namespace strata::test
