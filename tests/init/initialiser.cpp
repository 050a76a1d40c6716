// SPDX-License-Identifier: BSL-1.0
#include <strata/init/initialiser.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include <strata/layer/dense.hpp>
#include <strata/layer/sequential.hpp>
#include <strata/model/model.hpp>

#include "../support/here.hpp"

namespace strata::test {

constexpr Dims dense{2, {100, 300}}, image{4, {32, 16, 5, 4}}, bias{1, {30000}};

static_assert(detail::fans(dense).in == 100 && detail::fans(dense).out == 300);
static_assert(detail::fans(image).in == 16 * 20 && detail::fans(image).out == 32 * 20, "a window's elements count for both");
static_assert(detail::fans(bias).in == 1);

struct Moments {
    double mean = 0, deviation = 0, most = 0, fourth = 0;
};
template <class Init, class T>
Moments moments(const Dims& d, std::uint64_t seed = 1) {
    std::vector<T> p(static_cast<std::size_t>(d.size()));
    Init::fill(p.data(), d, Seed{seed}, 5);
    Moments m;
    const double n = static_cast<double>(p.size());
    for (T v : p) m.mean += static_cast<double>(v) / n;
    for (T v : p) {
        const double c = static_cast<double>(v) - m.mean;
        m.deviation += c * c / n;
        m.fourth += c * c * c * c / n;
        m.most = std::fmax(m.most, std::abs(static_cast<double>(v)));
    }
    m.fourth /= m.deviation * m.deviation;
    m.deviation = std::sqrt(m.deviation);
    return m;
}
/// Uniform in +-bound: deviation bound / sqrt 3, fourth moment 9/5, all of the range used.
template <class Init, class T>
void check_uniform(const Dims& d, double bound) {
    const auto m = moments<Init, T>(d);
    const double n = static_cast<double>(d.size());
    CHECK(std::abs(m.mean) < 4 * bound / std::sqrt(3 * n));
    CHECK(std::abs(m.deviation * std::sqrt(3) / bound - 1) < 4 / std::sqrt(n));
    CHECK(m.most <= bound * (1 + 1e-6));
    CHECK(m.most > bound * 0.999);
    CHECK(std::abs(m.fourth - 1.8) < 0.05);
}
/// Normal: fourth moment 3, and some far out.
template <class Init, class T>
void check_normal(const Dims& d, double deviation) {
    const auto m = moments<Init, T>(d);
    const double n = static_cast<double>(d.size());
    CHECK(std::abs(m.mean) < 4 * deviation / std::sqrt(n));
    CHECK(std::abs(m.deviation / deviation - 1) < 4 / std::sqrt(2 * n));
    CHECK(std::abs(m.fourth - 3) < 0.25);
    CHECK(m.most > 3 * deviation);
    CHECK(m.most < 7 * deviation);
}

TEST_CASE("Zeros and Ones") {
    for (float v : [] { std::vector<float> p(7, 5); Zeros::fill(p.data(), Dims{1, {7}}, Seed{1}, 0); return p; }()) CHECK(v == 0);
    for (double v : [] { std::vector<double> p(7, 5); Ones::fill(p.data(), Dims{1, {7}}, Seed{1}, 0); return p; }()) CHECK(v == 1);
}

TEST_CASE("bounds and deviations as the papers have them") {
    check_uniform<GlorotUniform, float>(dense, std::sqrt(6.0 / 400));
    check_normal<GlorotNormal, float>(dense, std::sqrt(2.0 / 400));
    check_uniform<HeUniform, float>(dense, std::sqrt(6.0 / 100));
    check_normal<HeNormal, double>(dense, std::sqrt(2.0 / 100));
    check_uniform<FanInUniform, double>(dense, 0.1);
    check_uniform<GlorotUniform, float>(image, std::sqrt(6.0 / (48 * 20)));
    check_normal<HeNormal, float>(image, std::sqrt(2.0 / 320));
    check_uniform<FanInUniform, float>(image, 1 / std::sqrt(320.0));
    check_normal<Normal<20>, float>(bias, 0.02);
    check_uniform<Uniform<50>, float>(bias, 0.05);
}

template <class Init>
std::vector<float> filled(std::uint64_t seed, std::uint64_t stream) {
    std::vector<float> p(100);
    Init::fill(p.data(), Dims{2, {10, 10}}, Seed{seed}, stream);
    return p;
}
template <class Init>
void check_seeds() {
    CHECK(filled<Init>(1, 2) == filled<Init>(1, 2));
    CHECK(filled<Init>(1, 2) != filled<Init>(2, 2));
    CHECK(filled<Init>(1, 2) != filled<Init>(1, 3));
}

TEST_CASE("the same seed and stream give the same numbers, others give others") {
    check_seeds<GlorotUniform>();
    check_seeds<HeNormal>();
    check_seeds<FanInUniform>();
}

TEST_CASE("float and double begin at the same place") {
    std::vector<float> f(100);
    std::vector<double> d(100);
    GlorotNormal::fill(f.data(), Dims{2, {10, 10}}, Seed{3}, 1);
    GlorotNormal::fill(d.data(), Dims{2, {10, 10}}, Seed{3}, 1);
    for (std::size_t i = 0; i < 100; ++i) CHECK(f[i] == static_cast<float>(d[i]));
}

TEST_CASE("a model's parameters are those numbers, to the bit, on every place") {
    const Model<Sequential<Dense<17>, Dense<5>>, Shape<9>, Here> model(Seed{3});
    const Model<Sequential<Dense<17>, Dense<5>>, Shape<9>, Host> host(Seed{3});
    long apart = 0, drawn = 0;
    for (long i = 0; i < host.parameter_block(); ++i) {
        apart += model.parameters()[i] != host.parameters()[i];
        drawn += host.parameters()[i] != 0;
    }
    CHECK(apart == 0);
    CHECK(drawn == 9 * 17 + 17 * 5);  // biases begin at zero, as does what pads the block
}

}  // namespace strata::test
