// expect: InLoss<Absolute>.*SubtractOp, 10, 3, strata::Shape<1, 10>, strata::Shape<1, 3>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;
using Model = st::Model<st::Sequential<st::Dense<10>>, st::Shape<4>>;

struct Absolute {
    template <class Output>
#ifdef CORRECT
    using Target = st::Values<Output>;
#else
    using Target = st::Values<st::Shape<3>>;
#endif
    static constexpr bool classifies = false;
    static constexpr auto forward(st::Expression auto y, st::Expression auto t) { return st::mean_keep(st::abs(y - t), st::axes<>); }
};

int main() {
    Model model;
    st::TrainingStep<Model, Absolute, st::Sgd, 2> step{model, st::Sgd{}, st::Seed{1}};
}
