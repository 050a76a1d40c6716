// expect: LossOfManyNumbers<Squares, strata::Shape<1, 10>, 10>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;
using Model = st::Model<st::Sequential<st::Dense<10>>, st::Shape<4>>;

struct Squares {
    template <class Output>
    using Target = st::Values<Output>;
    static constexpr bool classifies = false;
#ifdef CORRECT
    static constexpr auto forward(st::Expression auto y, st::Expression auto t) { return st::mean_keep(st::square(y - t), st::axes<>); }
#else
    static constexpr auto forward(st::Expression auto y, st::Expression auto t) { return st::square(y - t); }
#endif
};

int main() {
    Model model;
    st::TrainingStep<Model, Squares, st::Sgd, 2> step{model, st::Sgd{}, st::Seed{1}};
}
