// expect: TargetsDoNotFit<strata::Shape<3>, strata::Shape<10>
// SPDX-License-Identifier: BSL-1.0
#include <strata/data.hpp>
#include <strata/strata.hpp>
#include <strata/train.hpp>

namespace st = strata;
using Model = st::Model<st::Sequential<st::Dense<10>>, st::Shape<4>>;

int main() {
    Model model;
#ifdef CORRECT
    st::data::TensorDataset<st::Shape<4>, st::Shape<10>> set;
#else
    st::data::TensorDataset<st::Shape<4>, st::Shape<3>> set;
#endif
    st::Trainer trainer(model, st::MeanSquaredError{}, st::Adam{}, st::batch<32>);
    trainer.fit(set, {.epochs = 3});
}
