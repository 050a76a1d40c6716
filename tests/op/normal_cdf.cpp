// SPDX-License-Identifier: BSL-1.0
#include <strata/op/normal_cdf.hpp>

#include <cstring>

#include "../support/check.hpp"

namespace strata::test {

static_assert(std::is_same_v<ShapeIn<decltype(normal_cdf(Leaf<float, 4, 5>{}))>, Shape<4, 5>>);
static_assert(std::is_same_v<TypeIn<decltype(normal_cdf(Leaf<double, 3>{}))>, double>);
static_assert(refused<decltype(normal_cdf(Leaf<std::int32_t, 3>{}))>);
static_assert(plan_of<decltype(normal_cdf(normal_cdf(Leaf<float, 33>{})))>.kernels == 1);

const auto normal = [](double x) { return 0.5 * std::erfc(-x * std::sqrt(0.5)); };

TEST_CASE("normal_cdf: any number of elements") {
    check_sizes(normal_cdf, normal, -6, 6);
}

TEST_CASE("normal_cdf: special numbers") {
    check_special(normal_cdf, {{nan, nan}, {inf, 1}, {-inf, 0}, {1000, 1}, {-1000, 0}, {0, 0.5}});
}

TEST_CASE("normal_cdf: floats of all exponents, within 1.5e-7 of 1 and, where x > -6.5, within 1e-5 of itself") {
    constexpr int count = 0x7f800000 / 0x10007 + 1, signs = 2;
    Tensor<float, signs, count> x;
    for (int s = 0; s < signs; ++s)
        for (int i = 0; i < count; ++i) {
            const std::uint32_t bits = static_cast<std::uint32_t>(i) * 0x10007u + static_cast<std::uint32_t>(s) * 0x80000000u;
            std::memcpy(&x(s, i), &bits, 4);
        }
    const auto y = computed(normal_cdf(x));
    double far = 0, share = 0, most = 0;
    for (int s = 0; s < signs; ++s)
        for (int i = 0; i < count; ++i) {
            const double at = static_cast<double>(x(s, i)), got = static_cast<double>(y(s, i)), off = std::abs(got - normal(at));
            most = std::fmax(most, std::isnan(got) ? inf : got);
            far = std::fmax(far, off);
            if (at > -6.5) share = std::fmax(share, off / normal(at));
        }
    CHECK(most == 1);
    CHECK(far <= 1.5e-7);
    CHECK(share <= 1e-5);
}

TEST_CASE("normal_cdf: from -6.5 to 6.5, as close, and never falling by more than its last digits") {
    constexpr int count = 1 << 15;
    Tensor<float, count> x;
    for (int i = 0; i < count; ++i) x(i) = static_cast<float>(-6.5 + 13.0 * i / (count - 1));
    const auto y = computed(normal_cdf(x));
    double far = 0, share = 0, falls = 0;
    for (int i = 0; i < count; ++i) {
        const double want = normal(static_cast<double>(x(i))), off = std::abs(static_cast<double>(y(i)) - want);
        far = std::fmax(far, off);
        share = std::fmax(share, off / want);
        if (i > 0) falls = std::fmax(falls, static_cast<double>(y(i - 1)) - static_cast<double>(y(i)));
    }
    CHECK(far <= 1.5e-7);
    CHECK(share <= 1e-5);
    CHECK(falls <= 1.2e-7);
}

TEST_CASE("normal_cdf: the gradient is the density, also of double") {
    Tensor<double, 41> x;
    for (int i = 0; i < 41; ++i) x(i) = -5 + 0.25 * i;
    const auto [dx] = gradient(sum(normal_cdf(x)), x);
    for (int i = 0; i < 41; ++i) CHECK(static_cast<double>(dx(i)) == doctest::Approx(std::exp(-0.5 * x(i) * x(i)) / std::sqrt(2 * std::acos(-1.0))).epsilon(1e-12).scale(0));
}

}  // namespace strata::test
