// expect: ClassesDoNotFit<.*, 100, 10>
// SPDX-License-Identifier: BSL-1.0
#include <strata/data.hpp>
#include <strata/strata.hpp>
#include <strata/train.hpp>

namespace st = strata;
using Model = st::Model<st::Sequential<st::Flatten, st::Dense<10>>, st::Shape<1, 28, 28>>;

int main() {
    Model model;
    st::Trainer trainer(model, st::CrossEntropy{}, st::Adam{}, st::batch<32>);
#ifdef CORRECT
    st::data::Dataset<st::Shape<1, 28, 28>, 10> set;
#else
    st::data::Dataset<st::Shape<1, 28, 28>, 100> set;
#endif
    trainer.fit(set, {.epochs = 3});
    trainer.evaluate(set);
}
