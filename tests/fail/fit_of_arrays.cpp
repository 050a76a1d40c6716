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
    const std::vector<std::int32_t> labels;
#ifdef CORRECT
    trainer.fit(st::data::Dataset<st::Shape<4>, 3>(x, labels));
#else
    trainer.fit(x, labels);
#endif
}
