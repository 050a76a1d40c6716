// expect: Take<0>.*float, ?float
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
    st::Tensor<float, 100, 8> table;
#ifdef CORRECT
    st::Tensor<int, 5> words;
#else
    st::Tensor<float, 5> words;
#endif
    st::Tensor<float, 5, 8> y = st::take(table, words);
}
