// expect: NotALayer<strata::AtLayer<1, ?Twice>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

struct Twice {
#ifdef CORRECT
    static constexpr auto forward(const auto&, st::Expression auto x) { return 2.0 * x; }
#else
    static constexpr auto forward(st::Expression auto x) { return 2.0 * x; }
#endif
};

int main() {
    st::Model<st::Sequential<st::Dense<16>, Twice>, st::Shape<3>> model;
}
