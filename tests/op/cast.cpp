// SPDX-License-Identifier: BSL-1.0
#include <strata/op/cast.hpp>

#include <strata/op/compare.hpp>

#include "../support/check.hpp"

namespace strata::test {

static_assert(std::is_same_v<TypeIn<decltype(cast<int>(Leaf<float, 4>{}))>, int>);
static_assert(std::is_same_v<ShapeIn<decltype(cast<int>(Leaf<float, 4, 5>{}))>, Shape<4, 5>>);

/// cast<To> of N numbers against static_cast.
template <class To, class From, int N>
void check_cast(std::initializer_list<double> numbers) {
    CAPTURE(N);
    Tensor<From, N> x;
    const std::vector<double> from(numbers);
    for (int i = 0; i < N; ++i) x(i) = static_cast<From>(from[static_cast<std::size_t>(i) % from.size()]);
    const auto y = computed(cast<To>(x));
    for (int i = 0; i < N; ++i) {
        CAPTURE(i);
        CHECK(y(i) == static_cast<To>(x(i)));
    }
}

TEST_CASE("cast: between numbers, integers and masks") {
    check_cast<std::int32_t, float, 17>({1.9, -1.9, 0, -0.5, 2000000000});
    check_cast<std::int32_t, double, 7>({1.9, -1.9, 0, -0.5, 2000000000});
    check_cast<float, std::int32_t, 17>({1, -7, 16777217, 0, 2147483647});
    check_cast<bool, float, 33>({0, 1, -0.0, 0.25, nan, inf});
    check_cast<bool, std::int32_t, 17>({0, 1, -7});
    check_cast<float, bool, 16>({0, 1, 1});
    check_cast<std::int32_t, bool, 15>({0, 1, 1});
    check_cast<float, float, 15>({0.5, 1, 1});
}

template <class To, class From, int N>
void check_beyond() {
    const From end = -static_cast<From>(std::numeric_limits<To>::min()), most = static_cast<From>(inf);
    const From beyond[] = {static_cast<From>(nan), most, -most, end, end * 4, -end * 4, std::numeric_limits<From>::max()};
    Tensor<From, N> x;
    for (int i = 0; i < N; ++i) x(i) = beyond[i % 7];
    const auto y = computed(cast<To>(x));
    for (int i = 0; i < N; ++i) CHECK(y(i) == std::numeric_limits<To>::min());
    CHECK(computed(cast<To>(Tensor<From, 2>{-end, end / 2}))(0) == std::numeric_limits<To>::min());
    CHECK(computed(cast<To>(Tensor<From, 2>{-end, end / 2}))(1) == std::numeric_limits<To>::max() / 2 + 1);
}
TEST_CASE("cast: what integers do not have becomes the least of them") {
    check_beyond<std::int32_t, float, 7>(), check_beyond<std::int32_t, float, 64>(), check_beyond<std::int64_t, float, 19>();
    check_beyond<std::int32_t, double, 7>(), check_beyond<std::int64_t, double, 7>(), check_beyond<std::int64_t, double, 64>();
}

TEST_CASE("cast: a mask becomes a factor; the gradient goes past it") {
    const auto x = scattered<Tensor<double, 7>>(1);
    const auto [dx] = gradient(sum(cast<double>(x > 0) * x), x);
    for (int i = 0; i < 7; ++i) CHECK(dx(i) == (x(i) > 0 ? 1 : 0));
}

TEST_CASE("cast: to its own type the gradient passes") {
    auto x = scattered<Tensor<double, 7>>(1);
    check_gradient([](const auto& e) { return cast<double>(e) * e; }, x);
}

}  // namespace strata::test
