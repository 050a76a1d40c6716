// SPDX-License-Identifier: BSL-1.0
#include <strata/layer/dense.hpp>

#include <cmath>
#include <type_traits>

#include "../support/probe.hpp"

namespace st = strata;

namespace {
// y = x W + b on rows of 5.
template <class P>
void check_values(P& probe, const double* weight, const double* bias, int out) {
    const auto infer = probe.infer(), train = probe.train();
    const int rows = static_cast<int>(probe.x.size()) / 5;
    REQUIRE(static_cast<int>(infer.size()) == rows * out);
    for (int r = 0; r < rows; ++r)
        for (int o = 0; o < out; ++o) {
            double wanted = bias == nullptr ? 0 : bias[o];
            for (int k = 0; k < 5; ++k) wanted += probe.x[static_cast<std::size_t>(5 * r + k)] * weight[k * out + o];
            const auto at = static_cast<std::size_t>(r * out + o);
            CHECK(std::abs(infer[at] - wanted) <= 1e-13);
            CHECK(std::abs(train[at] - wanted) <= 1e-13);
        }
}
using NoBias = st::Dense<7, st::HeUniform, st::NoBias>;
}  // namespace

TEST_CASE("shapes and parameters follow from the input") {
    using M = st::Model<st::Dense<7>, st::Shape<5>>;
    static_assert(std::is_same_v<M::Output, st::Shape<7>>);
    static_assert(M::cost.parameters == 6 * 7 && M::parts() == 2);
    using Sequence = st::Model<st::Dense<7>, st::Shape<9, 5>>;
    static_assert(std::is_same_v<Sequence::Output, st::Shape<9, 7>>);
    static_assert(Sequence::cost.parameters == 6 * 7);
    static_assert(st::Model<NoBias, st::Shape<5>>::cost.parameters == 5 * 7 && st::Model<NoBias, st::Shape<5>>::parts() == 1);
}
TEST_CASE("y = x W + b, and its gradient") {
    st::test::Probe<st::Dense<7>, st::Shape<5>> probe;
    for (int i = 0; i < 7; ++i) probe.field("bias")[i] = 0.125 * i - 0.5;
    check_values(probe, probe.field("weight"), probe.field("bias"), 7);
    probe.check_gradient();
}
TEST_CASE("on each row of a sequence") {
    st::test::Probe<st::Dense<7>, st::Shape<4, 5>> probe;
    for (int i = 0; i < 7; ++i) probe.field("bias")[i] = 0.125 * i - 0.5;
    check_values(probe, probe.field("weight"), probe.field("bias"), 7);
    probe.check_gradient();
}
TEST_CASE("without bias") {
    st::test::Probe<NoBias, st::Shape<5>> probe;
    check_values(probe, probe.field("weight"), nullptr, 7);
    probe.check_gradient();
}
