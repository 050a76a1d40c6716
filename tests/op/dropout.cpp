// SPDX-License-Identifier: BSL-1.0
#include <strata/op/dropout.hpp>

#include <strata/op/add.hpp>

#include "../support/check.hpp"

namespace strata::test {

static_assert(std::is_same_v<ShapeIn<decltype(dropout(Leaf<float, 4, 5>{}, 0.5))>, Shape<4, 5>>);
static_assert(std::is_same_v<TypeIn<decltype(dropout(Leaf<float, 4, 5>{}, 0.5))>, float>);
static_assert(plan_of<decltype(dropout(Leaf<float, 4, 5>{}, 0.5))>.kernels == 1, "the mask is drawn where it is used");

template <class T, int N>
int check_drop(double rate) {
    CAPTURE(N);
    const auto x = scattered<Tensor<T, N>>(1, 1, 2);
    const auto y = computed(dropout(x, rate));
    int dropped = 0;
    for (int i = 0; i < N; ++i) {
        CAPTURE(i);
        if (y(i) == 0)
            ++dropped;
        else
            CHECK(near(static_cast<double>(y(i)), static_cast<double>(x(i)) / (1 - rate), tolerance<T>));
    }
    return dropped;
}

TEST_CASE("dropout: about the rate is dropped, the rest grows") {
    // Four standard deviations of a binomial.
    for (double rate : {0.1, 0.5, 0.9}) {
        CAPTURE(rate);
        CHECK(std::abs(check_drop<float, 4000>(rate) - 4000 * rate) < 4 * std::sqrt(4000 * rate * (1 - rate)));
    }
    CHECK(std::abs(check_drop<double, 1001>(0.5) - 500.5) < 64);
    CHECK(check_drop<float, 17>(0) == 0);
}

TEST_CASE("dropout: the mask goes by the element's place, not by vectors or shapes") {
    const auto all = Tensor<float, 100>::full(1);
    const auto few = Tensor<float, 7>::full(1);
    const auto square_one = Tensor<float, 10, 10>::full(1);
    const auto y = computed(dropout(all, 0.5)), again = computed(dropout(all, 0.5));
    const auto first = computed(dropout(few, 0.5));
    const auto square_two = computed(dropout(square_one, 0.5));
    const auto in_double = computed(dropout(Tensor<double, 100>::full(1), 0.5));
    for (int i = 0; i < 100; ++i) {
        CHECK(y(i) == again(i));
        CHECK(y(i) == square_two.data()[i]);
        CHECK(static_cast<double>(y(i)) == in_double(i));
    }
    for (int i = 0; i < 7; ++i) CHECK(y(i) == first(i));
}

TEST_CASE("dropout: each call has its own mask") {
    const auto x = Tensor<float, 200>::full(1);
    const auto y = computed(dropout(x, 0.5) + 10 * dropout(x, 0.5));
    int kinds[4] = {};
    for (float v : y) ++kinds[(v == 2 || v == 22 ? 1 : 0) + (v >= 20 ? 2 : 0)];
    for (int k : kinds) CHECK(k > 20);
}

TEST_CASE("dropout: the gradient is dropped where the value is") {
    const auto x = scattered<Tensor<double, 33>>(1, 1, 2);
    const auto y = computed(dropout(x, 0.25));
    const auto [dx] = gradient(sum(dropout(x, 0.25)), x);
    for (int i = 0; i < 33; ++i) CHECK(near(dx(i), y(i) == 0 ? 0 : 4.0 / 3, 1e-14));
}

}  // namespace strata::test
