// expect: out of the host's reach.*ElementsAreElsewhere<strata::test::Elsewhere>|ElementsAreElsewhere<strata::test::Elsewhere>.*out of the host's reach
// SPDX-License-Identifier: BSL-1.0
#include <strata/metric.hpp>
#include <strata/strata.hpp>

#include "../support/elsewhere.hpp"

namespace st = strata;

int main() {
    st::ConfusionMatrix<3> confusion;
    const st::Tensor<std::int32_t, 6> labels;
#ifdef CORRECT
    st::Tensor<std::int32_t, 6> predicted;
#else
    st::TensorOn<st::test::Elsewhere, std::int32_t, 6> predicted;
#endif
    confusion.add(labels, predicted);
}
