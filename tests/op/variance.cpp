// SPDX-License-Identifier: BSL-1.0
#include <strata/op/variance.hpp>

#include "../support/check.hpp"
#include "../support/fold.hpp"

namespace strata::test {

using X = Leaf<float, 2, 3, 4>;
static_assert(std::is_same_v<ShapeIn<decltype(variance(X{}))>, Shape<>>);
static_assert(std::is_same_v<ShapeIn<decltype(variance(X{}, axis<0>))>, Shape<3, 4>>);
static_assert(std::is_same_v<ShapeIn<decltype(variance(X{}, axes<0, 2>))>, Shape<3>>);
static_assert(std::is_same_v<ShapeIn<decltype(variance(X{}, axes<-1, -2>))>, Shape<2>>);
static_assert(std::is_same_v<ShapeIn<decltype(variance_keep(X{}, axes<0, 2>))>, Shape<1, 3, 1>>);
static_assert(std::is_same_v<TypeIn<decltype(variance(Leaf<double, 3>{}))>, double>);
static_assert(refused<decltype(variance(X{}, axis<3>))>, "a shape of three axes has no fourth");
static_assert(refused<decltype(variance_keep(X{}, axis<-4>))>);

TEST_CASE("variance: golden values and gradients, over any axes") {
    const Golden golden{"ops_reduce.txt"};
    using S = Shape<2, 3, 4>;
    check_golden<S>(golden, "variance.axes_0", [](const auto& x) { return variance_keep(x, axes<0>); });
    check_golden<S>(golden, "variance.axes_1", [](const auto& x) { return variance(x, axes<1>); });
    check_golden<S>(golden, "variance.axes_2", [](const auto& x) { return variance_keep(x, axes<2>); });
    check_golden<S>(golden, "variance.axes_02", [](const auto& x) { return variance(x, axes<0, 2>); });
    check_golden<S>(golden, "variance.axes_12", [](const auto& x) { return variance_keep(x, axes<1, 2>); });
    check_golden<S>(golden, "variance.axes_012", [](const auto& x) { return variance(x, axes<0, 1, 2>); });
}

struct VarianceOf {
    template <class A, class E>
    static constexpr auto fold(const E& x) {
        return variance_keep(x, A{});
    }
    static double reference(const std::vector<double>& x) {
        double m = 0, s = 0;
        for (double v : x) m += v / static_cast<double>(x.size());
        for (double v : x) s += (v - m) * (v - m);
        return s / static_cast<double>(x.size());
    }
};

TEST_CASE("variance: extents that end amid a vector; first, middle, last and all axes") {
    check_folds<VarianceOf>();
}

TEST_CASE("variance: far from zero nothing cancels") {
    Tensor<float, 3, 64> x;
    const auto noise = scattered<Tensor<float, 3, 64>>(1);
    for (long i = 0; i < x.size; ++i) x.data()[i] = 4096 + noise.data()[i];
    const auto y = computed(variance(x, axis<1>));
    for (int i = 0; i < 3; ++i) {
        double m = 0, s = 0;
        for (int j = 0; j < 64; ++j) m += x(i, j) / 64.0;
        for (int j = 0; j < 64; ++j) s += (x(i, j) - m) * (x(i, j) - m);
        CHECK(near(y(i), s / 64, 1e-4));
    }
}

TEST_CASE("variance: of equal numbers it is zero, of one number too") {
    for (float v : computed(variance(Tensor<float, 3, 17>::full(0.7f), axis<1>))) CHECK(std::abs(v) < 1e-12f);
    for (float v : computed(variance(Tensor<float, 3, 1>::full(7), axis<1>))) CHECK(v == 0);
}

}  // namespace strata::test
