// SPDX-License-Identifier: BSL-1.0
/// An op of your own: one formula for scalars, vectors and devices, one expression for its derivative. It fuses like the library's own.
#include <cstdio>

#include <strata/strata.hpp>

namespace st = strata;

/// mish(x) = x tanh(softplus(x)) could be composed; here squared relu shows a primitive: y = max(x, 0)^2.   Gradient: 2 dy max(x, 0).
struct SquaredReluOp : st::Elementwise<1> {
    static constexpr auto name = "squared_relu";
    template <class T>
    STRATA_HD static constexpr T apply(T x) {
        const T positive = st::math::max(x, T(0));
        return positive * positive;
    }
    static constexpr auto backward(st::Expression auto dy, st::Expression auto /*y*/, st::Expression auto x) {
        return st::gradients(dy * 2.0 * st::relu(x));
    }
};
inline constexpr st::Function<SquaredReluOp> squared_relu{};

int main() {
    st::Tensor<float, 8, 4> x;
    st::Tensor<float, 4, 4> w;
    st::Tensor<float, 4> b{0.1f, -0.1f, 0.2f, 0.3f};
    for (int i = 0; i < 8; ++i)
        for (int j = 0; j < 4; ++j) x(i, j) = static_cast<float>(i - 2 * j) / 4;
    for (int i = 0; i < 4; ++i) w(i, i) = 1;

    const auto y = squared_relu(st::matmul(x, w) + b);
    static_assert(st::plan_of<decltype(y)>.kernels == 1);  // nobody told the planner about squared_relu

    const auto [db] = st::gradient(st::sum(y), b);
    st::Tensor<float, 4> by_hand;
    for (int j = 0; j < 4; ++j)
        for (int i = 0; i < 8; ++i) {
            const float z = x(i, j) + b(j);
            by_hand(j) += z > 0 ? 2 * z : 0;
        }
    int wrong = 0;
    for (int j = 0; j < 4; ++j) {
        std::printf("gradient by b[%d]: %.4f, by hand %.4f\n", j, static_cast<double>(db(j)), static_cast<double>(by_hand(j)));
        wrong += db(j) - by_hand(j) > 1e-4f || by_hand(j) - db(j) > 1e-4f;
    }
    return wrong;
}
