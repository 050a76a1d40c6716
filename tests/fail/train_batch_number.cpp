// expect: batch<32> .not 32.
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>
#include <strata/train.hpp>

namespace st = strata;

int main() {
    using Model = st::Model<st::Sequential<st::Dense<3>>, st::Shape<4>>;
    Model model;
#ifdef CORRECT
    st::Trainer trainer{model, st::CrossEntropy{}, st::Adam{}, st::batch<32>};
#else
    st::Trainer trainer{model, st::CrossEntropy{}, st::Adam{}, 32};
#endif
    float x[8 * 4] = {};
    std::int32_t labels[8] = {};
    trainer.step(x, labels, 8);
}
