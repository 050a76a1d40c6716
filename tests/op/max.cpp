// SPDX-License-Identifier: BSL-1.0
#include <strata/op/max.hpp>

#include <strata/op/add.hpp>
#include <strata/op/multiply.hpp>

#include "../support/check.hpp"
#include "../support/fold.hpp"

namespace strata::test {

using X = Leaf<float, 2, 3, 4>;
static_assert(std::is_same_v<ShapeIn<decltype(max(X{}))>, Shape<>>);
static_assert(std::is_same_v<ShapeIn<decltype(max(X{}, axis<0>))>, Shape<3, 4>>);
static_assert(std::is_same_v<ShapeIn<decltype(max(X{}, axes<0, 2>))>, Shape<3>>);
static_assert(std::is_same_v<ShapeIn<decltype(max(X{}, axes<-1, -2>))>, Shape<2>>);
static_assert(std::is_same_v<ShapeIn<decltype(max_keep(X{}, axes<0, 2>))>, Shape<1, 3, 1>>);
static_assert(std::is_same_v<TypeIn<decltype(max(Leaf<double, 3>{}))>, double>);
static_assert(refused<decltype(max(X{}, axis<3>))>, "a shape of three axes has no fourth");
static_assert(refused<decltype(max_keep(X{}, axis<-4>))>);
static_assert(plan_of<decltype(max(X{} * 2 + 1, axis<-1>))>.kernels == 1, "what goes before a fold is folded as it comes");
static_assert(plan_of<decltype(max(X{} * 2 + 1))>.kernels == 1);

TEST_CASE("max: golden values and gradients, over any axes") {
    const Golden golden{"ops_reduce.txt"};
    using S = Shape<2, 3, 4>;
    check_golden<S>(golden, "max.axes_0", [](const auto& x) { return max_keep(x, axes<0>); });
    check_golden<S>(golden, "max.axes_1", [](const auto& x) { return max(x, axes<1>); });
    check_golden<S>(golden, "max.axes_2", [](const auto& x) { return max_keep(x, axes<2>); });
    check_golden<S>(golden, "max.axes_02", [](const auto& x) { return max(x, axes<0, 2>); });
    check_golden<S>(golden, "max.axes_12", [](const auto& x) { return max_keep(x, axes<1, 2>); });
    check_golden<S>(golden, "max.axes_012", [](const auto& x) { return max(x, axes<0, 1, 2>); });
}

struct MaxOf {
    template <class A, class E>
    static constexpr auto fold(const E& x) {
        return max_keep(x, A{});
    }
    static double reference(const std::vector<double>& x) {
        double m = -inf;
        for (double v : x) m = v > m ? v : m;
        return m;
    }
};

TEST_CASE("max: extents that end amid a vector; first, middle, last and all axes") {
    check_folds<MaxOf>();
}

TEST_CASE("max: equal ones share the gradient, as in PyTorch") {
    const Tensor<double, 2, 4> x{1, 5, 5, 2, 3, 3, 3, 3};
    const auto [dx] = gradient(sum(max(x, axis<1>)), x);
    CHECK(unlike(dx, std::vector<double>{0, 0.5, 0.5, 0, 0.25, 0.25, 0.25, 0.25}, 0) == "");
}

TEST_CASE("max: integers, infinities, numbers of one sign") {
    const Tensor<std::int32_t, 2, 3> n{-5, -4, -9, 7, 2147483647, -2147483647};
    CHECK(unlike(computed(max(n, axis<1>)), std::vector<double>{-4, 2147483647}, 0) == "");
    const auto all = Tensor<float, 3, 17>::full(static_cast<float>(-inf));
    for (float v : computed(max(all, axis<1>))) CHECK(v == static_cast<float>(-inf));
    const auto far = Tensor<float, 17>::full(-3e38f);
    CHECK(computed(max(far))() == -3e38f);
}

TEST_CASE("max: what is not a number comes through, wherever it stands, as in PyTorch") {
    for (int at : {0, 7, 16, 18}) {
        CAPTURE(at);
        auto x = scattered<Tensor<float, 19>>(1);
        x(at) = static_cast<float>(nan);
        CHECK(std::isnan(computed(max(x))()));
    }
}

}  // namespace strata::test
