// SPDX-License-Identifier: BSL-1.0
#include <strata/op/mean.hpp>

#include <strata/op/add.hpp>

#include "../support/check.hpp"
#include "../support/fold.hpp"

namespace strata::test {

using X = Leaf<float, 2, 3, 4>;
static_assert(std::is_same_v<ShapeIn<decltype(mean(X{}))>, Shape<>>);
static_assert(std::is_same_v<ShapeIn<decltype(mean(X{}, axis<0>))>, Shape<3, 4>>);
static_assert(std::is_same_v<ShapeIn<decltype(mean(X{}, axes<0, 2>))>, Shape<3>>);
static_assert(std::is_same_v<ShapeIn<decltype(mean(X{}, axes<-1, -2>))>, Shape<2>>);
static_assert(std::is_same_v<ShapeIn<decltype(mean_keep(X{}, axes<0, 2>))>, Shape<1, 3, 1>>);
static_assert(std::is_same_v<TypeIn<decltype(mean(Leaf<double, 3>{}))>, double>);
static_assert(refused<decltype(mean(X{}, axis<3>))>, "a shape of three axes has no fourth");
static_assert(refused<decltype(mean_keep(X{}, axis<-4>))>);
static_assert(refused<decltype(mean(Leaf<bool, 3>{}))>, "a mask is cast first");
static_assert(plan_of<decltype(mean(X{} * 2 + 1, axis<-1>))>.kernels == 1, "what goes before a fold is folded as it comes");
static_assert(plan_of<decltype(mean(X{} * 2 + 1))>.kernels == 1);

TEST_CASE("mean: golden values and gradients, over any axes") {
    const Golden golden{"ops_reduce.txt"};
    using S = Shape<2, 3, 4>;
    check_golden<S>(golden, "mean.axes_0", [](const auto& x) { return mean_keep(x, axes<0>); });
    check_golden<S>(golden, "mean.axes_1", [](const auto& x) { return mean(x, axes<1>); });
    check_golden<S>(golden, "mean.axes_2", [](const auto& x) { return mean_keep(x, axes<2>); });
    check_golden<S>(golden, "mean.axes_02", [](const auto& x) { return mean(x, axes<0, 2>); });
    check_golden<S>(golden, "mean.axes_12", [](const auto& x) { return mean_keep(x, axes<1, 2>); });
    check_golden<S>(golden, "mean.axes_012", [](const auto& x) { return mean(x, axes<0, 1, 2>); });
}

struct MeanOf {
    template <class A, class E>
    static constexpr auto fold(const E& x) {
        return mean_keep(x, A{});
    }
    static double reference(const std::vector<double>& x) {
        double s = 0;
        for (double v : x) s += v;
        return s / static_cast<double>(x.size());
    }
};

TEST_CASE("mean: extents that end amid a vector; first, middle, last and all axes") {
    check_folds<MeanOf>();
}

TEST_CASE("mean: what is not a number; of numbers near the largest, no overflow") {
    auto x = Tensor<float, 33>::full(3e38f);
    CHECK(near(computed(mean(x))() / 1e38, 3, 1e-5));
    x(7) = static_cast<float>(nan);
    CHECK(std::isnan(computed(mean(x))()));
}

}  // namespace strata::test
