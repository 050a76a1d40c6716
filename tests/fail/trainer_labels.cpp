// expect: LossTakesLabels<strata::CrossEntropy
// SPDX-License-Identifier: BSL-1.0
#include <strata/data.hpp>
#include <strata/strata.hpp>
#include <strata/train.hpp>

namespace st = strata;
using Model = st::Model<st::Sequential<st::Dense<10>>, st::Shape<4>>;

int main() {
    Model model;
    st::data::TensorDataset<st::Shape<4>, st::Shape<10>> set;
#ifdef CORRECT
    st::Trainer trainer(model, st::SoftCrossEntropy{}, st::Adam{}, st::batch<32>);
#else
    st::Trainer trainer(model, st::CrossEntropy{}, st::Adam{}, st::batch<32>);
#endif
    trainer.fit(set, {.epochs = 3});
}
