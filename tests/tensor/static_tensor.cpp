// SPDX-License-Identifier: BSL-1.0
#include <strata/tensor/static_tensor.hpp>

#include <strata/strata.hpp>

#include <doctest/doctest.h>

namespace strata::test {

namespace {
constinit StaticTensor<float, 3, 100> zeros;
constinit StaticTensor<float, 2, 2> known{1, 2, 3, 4};
constinit StaticTensor<bf16, 2> narrow_one{0.5f, 1.00390625f};
}  // namespace

TEST_CASE("elements are in the object, aligned, and constant initialisers set them") {
    CHECK(static_cast<void*>(zeros.data()) == static_cast<void*>(&zeros));
    CHECK(reinterpret_cast<std::uintptr_t>(zeros.data()) % 64 == 0);
    static_assert(sizeof(StaticTensor<float, 64>) == 256 && sizeof(StaticTensor<float, 3>) == 64);
    for (const float x : zeros) CHECK(x == 0);
    CHECK(known(1, 0) == 3);
    CHECK(narrow_one(0).bits == 0x3f00);
    CHECK(narrow_one(1).bits == 0x3f80);
    CHECK_THROWS_AS((StaticTensor<float, 3>{1, 2}), DataError);
}

TEST_CASE("it is computed with and assigned to as a tensor on the heap") {
    const Tensor<float, 2, 2> w{2, 0, 0, 2};
    StaticTensor<float, 2, 2> y = matmul(known, w) + 1.f;
    CHECK(y(1, 1) == 9);
    y = y * y;
    CHECK(y(0, 0) == 9);
    const Tensor<float, 2, 2> on_heap = y;
    CHECK(on_heap(1, 1) == 81);
    StaticTensor<float, 2, 2> copy = y;
    copy(0, 0) = 0;
    CHECK(y(0, 0) == 9);
    y[1] = Tensor<float, 2>{5, 6};
    CHECK(to_string(y) == "[[9, 25],\n [5, 6]]");
    const auto [dy] = gradient(sum(square(y)), y);
    CHECK(dy(1, 1) == 12);
}

}  // namespace strata::test
