// SPDX-License-Identifier: BSL-1.0
#include <strata/core/shape.hpp>

#include <doctest/doctest.h>

#include <vector>

#include <cstring>
#include <numeric>
#include <type_traits>

namespace strata::test {

static_assert(Shape<>::rank == 0 && Shape<>::size == 1);
static_assert(Shape<2, 3, 4>::rank == 3 && Shape<2, 3, 4>::size == 24);
static_assert(Shape<batch<64>, 10>::size == 640, "a bounded batch counts by its capacity");
static_assert(std::is_same_v<Shape<batch<64>, 10>, Shape<-64, 10>>);
static_assert(Shape<100000, 50000>::size == 5'000'000'000L, "beyond 32 bits");

static_assert(capacity(7) == 7 && capacity(-7) == 7);
static_assert(Batch<8>::capacity == 8);

static_assert(last<Shape<2, 3, 4>> == 4 && last<Shape<7>> == 7 && last<Shape<>> == 1);
static_assert(extent<Shape<2, 3, 4>, 0> == 2 && extent<Shape<2, 3, 4>, 2> == 4);
static_assert(extent<Shape<2, 3, 4>, -1> == 4 && extent<Shape<2, 3, 4>, -3> == 2);

static_assert(std::is_same_v<SampleShape<Shape<64, 3, 2>>, Shape<3, 2>>);
static_assert(std::is_same_v<SampleShape<Shape<64>>, Shape<>>);
static_assert(std::is_same_v<BatchShape<Shape<3, 2>, batch<64>>, Shape<-64, 3, 2>>);
static_assert(std::is_same_v<BatchShape<Shape<>, 5>, Shape<5>>);
static_assert(std::is_same_v<SampleShape<BatchShape<Shape<3, 2>, 9>>, Shape<3, 2>>);
static_assert(std::is_same_v<CapacityShape<Shape<-64, 3>>, Shape<64, 3>>);
static_assert(detail::is_shape<Shape<>> && detail::is_shape<Shape<1, 2>> && !detail::is_shape<int>);

TEST_CASE("a shape as a value") {
    constexpr Dims d = Shape<-64, 3, 4>::dims();
    static_assert(d.rank == 3 && d[0] == -64 && d[2] == 4 && d.size() == 768 && d.bounded());
    static_assert(!Shape<64, 3>::dims().bounded() && !Dims{}.bounded());
    static_assert(d.axis(0) == 0 && d.axis(2) == 2 && d.axis(-1) == 2 && d.axis(-3) == 0);
    Dims e = d;
    CHECK(e == d);
    e[2] = 5;
    CHECK(e[2] == 5);
    CHECK(!(e == d));
    CHECK(Dims{}.size() == 1);
}

TEST_CASE("shapes are equal by their axes only") {
    Dims a{2, {3, 4, 99}}, b{2, {3, 4, 7}};
    CHECK(a == b);
    CHECK(!(a == Dims{3, {3, 4, 99}}));
    CHECK(!(Dims{1, {-3}} == Dims{1, {3}}));
}

// Shapes lie in memory as this does: g++ 12 for AVX-512 needs cmake/StrataCompiler.cmake to copy it.
constexpr int known[20] = {3, 2, 3, 2, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 3, 2, 3, 2};
template <int N>
[[gnu::noinline]] void copy_known(int* to) {
    std::memcpy(to, known, sizeof(int) * N);
}
TEST_CASE("what the compiler knows is copied as it is") {
    int copy[20];
    const auto sum = [&](int count) { return std::accumulate(copy, copy + count, 0); };
    copy_known<10>(copy);
    CHECK(sum(10) == 12);
    copy_known<20>(copy);
    CHECK(sum(20) == 28);
    const std::vector<double> array{1, 1, 1, 0};  // from an array of the compiler's
    for (std::size_t k = 0; k < 4; ++k) CHECK(array[k] == (k < 3 ? 1 : 0));
}

}  // namespace strata::test
