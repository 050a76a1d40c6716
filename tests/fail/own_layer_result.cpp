// expect: NotALayer<strata::AtLayer<1, Size>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;
struct Size {
#ifdef CORRECT
    static constexpr auto forward(const auto&, st::Expression auto x) { return x * 2.0f; }
#else
    static constexpr float forward(const auto&, st::Expression auto) { return 2.0f; }
#endif
};

int main() {
    st::Model<st::Sequential<st::Dense<4>, Size>, st::Shape<3>> model;
}
