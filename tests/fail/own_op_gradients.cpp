// expect: OpGivesOtherGradients<HypotenuseOp, strata::InGradient, 2, 1>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;
struct HypotenuseOp : st::Elementwise<2> {
    static constexpr auto name = "hypotenuse";
    template <class T>
    STRATA_HD static constexpr T apply(T x, T y) {
        return x * x + y * y;
    }
    static constexpr auto backward(st::Expression auto dy, st::Expression auto, st::Expression auto a, [[maybe_unused]] st::Expression auto b) {
#ifdef CORRECT
        return st::gradients(dy * 2.0 * a, dy * 2.0 * b);
#else
        return st::gradients(dy * 2.0 * a);
#endif
    }
};
inline constexpr st::Function<HypotenuseOp> hypotenuse{};

int main() {
    st::Tensor<float, 3> x, z;
    const auto [dz] = st::gradient(st::sum(hypotenuse(x, z)), z);
}
