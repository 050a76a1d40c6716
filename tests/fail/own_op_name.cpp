// expect: OpLacks<CubeOp>::Facts<strata::InAssignment>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

struct CubeOp : st::Elementwise<1> {
#ifdef CORRECT
    static constexpr auto name = "cube";
#endif
    template <class T>
    STRATA_HD static constexpr T apply(T x) {
        return x * x * x;
    }
};
inline constexpr st::Function<CubeOp> cube{};

int main() {
    st::Tensor<float, 2, 3> x;
    st::Tensor<float, 2, 3> y = st::relu(cube(x)) * 2.0;
}
