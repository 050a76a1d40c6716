// expect: this is no data set; give a data::Dataset
// SPDX-License-Identifier: BSL-1.0
#include <strata/data.hpp>
#include <strata/strata.hpp>
#include <strata/train.hpp>

namespace st = strata;

int main() {
    st::Model<st::Sequential<st::Dense<3>>, st::Shape<4>> model;
    st::Trainer trainer{model, st::CrossEntropy{}, st::Adam{}, st::batch<8>};
    const st::data::Dataset<st::Shape<4>, 3> set;
    const std::vector<float> x;
#ifdef CORRECT
    trainer.predict(set);
#else
    trainer.predict(x);
#endif
}
