// SPDX-License-Identifier: BSL-1.0
#include <strata/op/take.hpp>

#include <limits>

#include <strata/op/add.hpp>
#include <strata/op/argmax.hpp>
#include <strata/op/exp.hpp>
#include <strata/op/matmul.hpp>
#include <strata/op/mean.hpp>
#include <strata/op/pad.hpp>
#include <strata/op/relu.hpp>
#include <strata/op/slice.hpp>
#include <strata/op/softmax.hpp>
#include <strata/op/transpose.hpp>

#include "../support/check.hpp"

namespace strata::test {

using T = Leaf<float, 9, 20>;
using I = Leaf<std::int32_t, 4, 6>;
static_assert(std::is_same_v<ShapeIn<decltype(take(T{}, I{}))>, Shape<4, 6, 20>>);
static_assert(std::is_same_v<ShapeIn<decltype(take<1>(T{}, I{}))>, Shape<9, 4, 6>>);
static_assert(std::is_same_v<ShapeIn<decltype(take<-2>(T{}, Leaf<std::int64_t>{}))>, Shape<20>>);
static_assert(std::is_same_v<ShapeIn<decltype(take(T{}, Leaf<std::int32_t, batch<64>, 6>{}))>, Shape<batch<64>, 6, 20>>);
static_assert(std::is_same_v<ShapeIn<decltype(take<1>(Leaf<float, batch<64>, 9, 3>{}, I{}))>, Shape<batch<64>, 4, 6, 3>>);
static_assert(std::is_same_v<TypeIn<decltype(take(Leaf<bool, 9>{}, I{}))>, bool> && std::is_same_v<TypeIn<decltype(take(I{}, I{}))>, std::int32_t>);
// Rows are read where they are wanted.
static_assert(plan_of<decltype(relu(take(T{}, I{})) * 2)>.kernels == 1);
static_assert(plan_of<decltype(mean(take(T{}, I{}), axis<1>))>.kernels == 1);
static_assert(plan_of<decltype(softmax(take(T{}, I{}) + take(T{}, I{})))>.kernels == 1);
static_assert(plan_of<decltype(matmul(take(T{}, Leaf<std::int32_t, 6>{}), Leaf<float, 20, 5>{}))>.kernels == 2);
static_assert(plan_of<decltype(take(relu(T{}), I{}))>.kernels == 2, "a table has to be complete");
static_assert(plan_of<decltype(take(Leaf<float, 1000000, 20>{}, I{}))>.bytes_moved == 4 * 6 * 20 * 8 + 4 * 6 * 4, "what is chosen counts, not the table");
// Mistakes.
static_assert(std::is_same_v<decltype(take(T{}, T{})), TypeMisfit<Take<0>, float, float>>);
static_assert(refused<decltype(take(T{}, Leaf<bool, 4>{}))>);
static_assert(std::is_same_v<decltype(take<2>(T{}, I{})), Misfit<Take<2>, 3, 2, Shape<9, 20>>>);
static_assert(refused<decltype(take<-3>(T{}, I{}))> && refused<decltype(take(Leaf<float>{}, I{}))>);
static_assert(std::is_same_v<decltype(take(Leaf<float, 9, 2, 2, 2>{}, Leaf<std::int32_t, 1, 2, 3>{})), Misfit<Take<0>, 5, 6, Shape<9, 2, 2, 2>, Shape<1, 2, 3>>>);
static_assert(refused<decltype(take(Leaf<float, batch<8>, 3>{}, I{}))> && refused<decltype(take<1>(T{}, Leaf<std::int32_t, batch<8>>{}))>);

/// By its definition: blocks of A before the axis, C elements behind.
template <int Axis, class Table, class Index>
auto reference(const Table& t, const Index& index) {
    constexpr Dims d = Table::Shape::dims();
    constexpr int axis = d.axis(Axis);
    long a = 1, c = 1;
    for (int i = 0; i < axis; ++i) a *= d.extent[i];
    for (int i = axis + 1; i < d.rank; ++i) c *= d.extent[i];
    using E = typename Table::Type;
    std::vector<E> y;
    for (long p = 0; p < a; ++p)
        for (const auto v : index)
            for (long q = 0; q < c; ++q)
                y.push_back(v >= 0 && v < d.extent[axis] ? t.data()[(p * d.extent[axis] + v) * c + q] : std::is_floating_point_v<E> ? static_cast<E>(nan) : E(0));
    return y;
}
/// Every row now and then, some twice in a row, none in order; two in 13 outside.
template <class Index>
Index choices(int rows, bool outside = true) {
    Index index;
    int k = 5;
    for (auto& v : index) {
        v = k % rows;
        if (outside && k % 13 == 2) v = -1 - k % 7;
        if (outside && k % 13 == 9) v = rows + k % 7;
        k = k * 7 % 1009 + (k & 1);
    }
    return index;
}
template <int Axis, class Table, class Index>
void check_take() {
    auto t = Table{};
    int k = 0;
    if constexpr (std::is_floating_point_v<typename Table::Type>)
        scatter(t, 1);
    else
        for (auto& e : t) e = static_cast<typename Table::Type>(++k * 7 % 5 - 2);
    const auto index = choices<Index>(extent<typename Table::Shape, Axis>);
    CHECK(unlike(computed(take<Axis>(t, index)), reference<Axis>(t, index), 0) == "");
}

TEST_CASE("take: rows of a matrix, as wide as less than a vector, a vector and a rest") {
    check_take<0, Tensor<float, 9, 3>, Tensor<std::int32_t, 5>>();
    check_take<0, Tensor<float, 9, 16>, Tensor<std::int64_t, 4, 7>>();
    check_take<0, Tensor<float, 31, 37>, Tensor<std::int32_t, 40>>();
    check_take<0, Tensor<double, 4, 5, 3>, Tensor<std::int64_t, 19>>();
    check_take<0, Tensor<double, 5, 1>, Tensor<std::int32_t, 3, 1, 8>>();
}
TEST_CASE("take: single numbers, columns, planes; integers and masks") {
    check_take<0, Tensor<float, 100>, Tensor<std::int32_t, 37>>();
    check_take<0, Tensor<double, 3>, Tensor<std::int64_t, 5, 9>>();
    check_take<1, Tensor<float, 6, 9>, Tensor<std::int64_t, 35>>();
    check_take<-1, Tensor<double, 2, 3, 9>, Tensor<std::int32_t, 2, 11>>();
    check_take<1, Tensor<float, 3, 4, 21>, Tensor<std::int32_t, 5>>();
    check_take<0, Tensor<std::int32_t, 9, 20>, Tensor<std::int32_t, 17>>();
    check_take<0, Tensor<std::int64_t, 9>, Tensor<std::int64_t, 17>>();
    check_take<0, Tensor<bool, 9, 20>, Tensor<std::int32_t, 17>>();
    check_take<1, Tensor<bool, 3, 9>, Tensor<std::int32_t, 17>>();
}

TEST_CASE("take: indices that no table has read nothing") {
    constexpr auto most = std::numeric_limits<std::int32_t>::max(), least = std::numeric_limits<std::int32_t>::min();
    const auto t = scattered<Tensor<float, 3, 17>>(1);
    const Tensor<std::int32_t, 7> index{most, least, -1, 3, 2, most - 16, least + 17};
    CHECK(unlike(computed(take(t, index)), reference<0>(t, index), 0) == "");
    // Indices are not cut to 32 bits; times the row's length they are more than 64 bits.
    const Tensor<std::int64_t, 6> wide{std::int64_t{1} << 32, (std::int64_t{1} << 32) + 1, std::int64_t{1} << 60, -(std::int64_t{1} << 32) + 2, 1, std::numeric_limits<std::int64_t>::min()};
    CHECK(unlike(computed(take(t, wide)), reference<0>(t, wide), 0) == "");
    CHECK(unlike(computed(take<1>(t, wide)), reference<1>(t, wide), 0) == "");
}

TEST_CASE("take: tables that are views or computed, indices that are computed") {
    const auto t = scattered<Tensor<double, 8, 18>>(1);
    const auto i = choices<Tensor<std::int32_t, 3, 5>>(6, false);
    const auto turned = computed(transpose<1, 0>(t));
    CHECK(unlike(computed(take(transpose<1, 0>(t), i)), computed(take(turned, i)).span(), 0) == "");
    CHECK(unlike(computed(take<1>(slice<0, 1, to_end, 2>(t), i)), reference<1>(computed(slice<0, 1, to_end, 2>(t)), i), 0) == "");
    CHECK(unlike(computed(take(slice<0, 2>(t), i)), reference<0>(computed(slice<0, 2>(t)), i), 0) == "");
    CHECK(unlike(computed(take(pad<0, 2, 1>(t), i)), reference<0>(computed(pad<0, 2, 1>(t)), i), 0) == "");
    CHECK(unlike(computed(take(exp(t), i)), reference<0>(computed(exp(t)), i), 0) == "");
    const auto all = choices<Tensor<std::int32_t, 8>>(8, false);  // results and tables of one shape
    CHECK(unlike(computed(take(exp(t), all)), reference<0>(computed(exp(t)), all), 0) == "");
    CHECK(unlike(computed(take(exp(t), all) + exp(t)), computed(computed(take(computed(exp(t)), all)) + exp(t)).span(), 0) == "");
    CHECK(unlike(computed(take(broadcast<Shape<6, 2>>(Tensor<double, 1, 1>{4.5}), i)), std::vector<double>(30, 4.5), 0) == "");
    const auto shifted = computed(i + 1);
    CHECK(unlike(computed(take(t, i + 1)), reference<0>(t, shifted), 0) == "");
    CHECK(unlike(computed(take<1>(t, i + 1)), reference<1>(t, shifted), 0) == "");
    CHECK(unlike(computed(take(t, transpose<1, 0>(i))), reference<0>(t, computed(transpose<1, 0>(i))), 0) == "");
    const auto best = computed(argmax(t));
    CHECK(unlike(computed(take<1>(t, argmax(t))), reference<1>(t, best), 0) == "");
    CHECK(unlike(computed(take(t, index<8>())), t.span(), 0) == "");
    CHECK(unlike(computed(take(take(t, i + 1), Tensor<std::int32_t, 2>{2, 0})), reference<0>(computed(take(t, shifted)), Tensor<std::int32_t, 2>{2, 0}), 0) == "");
}

TEST_CASE("take: in maps, folds and products") {
    const auto t = scattered<Tensor<double, 8, 18>>(1);
    const auto w = scattered<Tensor<double, 18, 5>>(2), at = scattered<Tensor<double, 18, 5>>(3);
    const auto i = choices<Tensor<std::int32_t, 3, 5>>(8, false);
    const auto j = choices<Tensor<std::int64_t, 6>>(8, false);
    const auto rows = computed(take(t, i));
    const auto some = computed(take(t, j));
    CHECK(unlike(computed(relu(take(t, i)) * 2), computed(relu(rows) * 2).span(), 0) == "");
    CHECK(unlike(computed(mean(take(t, i), axis<1>)), computed(mean(rows, axis<1>)).span(), 1e-14) == "");
    CHECK(unlike(computed(sum(take(t, i), axis<0>)), computed(sum(rows, axis<0>)).span(), 1e-14) == "");
    CHECK(unlike(computed(sum(take(t, i), axes<0, 1>)), computed(sum(rows, axes<0, 1>)).span(), 1e-14) == "");
    CHECK(unlike(computed(sum(take(t, i))), computed(sum(rows)).span(), 1e-14) == "");
    CHECK(unlike(computed(softmax(take(t, i), axis<1>)), computed(softmax(rows, axis<1>)).span(), 1e-14) == "");
    CHECK(unlike(computed(softmax(take<1>(t, j))), computed(softmax(computed(take<1>(t, j)))).span(), 1e-14) == "");
    CHECK(unlike(computed(matmul(take(t, j), w)), computed(matmul(some, w)).span(), 1e-14) == "");
    CHECK(unlike(computed(matmul(relu(take(t, j)), take(w, index<18>()))), computed(matmul(relu(some), w)).span(), 1e-14) == "");
    CHECK(unlike(computed(relu(matmul(t, w) + take(at, choices<Tensor<std::int32_t, 8>>(18, false)))),
                 computed(relu(matmul(t, w) + computed(take(at, choices<Tensor<std::int32_t, 8>>(18, false))))).span(), 1e-14) == "");
    CHECK(unlike(computed(transpose<1, 0>(take(t, j))), computed(transpose<1, 0>(some)).span(), 0) == "");
}

}  // namespace strata::test
