// SPDX-License-Identifier: BSL-1.0
#include <strata/expr/elementwise.hpp>

#include <doctest/doctest.h>

#include <strata/op/relu.hpp>

#include "../support/check.hpp"

namespace strata::test {

using One = Elementwise<1>;
using Three = Elementwise<3>;
static_assert(One::kind == Kind::map && One::arity == 1 && Three::arity == 3);
static_assert(One::fit(Dims{3, {2, 3, 4}}).dims == Dims{3, {2, 3, 4}});
static_assert(Three::fit(Dims{2, {4, 1}}, Dims{1, {5}}, Dims{3, {2, 1, 1}}).dims == Dims{3, {2, 4, 5}}, "all operands broadcast together");
static_assert(!Three::fit(Dims{2, {4, 1}}, Dims{1, {5}}, Dims{1, {6}}).ok);
static_assert(Three::fit(Dims{1, {3}}, Dims{1, {4}}, Dims{1, {5}}).wanted == 3 && Three::fit(Dims{1, {3}}, Dims{1, {4}}, Dims{1, {5}}).given == 4,
              "the first pair that does not fit is the one named");
static_assert(One::attributes(Dims{}) == Attributes{});

/// An op of a user: nothing else knows of it.
struct CubeOp : Elementwise<1> {
    static constexpr auto name = "cube";
    template <class T>
    STRATA_HD static constexpr T apply(T x) {
        return x * x * x;
    }
    static constexpr auto backward(Expression auto dy, Expression auto /*y*/, Expression auto x) { return gradients(dy * 3.0 * (x * x)); }
};
inline constexpr Function<CubeOp> cube{};

static_assert(plan_of<decltype(cube(relu(Leaf<float, 33>{})))>.kernels == 1, "a user's op fuses as ours do");

TEST_CASE("a user's own op: values, special numbers, gradient") {
    check_sizes(cube, [](double x) { return x * x * x; });
    auto x = scattered<Tensor<double, 3, 7>>(1);
    check_gradient([](const auto& e) { return cube(e) * e; }, x);
}

}  // namespace strata::test
