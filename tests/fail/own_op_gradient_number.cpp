// expect: OpGivesOtherGradients<CubeOp, strata::InLoss<strata::CrossEntropy>, 1, 0>
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
#else
    static constexpr auto backward(st::Expression auto, st::Expression auto, st::Expression auto) { return st::gradients(3.0); }
#endif
};
inline constexpr st::Function<CubeOp> cube{};
using Model = st::Model<st::Sequential<st::Dense<3>, st::Lambda<cube>>, st::Shape<4>>;

int main() {
    Model model;
    st::TrainingStep<Model, st::CrossEntropy, st::Adam, 8> step{model, st::Adam{}, st::Seed{1}};
}
