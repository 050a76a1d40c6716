// SPDX-License-Identifier: BSL-1.0
#include <strata/tensor/view.hpp>

#include <strata/strata.hpp>

#include <doctest/doctest.h>

#include <vector>

#include "../support/guarded.hpp"

namespace strata::test {

TEST_CASE("a view of the program's own memory stands in expressions and is assigned to") {
    std::vector<float> memory{1, 2, 3, 4, 5, 6};
    const TensorView<float, 2, 3> x(memory.data());
    const Tensor<float, 3> b{10, 20, 30};
    const Tensor<float, 2, 3> y = x * 2 + b;
    CHECK(y(1, 2) == 42);
    x = relu(x - 3.5f);
    CHECK(memory == std::vector<float>{0, 0, 0, 0.5f, 1.5f, 2.5f});
    x(0, 1) = 7;
    CHECK(memory[1] == 7);
    CHECK(Tensor<float>(sum(TensorView<const float, 6>(memory.data())))() == 11.5f);
    static_assert(plan_of<decltype(relu(matmul(x, TensorView<const float, 3, 2>(x.data())) + 1.f))>.kernels == 1);
}

TEST_CASE("from a span it has the shape's number of elements, or is refused") {
    std::vector<double> memory(6, 1);
    const TensorView<double, 3, 2> x{std::span<double>(memory)};
    CHECK(x.data() == memory.data());
    CHECK_THROWS_WITH_AS((TensorView<double, 3>{std::span<double>(memory)}), "strata: 6 values for a tensor of 3; give one for each element", DataError);
    const std::vector<double>& known = memory;
    const TensorView<const double, 6> seen{std::span<const double>(known)};
    CHECK(seen(5) == 1);
}

TEST_CASE("a row of a tensor is a view: copied, computed, assigned from and to") {
    Tensor<float, 3, 4> batch;
    const Tensor<float, 4> sample{1, 2, 3, 4};
    batch[1] = sample;
    batch[2] = batch[1] * 10.f;
    batch[0] = batch[2];  // elements, not the address
    CHECK(batch(0, 3) == 40);
    CHECK(batch(1, 3) == 4);
    const Tensor<float, 4> copy = batch[2];
    batch[2] = sample;
    CHECK(copy(0) == 10);
    CHECK(batch(2, 0) == 1);
    const Tensor<float, 3, 4>& known = batch;
    const Tensor<float> dot = sum(known[0] * known[1]);
    CHECK(dot() == 300);
}

TEST_CASE("what overlaps is read whole before it is written") {
    std::vector<float> memory(1001);
    for (std::size_t i = 0; i < memory.size(); ++i) memory[i] = static_cast<float>(i);
    const TensorView<float, 1000> low(memory.data()), high(memory.data() + 1);
    high = low * 2.f;
    int wrong = 0;
    for (std::size_t i = 0; i < 1000; ++i) wrong += memory[i + 1] != static_cast<float>(2 * i);
    CHECK(wrong == 0);
    low = high + 1.f;
    for (std::size_t i = 0; i < 1000; ++i) wrong += memory[i] != static_cast<float>(2 * i + 1);
    CHECK(wrong == 0);
}

TEST_CASE("all of a tensor in another shape; a view of constants only reads") {
    Tensor<float, 2, 6> t;
    const TensorView<float, 3, 4> other(t);
    other(2, 3) = 8;
    CHECK(t(1, 5) == 8);
    const Tensor<float, 2, 6>& known = t;
    const TensorView<const float, 12> flat(known);
    CHECK(flat(11) == 8);
    static_assert(!std::is_constructible_v<TensorView<float, 12>, const Tensor<float, 2, 6>&> && !std::is_constructible_v<TensorView<float, 11>, Tensor<float, 2, 6>&>);
}

TEST_CASE("gradients by views are tensors") {
    std::vector<double> memory{1, -2, 3};
    const TensorView<const double, 3> w(memory.data());
    const Tensor<double, 3> x{2, 3, 4};
    const auto [dw] = gradient(sum(square(w) * x), w);
    static_assert(std::is_same_v<decltype(dw), const Tensor<double, 3>>);
    CHECK(dw(0) == 4);
    CHECK(dw(1) == -12);
    CHECK(dw(2) == 24);
}

TEST_CASE_TEMPLATE("memory that ends where nothing may be touched, and begins anywhere", T, float, double, bf16, std::int32_t) {
    for (const bool at_end : {true, false}) {
        Guarded<T> from(23 * 3, at_end), to(23 * 3, at_end);
        for (std::size_t i = 0; i < from.size(); ++i) from[i] = static_cast<T>(static_cast<float>(i % 7));
        const TensorView<const T, 3, 23> x(from.data());
        const TensorView<T, 3, 23> y(to.data());
        y = x + x;
        CHECK(from.intact());
        CHECK(to.intact());
        int wrong = 0;
        for (std::size_t i = 0; i < to.size(); ++i) wrong += static_cast<float>(to[i]) != 2 * static_cast<float>(i % 7);
        CHECK(wrong == 0);
    }
}

TEST_CASE("a view is text, a range, and what a session reads") {
    Tensor<float, 2, 3> t{1, 2, 3, 4, 5, 6};
    CHECK(to_string(t[1]) == "[4, 5, 6]");
    float sum = 0;
    for (const float x : t[1]) sum += x;
    CHECK(sum == 15);
    CHECK(t[0].span().size() == 3);
}

}  // namespace strata::test
