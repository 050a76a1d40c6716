// SPDX-License-Identifier: BSL-1.0
#include <strata/tensor/nested.hpp>

#include <type_traits>
#include <vector>

#include <doctest/doctest.h>

#include <strata/exec/expression.hpp>

namespace st = strata;

template <class T>
std::vector<double> elements(const T& t) {
    return {t.begin(), t.end()};
}
template <class R>
concept OfTwoRows = requires { R{{1, 2}, {3, 4}}; };
static_assert(OfTwoRows<st::Tensor<float, 2, 2>>);
template <class S, class T, int... D>
using Fault = st::detail::RowsFault<S, typename st::detail::RowOfTensor<T, D...>::type, 2, 2>;
static_assert(std::is_same_v<Fault<st::Shape<2, 3>, float, 2, 3>, st::RowsDoNotFit<st::Shape<2, 3>, 3, 2>>, "too few in a row");
static_assert(std::is_same_v<Fault<st::Shape<4, 1>, float, 4, 1>, st::RowsDoNotFit<st::Shape<4, 1>, 1, 2>>, "too many in a row");
static_assert(std::is_same_v<Fault<st::Shape<4, 65>, float, 4, 65>, st::TooLongForBraces<st::Shape<4, 65>, 64>>);

TEST_CASE("a tensor from nested braces") {
    const st::Tensor<float, 2, 3> a{{1, 2, 3}, {4, 5, 6}};
    CHECK(elements(a) == std::vector<double>{1, 2, 3, 4, 5, 6});
    const st::Tensor<std::int32_t, 2, 1> column{1, 2};
    CHECK(elements(column) == std::vector<double>{1, 2});
    const st::Tensor<double, 2, 2, 2> b = {{{1, 2}, {3, 4}}, {{5, 6}, {7, 8}}};
    CHECK(elements(b) == std::vector<double>{1, 2, 3, 4, 5, 6, 7, 8});
    const st::Tensor<st::f16, 1, 2> c{{0.5f, 2}};
    CHECK(elements(c) == std::vector<double>{0.5, 2});
    const st::Tensor<float, 2, 2> flat{1, 2, 3, 4}, wrapped{{1, 2, 3, 4}};
    CHECK(elements(flat) == elements(wrapped));
}
TEST_CASE("rows of another number are told when the program runs") {
    CHECK_THROWS_AS((st::Tensor<float, 3, 2>{{1, 2}, {3, 4}}), st::DataError);
    CHECK_THROWS_AS((st::Tensor<float, 2, 2>{{1, 2}, {3, 4}, {5, 6}}), st::DataError);
}
