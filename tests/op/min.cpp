// SPDX-License-Identifier: BSL-1.0
#include <strata/op/min.hpp>

#include <strata/op/add.hpp>
#include <strata/op/multiply.hpp>

#include "../support/check.hpp"
#include "../support/fold.hpp"

namespace strata::test {

using X = Leaf<float, 2, 3, 4>;
static_assert(std::is_same_v<ShapeIn<decltype(min(X{}))>, Shape<>>);
static_assert(std::is_same_v<ShapeIn<decltype(min(X{}, axis<0>))>, Shape<3, 4>>);
static_assert(std::is_same_v<ShapeIn<decltype(min(X{}, axes<0, 2>))>, Shape<3>>);
static_assert(std::is_same_v<ShapeIn<decltype(min(X{}, axes<-1, -2>))>, Shape<2>>);
static_assert(std::is_same_v<ShapeIn<decltype(min_keep(X{}, axes<0, 2>))>, Shape<1, 3, 1>>);
static_assert(std::is_same_v<TypeIn<decltype(min(Leaf<double, 3>{}))>, double>);
static_assert(refused<decltype(min(X{}, axis<3>))>, "a shape of three axes has no fourth");
static_assert(refused<decltype(min_keep(X{}, axis<-4>))>);
static_assert(plan_of<decltype(min(X{} * 2 + 1, axis<-1>))>.kernels == 1, "what goes before a fold is folded as it comes");
static_assert(plan_of<decltype(min(X{} * 2 + 1))>.kernels == 1);

TEST_CASE("min: golden values and gradients, over any axes") {
    const Golden golden{"ops_reduce.txt"};
    using S = Shape<2, 3, 4>;
    check_golden<S>(golden, "min.axes_0", [](const auto& x) { return min_keep(x, axes<0>); });
    check_golden<S>(golden, "min.axes_1", [](const auto& x) { return min(x, axes<1>); });
    check_golden<S>(golden, "min.axes_2", [](const auto& x) { return min_keep(x, axes<2>); });
    check_golden<S>(golden, "min.axes_02", [](const auto& x) { return min(x, axes<0, 2>); });
    check_golden<S>(golden, "min.axes_12", [](const auto& x) { return min_keep(x, axes<1, 2>); });
    check_golden<S>(golden, "min.axes_012", [](const auto& x) { return min(x, axes<0, 1, 2>); });
}

struct MinOf {
    template <class A, class E>
    static constexpr auto fold(const E& x) {
        return min_keep(x, A{});
    }
    static double reference(const std::vector<double>& x) {
        double m = inf;
        for (double v : x) m = v < m ? v : m;
        return m;
    }
};

TEST_CASE("min: extents that end amid a vector; first, middle, last and all axes") {
    check_folds<MinOf>();
}

TEST_CASE("min: equal ones share the gradient, as in PyTorch") {
    const Tensor<double, 2, 4> x{9, 5, 5, 7, 3, 3, 3, 3};
    const auto [dx] = gradient(sum(min(x, axis<1>)), x);
    CHECK(unlike(dx, std::vector<double>{0, 0.5, 0.5, 0, 0.25, 0.25, 0.25, 0.25}, 0) == "");
}

TEST_CASE("min: integers, infinities, numbers of one sign") {
    const Tensor<std::int32_t, 2, 3> n{-5, -4, -9, 7, 2147483647, -2147483647};
    CHECK(unlike(computed(min(n, axis<1>)), std::vector<double>{-9, -2147483647}, 0) == "");
    const auto all = Tensor<float, 3, 17>::full(static_cast<float>(inf));
    for (float v : computed(min(all, axis<1>))) CHECK(v == static_cast<float>(inf));
    const auto far = Tensor<float, 17>::full(3e38f);
    CHECK(computed(min(far))() == 3e38f);
}

TEST_CASE("min: what is not a number comes through, wherever it stands, as in PyTorch") {
    for (int at : {0, 7, 16, 18}) {
        CAPTURE(at);
        auto x = scattered<Tensor<float, 19>>(1);
        x(at) = static_cast<float>(nan);
        CHECK(std::isnan(computed(min(x))()));
    }
}

}  // namespace strata::test
