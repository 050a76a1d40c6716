// SPDX-License-Identifier: BSL-1.0
#include <strata/exec/cuda_expression.cuh>

#include <strata/exec/gradient.hpp>
#include <strata/op/add.hpp>
#include <strata/op/matmul.hpp>
#include <strata/op/relu.hpp>
#include <strata/op/square.hpp>
#include <strata/op/subtract.hpp>
#include <strata/op/sum.hpp>
#include <strata/tensor/text.hpp>

#include "../support/check.hpp"

namespace strata::test {

template <class T, int... D>
using There = TensorOn<Cuda, T, D...>;
template <class T, int... D>
using Home = TensorOn<Host, T, D...>;

TEST_CASE("an expression of tensors on a device is what it is on the host, in the kernels of its plan") {
    const auto x = scattered<Home<float, 33, 70>>(1);
    const auto w = scattered<Home<float, 70, 18>>(2);
    const auto b = scattered<Home<float, 18>>(3);
    const There<float, 33, 70> dx(x);
    const There<float, 70, 18> dw(w);
    const There<float, 18> db(b);
    const auto layer = relu(matmul(dx, dw) + db);
    static_assert(plan_of<decltype(layer)>.kernels == 1);
    const There<float, 33, 18> y = layer;
    CHECK(unlike(y.to_host(), Home<float, 33, 18>(relu(matmul(x, w) + b)).span(), 1e-5) == "");
}

TEST_CASE("numbers come along, before fractions and before whole numbers") {
    const There<double, 5> x({1, 2, 3, 4, 5});
    const There<double, 5> y = 10 - x * 0.5;
    CHECK(y.to_host()(4) == 7.5);
    const There<std::int32_t, 3> i({1, -2, 1 << 30});
    const There<std::int32_t, 3> j = i * 3 + 7;
    CHECK(j.to_host()(1) == 1);
    CHECK(j.to_host()(2) == std::int32_t(3u * (1u << 30) + 7u));
}

TEST_CASE("a tensor on both sides is read whole before it is written, and stays where it is") {
    There<double, 2, 2> x({1, 2, 3, 4});
    const double* const at = x.data();
    x = matmul(x, x) + 1;
    CHECK(x.data() == at);
    CHECK(unlike(x.to_host(), std::vector<double>{8, 11, 16, 23}, 0) == "");
}

TEST_CASE("gradients are at their tensors' place; what occurs more than once is summed") {
    auto x = scattered<Home<double, 4, 4>>(1), w = scattered<Home<double, 4, 4>>(2);
    const auto loss = [](const auto& a, const auto& b) { return sum(relu(matmul(a, b) + a) * a); };
    const auto [hx, hw] = gradient(loss(x, w), x, w);
    const There<double, 4, 4> dx(x), dw(w);
    const auto [gx, gw] = gradient(loss(dx, dw), dx, dw);
    static_assert(std::is_same_v<decltype(gx), const There<double, 4, 4>>);
    CHECK(unlike(gx.to_host(), hx.span(), 1e-12) == "");
    CHECK(unlike(gw.to_host(), hw.span(), 1e-12) == "");
}

TEST_CASE("views on a device, of rows that vectors cannot read where they begin too") {
    const auto check = []<int N>(std::integral_constant<int, N>) {
        const auto x = scattered<Home<float, 3, N>>(1);
        There<float, 3, N> there(x);
        Home<float, 3, N> here(x);
        there[2] = there[0] * 2.f + there[1];
        here[2] = here[0] * 2.f + here[1];
        there[1] = there[2];
        here[1] = here[2];
        CHECK(unlike(there.to_host(), here.span(), 0) == "");
        CHECK(unlike(there[1].to_host(), here[2].span(), 0) == "");
        const auto [g] = gradient(sum(square(there[1])), there[1]);
        static_assert(std::is_same_v<decltype(g), const There<float, N>>);
        CHECK(unlike(g.to_host(), Home<float, N>(here[1] * 2.f).span(), 0) == "");
        CHECK(to_string(there[1]) == to_string(here[1]));
    };
    check(std::integral_constant<int, 64>{});
    check(std::integral_constant<int, 13>{});
}

}  // namespace strata::test
