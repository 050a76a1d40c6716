// expect: NotAModel
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>
#include <strata/train.hpp>

namespace st = strata;

int main() {
    using Net = st::Sequential<st::Dense<3>>;
#ifdef CORRECT
    st::Model<Net, st::Shape<4>> model;
#else
    Net model;
#endif
    st::Trainer trainer{model, st::CrossEntropy{}, st::Adam{}, st::batch<8>};
}
