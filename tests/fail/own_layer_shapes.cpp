// expect: AtLayer<1, ?Gated<16> ?>.*MultiplyOp, 8, 16, strata::Shape<1, 8>, strata::Shape<16>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

template <int Out>
struct Gated {
    template <class In>
    struct Parameters {
        BOOST_HANA_DEFINE_STRUCT(Parameters, (st::Param<st::Shape<Out>>, gate));
    };
    static constexpr auto forward(const auto& p, st::Expression auto x) { return x * st::sigmoid(p.gate); }
};

int main() {
#ifdef CORRECT
    st::Model<st::Sequential<st::Dense<16>, Gated<16>>, st::Shape<3>> model;
#else
    st::Model<st::Sequential<st::Dense<8>, Gated<16>>, st::Shape<3>> model;
#endif
}
