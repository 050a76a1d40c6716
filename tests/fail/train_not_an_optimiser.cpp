// expect: NotAnOptimiser<Halving>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;
using Model = st::Model<st::Sequential<st::Dense<10>>, st::Shape<4>>;

struct Halving {
    double rate = 0.1;
    static constexpr int moments = 0, scalars = 0;
#ifdef CORRECT
    void numbers(long, double*) const {}
#endif
    static constexpr auto update(st::Expression auto p, st::Expression auto g) { return st::updated(p * 0.5 - st::rate() * g); }
};

int main() {
    Model model;
    st::TrainingStep<Model, st::CrossEntropy, Halving, 2> step{model, Halving{}, st::Seed{1}};
    const float x[8] = {};
    const std::int32_t labels[2] = {};
    step(x, labels);
}
