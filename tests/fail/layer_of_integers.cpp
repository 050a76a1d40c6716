// expect: GivesNoFloats<strata::AtLayer<1, Decide>, int>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;
struct Decide {
#ifdef CORRECT
    static constexpr auto forward(const auto&, st::Expression auto x) { return st::cast<float>(st::argmax(x)); }
#else
    static constexpr auto forward(const auto&, st::Expression auto x) { return st::argmax(x); }
#endif
};

int main() {
    st::Model<st::Sequential<st::Dense<3>, Decide>, st::Shape<4>> model;
}
