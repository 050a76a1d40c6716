// expect: OpLacksDerivative<CubeOp, *strata::InGradient>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

struct CubeOp : st::Elementwise<1> {
    static constexpr auto name = "cube";
    template <class T>
    STRATA_HD static constexpr T apply(T x) {
        return x * x * x;
    }
#ifdef CORRECT
    static constexpr auto backward(st::Expression auto dy, st::Expression auto, st::Expression auto x) { return st::gradients(dy * 3.0 * x * x); }
#endif
};
inline constexpr st::Function<CubeOp> cube{};

int main() {
    st::Tensor<float, 2, 3> x;
    const auto [dx] = st::gradient(st::sum(cube(st::exp(x))), x);
}
