// SPDX-License-Identifier: BSL-1.0
#include <strata/op/softmax.hpp>

#include "../support/check.hpp"
#include "../support/fold.hpp"

namespace strata::test {

using X = Leaf<float, 6, 10>;
static_assert(std::is_same_v<ShapeIn<decltype(softmax(X{}))>, Shape<6, 10>>);
static_assert(std::is_same_v<ShapeIn<decltype(log_softmax(X{}, axis<0>))>, Shape<6, 10>>);
static_assert(std::is_same_v<ShapeIn<decltype(logsumexp(X{}, axis<1>))>, Shape<6>>);
static_assert(std::is_same_v<ShapeIn<decltype(logsumexp(X{}, axes<>))>, Shape<>>);
static_assert(refused<decltype(softmax(X{}, axis<2>))>);
static_assert(refused<decltype(log_softmax(X{}, axis<-3>))>);
static_assert(refused<decltype(logsumexp(X{}, axis<2>))>);

constexpr auto over_first = [](const auto& x) { return softmax(x, axis<0>); };
constexpr auto over_middle = [](const auto& x) { return softmax(x, axis<1>); };
constexpr auto over_last = [](const auto& x) { return softmax(x); };
constexpr auto log_over_first = [](const auto& x) { return log_softmax(x, axis<0>); };
constexpr auto log_over_middle = [](const auto& x) { return log_softmax(x, axis<1>); };
constexpr auto log_over_last = [](const auto& x) { return log_softmax(x); };

TEST_CASE("softmax: golden values and gradients") {
    const Golden golden{"ops_reduce.txt"};
    using S = Shape<3, 4, 5>;
    check_golden<S>(golden, "softmax.first", over_first);
    check_golden<S>(golden, "softmax.middle", over_middle);
    check_golden<S>(golden, "softmax.last", over_last);
    check_golden<Shape<3, 5>>(golden, "softmax.large", over_last);
}

TEST_CASE("log_softmax: golden values and gradients") {
    const Golden golden{"ops_reduce.txt"};
    using S = Shape<3, 4, 5>;
    check_golden<S>(golden, "log_softmax.first", log_over_first);
    check_golden<S>(golden, "log_softmax.middle", log_over_middle);
    check_golden<S>(golden, "log_softmax.last", log_over_last);
    check_golden<Shape<3, 5>>(golden, "log_softmax.large", log_over_last);
}

TEST_CASE("logsumexp: golden values and gradients") {
    const Golden golden{"ops_reduce.txt"};
    const auto over = [](auto a) { return [a](const auto& x) { return logsumexp(x, a); }; };
    using S = Shape<2, 3, 4>;
    check_golden<S>(golden, "logsumexp.axes_0", over(axis<0>));
    check_golden<S>(golden, "logsumexp.axes_1", over(axis<1>));
    check_golden<S>(golden, "logsumexp.axes_2", over(axis<2>));
    check_golden<S>(golden, "logsumexp.axes_02", over(axes<0, 2>));
    check_golden<S>(golden, "logsumexp.axes_12", over(axes<1, 2>));
    check_golden<S>(golden, "logsumexp.axes_012", [](const auto& x) { return logsumexp(x); });
    check_golden<Shape<3, 5>>(golden, "logsumexp.large", over(axis<1>));
}

TEST_CASE_TEMPLATE("logsumexp: of nothing but -inf it is -inf, with inf it is inf", T, float, double) {
    const T i = static_cast<T>(inf), n = static_cast<T>(nan);
    const Tensor<T, 5, 3> x{-i, -i, -i, i, 1, -i, -i, 2, -i, i, n, 1, n, -i, -i};
    CHECK(unlike(computed(logsumexp(x, axis<1>)), std::vector<double>{-inf, inf, 2, nan, nan}, tolerance<T>) == "");
    CHECK(unlike(computed(logsumexp(Tensor<T, 3>{-i, -i, -i})), std::vector<double>{-inf}, 0) == "");
}

template <class T, int Rows, int N>
void check_rows() {
    CAPTURE(N);
    const auto x = scattered<Tensor<T, Rows, N>>(N, -9, 9);
    const auto y = computed(softmax(x)), l = computed(log_softmax(x));
    std::vector<double> wanted, logs;
    for (int i = 0; i < Rows; ++i) {
        double total = 0;
        for (int j = 0; j < N; ++j) total += std::exp(static_cast<double>(x(i, j)));
        for (int j = 0; j < N; ++j) {
            wanted.push_back(std::exp(static_cast<double>(x(i, j))) / total);
            logs.push_back(static_cast<double>(x(i, j)) - std::log(total));
        }
    }
    CHECK(unlike(y, wanted, tolerance<T>) == "");
    CHECK(unlike(l, logs, tolerance<T>) == "");
}

TEST_CASE("softmax and log_softmax: any length of rows") {
    check_rows<float, 4, 1>();
    check_rows<float, 1, 7>();
    check_rows<float, 3, 16>();
    check_rows<float, 17, 33>();
    check_rows<double, 3, 15>();
    check_rows<double, 2, 100>();
}

TEST_CASE("softmax: numbers of +-1000 neither overflow nor vanish together") {
    const Tensor<float, 2, 3> x{1000, 999, -1000, -1000, -1000, -1000};
    const double e = std::exp(-1.0);
    CHECK(unlike(computed(softmax(x)), std::vector<double>{1 / (1 + e), e / (1 + e), 0, 1 / 3., 1 / 3., 1 / 3.}, 1e-5) == "");
    const double l = std::log1p(e);
    CHECK(unlike(computed(log_softmax(x)), std::vector<double>{-l, -1 - l, -2000 - l, -std::log(3.), -std::log(3.), -std::log(3.)}, 1e-5) == "");
    CHECK(unlike(computed(logsumexp(x, axis<1>)), std::vector<double>{1000 + l, -1000 + std::log(3.)}, 1e-6) == "");
}

TEST_CASE("softmax: a class at minus infinity has no share; a row with what is not a number is none") {
    const Tensor<double, 2, 3> x{-inf, 0, 0, nan, 1, 2};
    CHECK(unlike(computed(softmax(x)), std::vector<double>{0, 0.5, 0.5, nan, nan, nan}, 1e-12) == "");
}

static_assert(plan_of<decltype(softmax(X{}))>.kernels == 1);
static_assert(plan_of<decltype(log_softmax(X{}))>.kernels == 1);
static_assert(plan_of<decltype(logsumexp(X{}, axis<1>))>.kernels == 1);
static_assert(plan_of<decltype(softmax(X{} + Leaf<float, 10>{}))>.kernels == 1);

}  // namespace strata::test
