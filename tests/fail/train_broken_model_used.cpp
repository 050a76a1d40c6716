// expect: ShapesDoNotFit<strata::AtLayer<0, ?strata::Conv2d<4, ?9
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

#ifdef CORRECT
using Net = st::Sequential<st::Conv2d<4, 5>, st::Flatten, st::Dense<2>>;
#else
using Net = st::Sequential<st::Conv2d<4, 9>, st::Flatten, st::Dense<2>>;
#endif

int main() {
    st::Model<Net, st::Shape<1, 5, 5>> model;
    using Step = st::TrainingStep<decltype(model), st::MeanSquaredError, st::Sgd, 4>;
    Step step{model, st::Sgd{}, st::Seed{1}};
    typename Step::InputElement x[4 * 25] = {};
    typename Step::Target t[8] = {};
    typename Step::Real loss = 0;
    step.run(x, t, 4);
    step.start(x, t, 4, st::ConstantRate{}, &loss);
    step.finish();
    step.set_steps(step.steps(), step.skipped());
    step.moments() = st::Buffer<float>(step.moments().size());
    return step.gradients().data()[0] > 0 && step.factor() > 0 && step.optimiser().rate > 0 && step.seed().value == 1 && Step::scales;
}
