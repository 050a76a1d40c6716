// expect: ReshapeOp<1, 4>, 32, 4, strata::Shape<8, 4>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;
struct Noise {
    static constexpr auto forward(const auto&, st::Expression auto x, auto mode) {
        if constexpr (mode == st::Mode::infer)
            return x;
        else
#ifdef CORRECT
            return x + x;
#else
            return x + st::reshape<st::Shape<1, 4>>(x);
#endif
    }
};
using Model = st::Model<st::Sequential<st::Dense<4>, Noise>, st::Shape<16>>;

int main() {
    Model model;
    st::TrainingStep<Model, st::CrossEntropy, st::Adam, 8> step{model, st::Adam{}, st::Seed{1}};
}
