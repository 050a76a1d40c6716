// expect: AxisNamedTwice<strata::SumOp<strata::Axes<0, ?-2> ?>, ?strata::Shape<2, ?3> ?>::Along<strata::InAssignment>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
    st::Tensor<float, 2, 3> x;
#ifdef CORRECT
    st::Tensor<float, 3> y = st::sum(x, st::axes<0>);
#else
    st::Tensor<float, 3> y = st::sum(x, st::axes<0, -2>);
#endif
}
