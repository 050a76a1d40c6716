// expect: DataIsOfFloats<int>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>
#include <strata/train.hpp>

namespace st = strata;
#ifdef CORRECT
using Model = st::Model<st::Sequential<st::Flatten, st::Dense<10>>, st::Shape<3>>;
#else
using Model = st::Model<st::Sequential<st::Embedding<9, 5>, st::Flatten, st::Dense<10>>, st::Shape<3>>;
#endif

int main() {
    Model model;
    st::Trainer trainer(model, st::CrossEntropy{}, st::Adam{}, st::batch<32>);
}
