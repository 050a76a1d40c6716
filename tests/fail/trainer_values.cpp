// expect: LossTakesNoLabels<strata::MeanSquaredError
// SPDX-License-Identifier: BSL-1.0
#include <strata/data.hpp>
#include <strata/strata.hpp>
#include <strata/train.hpp>

namespace st = strata;
using Model = st::Model<st::Sequential<st::Dense<10>>, st::Shape<4>>;

int main() {
    Model model;
    st::data::Dataset<st::Shape<4>, 10> set;
#ifdef CORRECT
    st::Trainer trainer(model, st::CrossEntropy{}, st::Adam{}, st::batch<32>);
#else
    st::Trainer trainer(model, st::MeanSquaredError{}, st::Adam{}, st::batch<32>);
#endif
    trainer.fit(set, {.epochs = 3});
}
