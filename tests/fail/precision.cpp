// expect: there is no such precision
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
#ifdef CORRECT
    using Half = st::Precision<st::bf16, float, float>;
#else
    using Half = st::Precision<st::bf16, double, double>;
#endif
    st::Model<st::Dense<3>, st::Shape<2>, st::Host, Half> model;
    return model.parts();
}
