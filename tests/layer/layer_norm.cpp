// SPDX-License-Identifier: BSL-1.0
#include <strata/layer/layer_norm.hpp>

#include <cmath>
#include <type_traits>

#include "../support/check.hpp"
#include "../support/probe.hpp"

namespace st = strata;

namespace {
template <class In>
void check() {
    constexpr int n = st::last<In>;
    st::test::Probe<st::LayerNorm, In> probe;
    static_assert(std::is_same_v<typename decltype(probe)::Output, In>);
    double *weight = probe.field("weight"), *bias = probe.field("bias");
    for (int i = 0; i < n; ++i) {
        CHECK(weight[i] == 1);
        CHECK(bias[i] == 0);
        weight[i] = 1 + 0.1 * i;
        bias[i] = 0.2 - 0.3 * i;
    }
    const auto infer = probe.infer(), train = probe.train();
    for (std::size_t row = 0; row < probe.x.size(); row += n) {
        double mean = 0, variance = 0;
        for (std::size_t k = 0; k < n; ++k) mean += probe.x[row + k] / n;
        for (std::size_t k = 0; k < n; ++k) variance += (probe.x[row + k] - mean) * (probe.x[row + k] - mean) / n;
        for (std::size_t k = 0; k < n; ++k) {
            const double wanted = (probe.x[row + k] - mean) / std::sqrt(variance + 1e-5) * weight[k] + bias[k];
            CHECK(std::abs(infer[row + k] - wanted) <= 1e-12);
            CHECK(std::abs(train[row + k] - wanted) <= 1e-12);
        }
    }
    probe.check_gradient();
}
/// The layer's fields, as expressions.
template <class E>
struct Fields {
    E weight, bias;
};
constexpr auto layer_norm = [](const auto& x, const auto& weight, const auto& bias) {
    using st::detail::wrap;
    return st::LayerNorm::forward(Fields<st::detail::Wrapped<std::remove_cvref_t<decltype(weight)>>>{wrap(weight), wrap(bias)}, wrap(x));
};
}  // namespace

TEST_CASE("PyTorch's values and gradients") {
    using namespace st::test;
    const Golden golden{"ops_norm.txt"};
    check_golden<st::Shape<4, 6>, st::Shape<6>, st::Shape<6>>(golden, "layer_norm.last", layer_norm);
    check_golden<st::Shape<2, 3, 5>, st::Shape<5>, st::Shape<5>>(golden, "layer_norm.deep", layer_norm);
    // Far from 0 the numbers themselves have few digits left in float; a variance of one pass would have none.
    check_golden_in<double, st::Shape<4, 6>, st::Shape<6>, st::Shape<6>>(golden, "layer_norm.offset", layer_norm, Smooth::yes);
    const auto x = golden_tensor<Tensor<float, 4, 6>>(golden, "layer_norm.offset.x0");
    const auto weight = golden_tensor<Tensor<float, 6>>(golden, "layer_norm.offset.x1"), bias = golden_tensor<Tensor<float, 6>>(golden, "layer_norm.offset.x2");
    CHECK(unlike(computed(layer_norm(x, weight, bias)), golden.values("layer_norm.offset.y"), 1e-4) == "");
}
TEST_CASE("over the features of a sample") { check<st::Shape<6>>(); }
TEST_CASE("over the last axis of a sequence") { check<st::Shape<3, 5>>(); }
TEST_CASE("parameters: two for each place of the last axis") {
    static_assert(st::Model<st::LayerNorm, st::Shape<7, 12>>::cost.parameters == 24);
    static_assert(st::Model<st::LayerNorm, st::Shape<7, 12>>::cost.states == 0);
}
