// SPDX-License-Identifier: BSL-1.0
#include <strata/kernel/cuda/family.cuh>

#include <doctest/doctest.h>

#include <strata/op.hpp>

#include "../../support/steps.hpp"

namespace strata::test {
namespace {

constexpr auto net = [](auto x, auto w, auto table, auto index) {
    const auto y = apply<Conv2dOp<Sliding<1, 1>>>(x, w);
    const auto pooled = apply<MaxPoolOp<2, 2, Sliding<2, 2>>>(y);
    return results(max_keep(pooled, axis<-1>), matmul(table, transpose<1, 0>(table)) * 2, take<0>(table, index));
};
using Net = Program<Traced<decltype(net), float, 1, true, In<float, 2, 3, 6, 6>, In<float, 4, 3, 3, 3>, In<float, 5, 7>, In<std::int32_t, 3>>>;

/// What every family says of a step.
template <int S>
bool complete() {
    using K = cuda::KernelFor<typename Net::StepType<S>>;
    constexpr dim3 grid = K::grid();
    void (*const launch)(const cuda::Launch&, void* const*) = &K::launch;
    return K::operands > 0 && K::threads % 32 == 0 && K::threads <= 1024 && grid.x > 0 && grid.y > 0 && grid.z > 0 && K::bytes >= 0 && K::workspace >= 0 && K::tickets >= 0 && launch != nullptr;
}
template <int... S>
void check_all(std::integer_sequence<int, S...>) {
    for (const bool one : {complete<S>()...}) CHECK(one);
}
TEST_CASE("every family tells its grid, its threads and its memory while compiling") {
    unsigned kinds = 0;
    for (int i = 0; i < Net::plan.groups; ++i) kinds |= 1u << static_cast<int>(Net::plan.group[i].anchor);
    CHECK(kinds == (1u << static_cast<int>(Kind::map) | 1u << static_cast<int>(Kind::contract) | 1u << static_cast<int>(Kind::convolution) | 1u << static_cast<int>(Kind::window)));
    check_all(std::make_integer_sequence<int, Net::kernels>{});
}

}  // namespace
}  // namespace strata::test
