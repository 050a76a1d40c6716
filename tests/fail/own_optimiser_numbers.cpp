// expect: OptimiserReadsOthers<Heavy, 0, 2>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;
using Model = st::Model<st::Sequential<st::Dense<10>>, st::Shape<4>>;

struct Heavy {
    double rate = 0.1;
    static constexpr int moments = 1, scalars = 0;
    void numbers(long, double*) const {}
#ifdef CORRECT
    static constexpr auto update(st::Expression auto p, st::Expression auto g, st::Expression auto m) { return st::updated(p - st::rate() * (g + m), g + m); }
#else
    static constexpr auto update(st::Expression auto p, st::Expression auto g, st::Expression auto m) { return st::updated(p - st::own<1>() * (g + m), g + m); }
#endif
};

int main() {
    Model model;
    st::TrainingStep<Model, st::CrossEntropy, Heavy, 2> step{model, Heavy{}, st::Seed{1}};
    const float x[8] = {};
    const std::int32_t labels[2] = {};
    step(x, labels);
}
