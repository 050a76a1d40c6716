// SPDX-License-Identifier: BSL-1.0
#include <strata/op/add.hpp>

#include "../support/check.hpp"

namespace strata::test {

static_assert(std::is_same_v<ShapeIn<decltype(add(Leaf<float, 4, 1>{}, Leaf<float, 3, 1, 5>{}))>, Shape<3, 4, 5>>);
static_assert(std::is_same_v<ShapeIn<decltype(add(Leaf<float, 4, 5>{}, 2))>, Shape<4, 5>>);
static_assert(std::is_same_v<TypeIn<decltype(add(2.0, Leaf<float, 4>{}))>, float>, "numbers take the tensor's type");
static_assert(std::is_same_v<decltype(add(Leaf<float, 4, 5>{}, Leaf<float, 4>{})), Misfit<AddOp, 5, 4, Shape<4, 5>, Shape<4>>>);
static_assert(plan_of<decltype(add(add(Leaf<float, 4, 5>{}, Leaf<float, 5>{}), Leaf<float, 4, 1>{}))>.kernels == 1);

TEST_CASE("add: golden values and gradients, with broadcasting") {
    const Golden golden{"ops_map.txt"};
    check_golden<Shape<4, 5>, Shape<4, 5>>(golden, "add.same", add);
    check_golden<Shape<4, 5>, Shape<5>>(golden, "add.row", add);
    check_golden<Shape<4, 1>, Shape<1, 5>>(golden, "add.outer", add);
}

TEST_CASE("add: any number of elements") {
    check_sizes_of_two(add, [](double a, double b) { return a + b; }, -2, 2);
}

TEST_CASE("add: numbers on either side, integers, masks of ranks") {
    const auto x = scattered<Tensor<float, 17>>(1);
    const auto left = computed(1.5 + x), right = computed(x + 1.5);
    for (int i = 0; i < 17; ++i) {
        CHECK(left(i) == x(i) + 1.5f);
        CHECK(right(i) == left(i));
    }
    const Tensor<int, 2, 3> a{1, 2, 3, 4, 5, 2147483000};
    const Tensor<int, 3> b{-10, 0, 600};
    CHECK(unlike(computed(a + b), std::vector<int>{-9, 2, 603, -6, 5, 2147483600}, 0) == "");
    const auto most = Tensor<int, 17>::full(2147483647);
    for (int v : computed(most + 1)) CHECK(v == -2147483647 - 1);  // they go round, as in PyTorch
}

TEST_CASE("add: +x is x, of floats, whole numbers, masks and expressions") {
    const auto x = scattered<Tensor<float, 17>>(1);
    CHECK(unlike(computed(+x), std::vector<float>(x.begin(), x.end()), 0) == "");
    const auto thrice = computed(3 * x);
    CHECK(unlike(computed(+(2 * x) + +x), std::vector<float>(thrice.begin(), thrice.end()), 1e-6) == "");
    const Tensor<int, 3> n{-3, 0, 7};
    CHECK(unlike(computed(+n), std::vector<int>{-3, 0, 7}, 0) == "");
    static_assert(std::is_same_v<TypeIn<decltype(+Leaf<bool, 3>{})>, bool>);
}

TEST_CASE("add: broadcasting over first, middle and last axes at once") {
    auto a = scattered<Tensor<double, 3, 1, 5>>(1);
    auto b = scattered<Tensor<double, 2, 1, 7, 1>>(2);
    const auto y = computed(a + b);
    for (int i = 0; i < 2; ++i)
        for (int j = 0; j < 3; ++j)
            for (int k = 0; k < 7; ++k)
                for (int l = 0; l < 5; ++l) CHECK(y(i, j, k, l) == a(j, 0, l) + b(i, 0, k, 0));
    check_gradient(add, a, b);
}

TEST_CASE("add: an operand that occurs twice") {
    const auto x = scattered<Tensor<double, 5>>(1);
    const auto [dx] = gradient(sum(x + x), x);
    for (double g : dx) CHECK(g == 2);
}

}  // namespace strata::test
