// expect: NoPartOfFit<
// SPDX-License-Identifier: BSL-1.0
#include <strata/data.hpp>
#include <strata/strata.hpp>
#include <strata/train.hpp>

namespace st = strata;

int main() {
    st::Model<st::Sequential<st::Dense<3>>, st::Shape<4>> model;
    st::Trainer trainer{model, st::CrossEntropy{}, st::Adam{}, st::batch<8>};
    const st::data::Dataset<st::Shape<4>, 3> set;
#ifdef CORRECT
    trainer.fit(set, {.epochs = 10}, [](long, long, float*) {});
#else
    trainer.fit(set, {.epochs = 10}, [](long, long, float*) {}, [](long, long, float*) {});
#endif
}
