// expect: GivesNoFloats<strata::AtLayer<0, Positive>, bool>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;
struct Positive {
#ifdef CORRECT
    static constexpr auto forward(const auto&, st::Expression auto x) { return st::cast<float>(x > 0.0f); }
#else
    static constexpr auto forward(const auto&, st::Expression auto x) { return x > 0.0f; }
#endif
};

int main() {
    st::Model<st::Sequential<Positive, st::Dense<3>>, st::Shape<4>> model;
}
