// expect: give it a variable, Model<Net, Input> model
// SPDX-License-Identifier: BSL-1.0
#include <strata/data.hpp>
#include <strata/strata.hpp>
#include <strata/train.hpp>

namespace st = strata;

int main() {
    using Model = st::Model<st::Sequential<st::Dense<3>>, st::Shape<4>>;
#ifdef CORRECT
    Model model;
    st::Trainer trainer{model, st::CrossEntropy{}, st::Adam{}, st::batch<8>};
#else
    st::Trainer trainer{Model{}, st::CrossEntropy{}, st::Adam{}, st::batch<8>};
#endif
    trainer.fit(st::data::Dataset<st::Shape<4>, 3>{}, {.epochs = 1});
}
