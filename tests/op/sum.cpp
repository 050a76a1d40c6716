// SPDX-License-Identifier: BSL-1.0
#include <strata/op/sum.hpp>

#include <strata/op/add.hpp>
#include <strata/op/broadcast.hpp>
#include <strata/op/max.hpp>
#include <strata/op/multiply.hpp>

#include "../support/check.hpp"
#include "../support/fold.hpp"

namespace strata::test {

using X = Leaf<float, 2, 3, 4>;
static_assert(std::is_same_v<ShapeIn<decltype(sum(X{}))>, Shape<>>);
static_assert(std::is_same_v<ShapeIn<decltype(sum(X{}, axis<0>))>, Shape<3, 4>>);
static_assert(std::is_same_v<ShapeIn<decltype(sum(X{}, axes<0, 2>))>, Shape<3>>);
static_assert(std::is_same_v<ShapeIn<decltype(sum(X{}, axes<-1, -2>))>, Shape<2>>);
static_assert(std::is_same_v<ShapeIn<decltype(sum_keep(X{}, axes<0, 2>))>, Shape<1, 3, 1>>);
static_assert(std::is_same_v<TypeIn<decltype(sum(Leaf<double, 3>{}))>, double>);
static_assert(refused<decltype(sum(X{}, axis<3>))>, "a shape of three axes has no fourth");
static_assert(refused<decltype(sum_keep(X{}, axis<-4>))>);
static_assert(refused<decltype(sum(Leaf<bool, 3>{}))>, "a mask is cast first");
static_assert(plan_of<decltype(sum(X{} * 2 + 1, axis<-1>))>.kernels == 1, "what goes before a fold is folded as it comes");
static_assert(plan_of<decltype(sum(X{} * 2 + 1))>.kernels == 1);

TEST_CASE("sum: golden values and gradients, over any axes") {
    const Golden golden{"ops_reduce.txt"};
    using S = Shape<2, 3, 4>;
    check_golden<S>(golden, "sum.axes_0", [](const auto& x) { return sum_keep(x, axes<0>); });
    check_golden<S>(golden, "sum.axes_1", [](const auto& x) { return sum(x, axes<1>); });
    check_golden<S>(golden, "sum.axes_2", [](const auto& x) { return sum_keep(x, axes<2>); });
    check_golden<S>(golden, "sum.axes_02", [](const auto& x) { return sum(x, axes<0, 2>); });
    check_golden<S>(golden, "sum.axes_12", [](const auto& x) { return sum_keep(x, axes<1, 2>); });
    check_golden<S>(golden, "sum.axes_012", [](const auto& x) { return sum(x, axes<0, 1, 2>); });
}

struct SumOf {
    template <class A, class E>
    static constexpr auto fold(const E& x) {
        return sum_keep(x, A{});
    }
    static double reference(const std::vector<double>& x) {
        double s = 0;
        for (double v : x) s += v;
        return s;
    }
};

TEST_CASE("sum: extents that end amid a vector; first, middle, last and all axes") {
    check_folds<SumOf>();
}

TEST_CASE("sum: integers, and masks counted") {
    Tensor<int, 3, 17> x;
    int wanted = 0, n = 0;
    for (int& v : x) wanted += v = n++ * 1001 - 7000;
    CHECK(computed(sum(x))() == wanted);
    const auto rows = computed(sum(x, axis<1>));
    for (int i = 0; i < 3; ++i) {
        int row = 0;
        for (int j = 0; j < 17; ++j) row += x(i, j);
        CHECK(rows(i) == row);
    }
}

TEST_CASE("sum: what is not a number, and infinities") {
    Tensor<float, 33> x;
    x(32) = static_cast<float>(nan);
    CHECK(std::isnan(computed(sum(x))()));
    x(32) = static_cast<float>(inf);
    CHECK(computed(sum(x))() == static_cast<float>(inf));
    x(0) = static_cast<float>(-inf);
    CHECK(std::isnan(computed(sum(x))()));
}

TEST_CASE("sum: of many floats the error stays small") {
    const auto x = Tensor<float, 100000>::full(0.1f);
    CHECK(near(computed(sum(x))(), 10000.0, 1e-5));
    const auto each = [](const auto& sums, double want, double most = 1e-5) {
        for (const float s : sums) CHECK(near(s, want, most));
    };
    each(computed(sum(Tensor<float, 3, 30011>::full(0.1f), axis<1>)), 3001.1);       // rows that end amid a vector
    each(computed(sum(Tensor<float, 5000, 2, 3>::full(0.1f), axes<0, 2>)), 1500.0);  // in pieces shorter than a vector
    const auto tenths = Tensor<float, 20000, 10>::full(0.1f);
    each(computed(sum(tenths * max_keep(tenths, axis<-1>), axis<0>)), 200.0);  // beside what is of the rows
    each(computed(sum(Tensor<float, 2, 20000, 8>::full(0.1f), axis<1>)), 2000.0);           // below each other
}

TEST_CASE("sum: of a sum") {
    auto x = scattered<Tensor<double, 3, 5>>(1);
    check_gradient([](const auto& e) { return sum(e * sum(e, axis<0>), axis<1>); }, x);
}

TEST_CASE("sum: over the rows of what is one number along each of them") {
    auto x = scattered<Tensor<double, 9, 3>>(1);
    auto bias = scattered<Tensor<double, 3>>(2);
    const auto a = scattered<Tensor<double, 9, 1>>(3);
    const auto y = computed(sum(broadcast<Shape<9, 3>>(a), axis<0>));
    double all = 0;
    for (double e : a) all += e;
    for (int j = 0; j < 3; ++j) CHECK(y(j) == doctest::Approx(all));
    check_gradient([](const auto& e, const auto& b) { return sum(b + e, axis<1>); }, x, bias);
}

}  // namespace strata::test
