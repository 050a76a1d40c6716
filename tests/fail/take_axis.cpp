// expect: Take<2>.*Shape<100, 8>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
    st::Tensor<float, 100, 8> table;
    st::Tensor<int, 5> words;
#ifdef CORRECT
    st::Tensor<float, 100, 5> y = st::take<1>(table, words);
#else
    st::Tensor<float, 100, 5> y = st::take<2>(table, words);
#endif
}
