// expect: AtLayer<1, ?Gain ?>.*a layer's parameters are a record that Hana knows
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

struct Gain {
    template <class In>
    struct Parameters {
#ifdef CORRECT
        BOOST_HANA_DEFINE_STRUCT(Parameters, (st::Param<st::SampleShape<In>>, gain));
#else
        st::Param<st::SampleShape<In>> gain;
#endif
    };
    static constexpr auto forward(const auto& p, st::Expression auto x) { return x * p.gain; }
};

int main() {
    st::Model<st::Sequential<st::Dense<16>, Gain>, st::Shape<3>> model;
}
