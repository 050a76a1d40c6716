// SPDX-License-Identifier: BSL-1.0
// Floats of both sizes in one expression: numbers among either, gradients by either.
#include <strata/exec/gradient.hpp>

#include <doctest/doctest.h>

#include <strata/op.hpp>

#include "../support/check.hpp"

namespace strata::test {

const Tensor<float, 2>& singles() {
    static const Tensor<float, 2> f{1, 2};
    return f;
}
const Tensor<double, 2>& doubles() {
    static const Tensor<double, 2> d{3, 5};
    return d;
}
constexpr double far = 1e-15, near_by = 1e-7;

TEST_CASE("a number has the floats that it stands among, whichever tensor comes first") {
    const auto& f = singles();
    const auto& d = doubles();
    CHECK(unlike(Tensor<double, 2>(cast<double>(f) * 0.1), std::vector<double>{0.1, 0.2}, far) == "");
    CHECK(unlike(Tensor<double, 2>(cast<double>(f) + d * 0.1), std::vector<double>{1.3, 2.5}, far) == "");
    CHECK(unlike(Tensor<double, 2>(d * 0.1 + cast<double>(f * 0.5)), std::vector<double>{0.8, 1.5}, far) == "");
    CHECK(unlike(Tensor<float, 2>(cast<float>(d) * 0.1 + f), std::vector<double>{1.3, 2.5}, near_by) == "");
    CHECK(near(Tensor<double>(mean(cast<double>(f)))(), 1.5, far));
    CHECK(near(Tensor<double>(mean(cast<double>(f) * 0.1 + d))(), 4.15, far));
    CHECK(unlike(Tensor<double, 2>(select(f > 1.5, d, 0.1)), std::vector<double>{0.1, 5}, far) == "");
    CHECK(unlike(Tensor<float, 2>(select(d > 4.1, f, 0.1)), std::vector<double>{0.1, 2}, near_by) == "");
    const Tensor<bool, 2> both = (f > 1.0) && (d > 4.5), either = (d > 4.5) || (f > 0.5);
    CHECK((!both(0) && both(1) && either(0) && either(1)));
    CHECK(unlike(Tensor<double, 2>(softmax(cast<double>(f) * 2.0)), std::vector<double>{0.11920292202211755, 0.88079707797788243}, far) == "");
    CHECK(unlike(Tensor<double, 2>(cast<double>(Tensor<bf16, 2>{1, 2}) * 0.1), std::vector<double>{0.1, 0.2}, far) == "");
}

TEST_CASE("what numbers alone make has the floats of what reads it") {
    const auto& f = singles();
    const auto& d = doubles();
    CHECK(unlike(Tensor<double, 2>(select(f > 1.5, 0.1, 0.3) * d), std::vector<double>{0.9, 0.5}, far) == "");
    CHECK(unlike(Tensor<float, 2>(select(d > 4.0, 0.1, 0.3) * f), std::vector<double>{0.3, 0.2}, near_by) == "");
    CHECK(unlike(Tensor<double, 2>(d + exp(select(f > 1.5, 0.0, 1.0))), std::vector<double>{5.718281828459045, 6}, far) == "");
    const Tensor<float, 2, 3> x{1, 5, 2, 7, 3, 4};
    const auto [most] = gradient(sum(max(cast<double>(x), axis<1>)), x);
    const auto [least] = gradient(sum(min(cast<double>(x), axis<1>) * d), x);
    CHECK(unlike(most, std::vector<int>{0, 1, 0, 1, 0, 0}, 0) == "");
    CHECK(unlike(least, std::vector<int>{3, 0, 0, 0, 5, 0}, 0) == "");
    const Tensor<double, 2> dropped = dropout(cast<double>(f), 0.5);
    for (int i = 0; i < 2; ++i) CHECK((dropped(i) == 0 || dropped(i) == 2 * f(i)));
}

TEST_CASE("gradients have the floats of their tensors, through casts and back") {
    const auto& f = singles();
    const auto& d = doubles();
    const auto [first] = gradient(sum(cast<double>(f) * d), d);
    const auto [second] = gradient(sum(cast<double>(f) * d), f);
    const auto [third, fourth] = gradient(sum(d * cast<double>(f) * 0.5), f, d);
    const auto [fifth, sixth] = gradient(sum(cast<float>(d) * f), d, f);
    const auto [seventh] = gradient(sum(square(cast<double>(f)) * d), f);
    const auto [eighth] = gradient(sum(cast<double>(f * f)), f);
    const auto [ninth] = gradient(mean(0.5 * cast<double>(f) * d * 0.5), f);
    CHECK(unlike(ninth, std::vector<double>{0.375, 0.625}, 0) == "");
    static_assert(std::is_same_v<decltype(second), const Tensor<float, 2>> && std::is_same_v<decltype(first), const Tensor<double, 2>>);
    CHECK(unlike(first, std::vector<int>{1, 2}, 0) == "");
    CHECK(unlike(second, std::vector<int>{3, 5}, 0) == "");
    CHECK(unlike(third, std::vector<double>{1.5, 2.5}, 0) == "");
    CHECK(unlike(fourth, std::vector<double>{0.5, 1}, 0) == "");
    CHECK(unlike(fifth, std::vector<int>{1, 2}, 0) == "");
    CHECK(unlike(sixth, std::vector<int>{3, 5}, 0) == "");
    CHECK(unlike(seventh, std::vector<int>{6, 20}, 0) == "");
    CHECK(unlike(eighth, std::vector<int>{2, 4}, 0) == "");
    const Tensor<bf16, 2> b{1, 2};
    const auto [narrow] = gradient(sum(cast<double>(b) * d), b);
    CHECK((float(narrow(0)) == 3 && float(narrow(1)) == 5));
    const auto wide = Tensor<double, 64>::full(2);
    const Tensor<bf16, 64> still;
    const auto [nothing, same] = gradient(sum(wide * detach(cast<double>(still) + 1)), still, wide);
    for (int i = 0; i < 64; ++i) CHECK((float(nothing(i)) == 0 && same(i) == 1));
    const auto many = Tensor<float, 1000>::full(1);
    const auto weights = Tensor<double, 1000>::full(3);
    const auto [by_many, by_weights] = gradient(mean(cast<double>(many) * weights), many, weights);
    for (int i = 0; i < 1000; ++i) CHECK((near(by_many(i), 0.003, near_by) && near(by_weights(i), 0.001, far)));
}

TEST_CASE("a product of doubles beside floats, its operand computed from them, and its gradients") {
    const Tensor<float, 2, 3> p{1, 2, 3, 4, 5, 6};
    const Tensor<double, 3, 2> q{1, 2, 3, 4, 5, 6};
    const Tensor<float, 2, 2> bias{1, 2, 3, 4};
    CHECK(unlike(Tensor<float, 2, 2>(cast<float>(matmul(cast<double>(p), q)) * 2.0 + bias), std::vector<int>{45, 58, 101, 132}, 0) == "");
    CHECK(unlike(Tensor<double, 2, 2>(matmul(cast<double>(p) * 0.5, q) + cast<double>(bias)), std::vector<double>{12, 16, 27.5, 36}, 0) == "");
    const auto [dp, dq] = gradient(sum(matmul(cast<double>(p), q)), p, q);
    CHECK(unlike(dp, std::vector<int>{3, 7, 11, 3, 7, 11}, 0) == "");
    CHECK(unlike(dq, std::vector<int>{5, 5, 7, 7, 9, 9}, 0) == "");
}

}  // namespace strata::test
