// expect: Take<0>.*Shape<100, 2, 2, 2>.*Shape<5, 2, 2>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
    st::Tensor<float, 100, 2, 2, 2> table;
#ifdef CORRECT
    st::Tensor<int, 20> words;
    st::Tensor<float, 20, 2, 2, 2> y = st::take(table, words);
#else
    st::Tensor<int, 5, 2, 2> words;
    st::Tensor<float, 20, 2, 2, 2> y = st::take(table, words);
#endif
}
