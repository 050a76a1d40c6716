// expect: ReshapeOp<1, 4>, 32, 4, strata::Shape<8, 4>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;
struct Twice {
#ifdef CORRECT
    static constexpr auto forward(const auto&, st::Expression auto x) { return x + x; }
#else
    static constexpr auto forward(const auto&, st::Expression auto x) { return x + st::reshape<st::Shape<1, 4>>(x); }
#endif
};
using Model = st::Model<st::Sequential<st::Dense<4>, Twice>, st::Shape<16>>;

int main() {
    Model model;
    st::Session<Model, 8> session{model};
}
