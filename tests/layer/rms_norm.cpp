// SPDX-License-Identifier: BSL-1.0
#include <strata/layer/rms_norm.hpp>

#include <cmath>
#include <type_traits>

#include "../support/check.hpp"
#include "../support/probe.hpp"

namespace st = strata;

namespace {
template <class In>
void check() {
    constexpr int n = st::last<In>;
    st::test::Probe<st::RmsNorm, In> probe;
    static_assert(std::is_same_v<typename decltype(probe)::Output, In>);
    double* weight = probe.field("weight");
    for (int i = 0; i < n; ++i) {
        CHECK(weight[i] == 1);
        weight[i] = 1 + 0.1 * i;
    }
    const auto infer = probe.infer(), train = probe.train();
    for (std::size_t row = 0; row < probe.x.size(); row += n) {
        double squares = 0;
        for (std::size_t k = 0; k < n; ++k) squares += probe.x[row + k] * probe.x[row + k] / n;
        for (std::size_t k = 0; k < n; ++k) {
            const double wanted = probe.x[row + k] / std::sqrt(squares + 1e-5) * weight[k];
            CHECK(std::abs(infer[row + k] - wanted) <= 1e-12);
            CHECK(std::abs(train[row + k] - wanted) <= 1e-12);
        }
    }
    probe.check_gradient();
}
/// The layer's field, as an expression.
template <class E>
struct Field {
    E weight;
};
constexpr auto rms_norm = [](const auto& x, const auto& weight) {
    using st::detail::wrap;
    return st::RmsNorm::forward(Field<st::detail::Wrapped<std::remove_cvref_t<decltype(weight)>>>{wrap(weight)}, wrap(x));
};
}  // namespace

static_assert(st::plan_of<st::Session<st::Model<st::RmsNorm, st::Shape<256>>, 32>>.kernels == 1);

TEST_CASE("PyTorch's values and gradients") {
    using namespace st::test;
    check_golden<st::Shape<4, 6>, st::Shape<6>>(Golden{"ops_norm.txt"}, "rms_norm.last", rms_norm);
}
TEST_CASE("over the features of a sample") { check<st::Shape<6>>(); }
TEST_CASE("over the last axis of a sequence") { check<st::Shape<3, 5>>(); }
TEST_CASE("parameters: one for each place of the last axis; zeros stay zeros") {
    static_assert(st::Model<st::RmsNorm, st::Shape<7, 12>>::cost.parameters == 12);
    static_assert(st::Model<st::RmsNorm, st::Shape<7, 12>>::cost.states == 0);
    st::test::Probe<st::RmsNorm, st::Shape<4>> probe;
    for (double& x : probe.x) x = 0;
    for (const double y : probe.infer()) CHECK(y == 0);
}
