// SPDX-License-Identifier: BSL-1.0
#include <strata/op/divide.hpp>

#include "../support/check.hpp"

namespace strata::test {

static_assert(std::is_same_v<ShapeIn<decltype(divide(Leaf<float, 4, 1>{}, Leaf<float, 3, 1, 5>{}))>, Shape<3, 4, 5>>);
static_assert(std::is_same_v<ShapeIn<decltype(divide(Leaf<float, 4, 5>{}, 2))>, Shape<4, 5>>);
static_assert(std::is_same_v<TypeIn<decltype(divide(2.0, Leaf<float, 4>{}))>, float>, "numbers take the tensor's type");
static_assert(std::is_same_v<decltype(divide(Leaf<float, 4, 5>{}, Leaf<float, 4>{})), Misfit<DivideOp, 5, 4, Shape<4, 5>, Shape<4>>>);
static_assert(plan_of<decltype(divide(divide(Leaf<float, 4, 5>{}, Leaf<float, 5>{}), Leaf<float, 4, 1>{}))>.kernels == 1);

TEST_CASE("divide: golden values and gradients, with broadcasting") {
    const Golden golden{"ops_map.txt"};
    check_golden<Shape<4, 5>, Shape<4, 5>>(golden, "divide.same", divide);
    check_golden<Shape<4, 5>, Shape<5>>(golden, "divide.row", divide);
    check_golden<Shape<4, 1>, Shape<1, 5>>(golden, "divide.outer", divide);
}

TEST_CASE("divide: any number of elements") {
    check_sizes_of_two(divide, [](double a, double b) { return a / b; }, 0.5, 2);
}

TEST_CASE("divide: by zero") {
    check_special([](const auto& x) { return x / 0; }, {{1, inf}, {-1, -inf}, {0, nan}});
    check_special([](const auto& x) { return 1 / x; }, {{inf, 0}, {nan, nan}, {4, 0.25}});
}

template <class T, int N>
void check_integers() {
    CAPTURE(N);
    Tensor<T, N> a, b;
    for (int i = 0; i < N; ++i) a(i) = static_cast<T>(i * i - 50), b(i) = static_cast<T>(i % 5 - 1);
    a(0) = std::numeric_limits<T>::min();
    const auto y = computed(a / b), whole = computed(100 / (b + 2)), half = computed(a / 2);
    CHECK(y(0) == a(0));  // by -1
    for (int i = 0; i < N; ++i) {
        if (i > 0) CHECK(y(i) == (b(i) == 0 ? 0 : a(i) / b(i)));
        CHECK(whole(i) == 100 / (b(i) + 2));
        CHECK(half(i) == a(i) / 2);
    }
}
TEST_CASE("divide: integers, towards zero, any number of them; what has no quotient is defined") {
    check_integers<std::int32_t, 1>(), check_integers<std::int32_t, 3>(), check_integers<std::int32_t, 16>(), check_integers<std::int32_t, 37>();
    check_integers<std::int64_t, 1>(), check_integers<std::int64_t, 3>(), check_integers<std::int64_t, 16>(), check_integers<std::int64_t, 37>();
}

TEST_CASE("divide: float rounds once, as the machine does") {
    const auto a = scattered<Tensor<float, 100>>(1), b = scattered<Tensor<float, 100>>(2, 0.5, 3);
    const auto y = computed(a / b);
    for (int i = 0; i < 100; ++i) CHECK(y(i) == a(i) / b(i));
}

}  // namespace strata::test
