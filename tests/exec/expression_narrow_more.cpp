// SPDX-License-Identifier: BSL-1.0
/// Tensors of 16-bit floats in the families that expression_narrow.cpp leaves out: convolutions, windows, rows of tables; and gradients by them.
#include <strata/exec/gradient.hpp>

#include <strata/strata.hpp>

#include "../support/narrow_check.hpp"

namespace strata::test {

TEST_CASE_TEMPLATE("places along a row are taken from 16 bits", H, bf16, f16) {
    const Tensor<H, 4> row{1, 2, 3, 4};
    const Tensor<H, 2, 4> rows{1, 2, 3, 4, 5, 6, 7, 8};
    const Tensor<int, 6> at{0, 1, 2, 3, 2, 1};
    CHECK(unlike(Tensor<float, 6>(take(row, at)), std::vector<int>{1, 2, 3, 4, 3, 2}, 0) == "");
    CHECK(unlike(Tensor<float, 2, 6>(take<-1>(rows, at) + 0.5), std::vector<double>{1.5, 2.5, 3.5, 4.5, 3.5, 2.5, 5.5, 6.5, 7.5, 8.5, 7.5, 6.5}, 0) == "");
}

TEST_CASE_TEMPLATE("loads widen and stores round to the bit, at every 16-bit value and between any two", H, bf16, f16) {
    constexpr int n = 1 << 16;
    Tensor<H, n> every;
    for (int i = 0; i < n; ++i) every.data()[i].bits = static_cast<std::uint16_t>(i);
    const Tensor<float, n> wide = every;
    long wrong = 0;
    for (int i = 0; i < n; ++i) wrong += !widened_right(every.data()[i], wide.data()[i], !on_host);
    CHECK(wrong == 0);
    std::vector<float> hard = hard_floats<H>();
    hard.resize((hard.size() + n - 1) / n * n, 1.f);
    Tensor<float, n> x;
    Tensor<H, n> stored;
    for (std::size_t from = 0; from < hard.size(); from += n) {
        for (int i = 0; i < n; ++i) x.data()[i] = hard[from + static_cast<std::size_t>(i)];
        stored = x;
        for (int i = 0; i < n; ++i) wrong += !stored_right<H>(x.data()[i], stored.data()[i].bits, !on_host);
    }
    CHECK(wrong == 0);
}
TEST_CASE("convolutions and windows") {
    check_narrow<bf16, Shape<2, 3, 9, 8>, Shape<4, 3, 3, 3>>("conv2d", [](const auto& x, const auto& w) { return relu(conv2d<Sliding<1, 1, 1>>(x, w)); }, 4e-5);
    check_narrow<f16, Shape<2, 3, 9, 8>>("pools", [](const auto& x) { return max_pool2d<2>(x) - avg_pool2d<2>(x); });
}
TEST_CASE("rows of 16-bit tables are chosen as they lie; none there is none") {
    const Tensor<std::int32_t, 5> which{3, 0, 0, 6, -1};
    const Both<f16, Shape<6, 37>> table(1, -2, 2);
    const Tensor<f16, 5, 37> y = take(table.narrow, which);
    for (int i = 0; i < 5; ++i)
        for (int k = 0; k < 37; ++k)
            if (i < 3)
                CHECK(y(i, k).bits == table.narrow(which(i), k).bits);
            else
                CHECK(std::isnan(static_cast<float>(y(i, k))));
#ifndef __CUDACC__
    static_assert(plan_of<decltype(take(table.narrow, which) * 2.f)>.kernels == 1);
#endif
}
TEST_CASE("gradients by 16-bit tensors are those of f32, rounded at the end") {
    check_narrow_gradients<bf16, Shape<9, 20>, Shape<20, 7>, Shape<7>>("layer", [](const auto& x, const auto& w, const auto& b) { return mean(square(tanh(matmul(x, w) + b))); }, 4e-5);
    check_narrow_gradients<f16, Shape<19>>("several times", [](const auto& x) { return sum(x * x * x + exp(x)); }, 1e-5);
    const Tensor<std::int64_t, 5> which{3, 0, 0, 3, 3};
    check_narrow_gradients<f16, Shape<6, 5>>("rows", [&](const auto& t) { return sum(square(take(t, which))); });
}
TEST_CASE("what a value is rounded to while it is computed") {
    const Tensor<float, 3> x{1.00390625f, 1.01171875f, -3e38f};  // two middles between bf16 numbers
    const Tensor<float, 3> y = cast<bf16>(x) * 2.f, z = cast<f16>(x);
    CHECK(y(0) == 2.f);
    CHECK(y(1) == 2.03125f);
    CHECK(z(0) == 1.00390625f);
    CHECK(z(2) == -static_cast<float>(inf));
    const auto [dx] = gradient(sum(cast<bf16>(x) * cast<bf16>(x)), x);
    CHECK(dx(1) == 2.03125f);
}
TEST_CASE("a number beside 64-bit integers is one of them") {
    const Tensor<std::int64_t, 3> n{1, -2, 1L << 40};
    const Tensor<std::int64_t, 3> m = n * 3 + (1L << 33);
    for (int i = 0; i < 3; ++i) CHECK(m(i) == n(i) * 3 + (1L << 33));
    const Tensor<bool, 3> more = n > 4000000000L;
    CHECK_FALSE(more(0));
    CHECK(more(2));
    const Tensor<std::int64_t, 3> chosen = select(n < 0, 7, n);
    CHECK(chosen(1) == 7);
    CHECK(chosen(2) == 1L << 40);
}

}  // namespace strata::test
