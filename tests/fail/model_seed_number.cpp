// expect: write Seed.42.
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
    using Model = st::Model<st::Sequential<st::Dense<3>>, st::Shape<4>>;
#ifdef CORRECT
    Model model{st::Seed{42}};
#else
    Model model{42};
#endif
}
