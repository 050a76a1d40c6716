// expect: LayerLosesBatch<strata::AtLayer<1, Centre>, strata::Shape<-1, 4>, strata::Shape<1, 4>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;
struct Centre {
#ifdef CORRECT
    static constexpr auto forward(const auto&, st::Expression auto x) { return x - st::mean_keep(x, st::axis<0>); }
#else
    static constexpr auto forward(const auto&, st::Expression auto x) { return st::mean_keep(x, st::axis<0>); }
#endif
};
using Model = st::Model<st::Sequential<st::Dense<4>, Centre>, st::Shape<16>>;

int main() {
    Model model;
    st::Session<Model, 8> session{model};
}
