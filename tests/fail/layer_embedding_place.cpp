// expect: WholeNumbersComeFirst<.*AtLayer<1, strata::Embedding<9, 5
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
#ifdef CORRECT
    st::Model<st::Sequential<st::Embedding<9, 5>, st::Tanh>, st::Shape<3>> model;
#else
    st::Model<st::Sequential<st::Tanh, st::Embedding<9, 5>>, st::Shape<3>> model;
#endif
}
