// expect: OpLacks<CubeOp>::Formula<strata::InAssignment>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

struct CubeOp : st::Elementwise<1> {
    static constexpr auto name = "cube";
#ifdef CORRECT
    template <class T>
    STRATA_HD static constexpr T apply(T x) {
        return x * x * x;
    }
#endif
};
inline constexpr st::Function<CubeOp> cube{};

int main() {
    st::Tensor<float, 2, 3> x;
    st::Tensor<float, 2, 3> y = st::relu(cube(x)) * 2.0;
}
