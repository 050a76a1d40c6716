// SPDX-License-Identifier: BSL-1.0
#include <strata/op/index.hpp>

#include <strata/op/select.hpp>

#include "../support/check.hpp"

namespace strata::test {

static_assert(std::is_same_v<ShapeIn<decltype(index<5>())>, Shape<5>>);
static_assert(std::is_same_v<TypeIn<decltype(index<5>())>, std::int32_t>);
static_assert(std::is_same_v<ShapeIn<decltype(one_hot<10>(Leaf<int, 6>{}))>, Shape<6, 10>>);
static_assert(std::is_same_v<ShapeIn<decltype(one_hot<10>(Leaf<int, 6, 4>{}))>, Shape<6, 4, 10>>);
static_assert(std::is_same_v<TypeIn<decltype(one_hot<10>(Leaf<int, 6>{}))>, bool>);
static_assert(plan_of<decltype(one_hot<10>(Leaf<int, 6>{}))>.kernels == 1);

template <int N>
void check_index() {
    CAPTURE(N);
    const auto y = computed(index<N>());
    for (int i = 0; i < N; ++i) CHECK(y(i) == i);
}

TEST_CASE("index: 0 to N - 1") {
    check_index<1>();
    check_index<7>();
    check_index<16>();
    check_index<33>();
}

template <int Batch, int Classes, class Label = std::int32_t>
void check_one_hot() {
    CAPTURE(Classes);
    Tensor<Label, Batch> labels;
    for (int i = 0; i < Batch; ++i) labels(i) = i * 7 % Classes;
    const auto y = computed(one_hot<Classes>(labels));
    for (int i = 0; i < Batch; ++i)
        for (int c = 0; c < Classes; ++c) CHECK(y(i, c) == (labels(i) == c));
}

TEST_CASE("one_hot: true at the label") {
    check_one_hot<1, 1>();
    check_one_hot<5, 10>();
    check_one_hot<17, 3>();
    check_one_hot<3, 33>();
    check_one_hot<17, 3, std::int64_t>();
}

TEST_CASE("one_hot: a label out of range is nowhere") {
    const Tensor<std::int32_t, 3> labels{-1, 2, 3};
    const auto y = computed(one_hot<3>(labels));
    for (int c = 0; c < 3; ++c) {
        CHECK(y(0, c) == false);
        CHECK(y(1, c) == (c == 2));
        CHECK(y(2, c) == false);
    }
}

TEST_CASE("one_hot: picks a column of numbers, whose gradient goes there") {
    auto x = scattered<Tensor<double, 4, 5>>(1);
    const Tensor<std::int32_t, 4> labels{4, 0, 2, 2};
    const auto pick = [&](const auto& e) { return sum(select(one_hot<5>(labels), e, 0), axis<-1>); };
    const auto y = computed(pick(x));
    for (int i = 0; i < 4; ++i) CHECK(y(i) == x(i, labels(i)));
    check_gradient(pick, x);
}

}  // namespace strata::test
