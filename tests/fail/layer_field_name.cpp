// expect: AtLayer<1, ?GainOf<16> ?>.*the name of a parameter is longer than 48 characters; shorten the field's name
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

template <int Out>
struct GainOf {
    template <class In>
    struct Parameters {
#ifdef CORRECT
        BOOST_HANA_DEFINE_STRUCT(Parameters, (st::Param<st::Shape<Out>>, gain));
#else
        BOOST_HANA_DEFINE_STRUCT(Parameters, (st::Param<st::Shape<Out>>, gain_of_each_of_the_sixteen_channels_before_the_nonlinearity));
#endif
    };
    static constexpr auto forward(const auto& p, st::Expression auto x) {
#ifdef CORRECT
        return x * p.gain;
#else
        return x * p.gain_of_each_of_the_sixteen_channels_before_the_nonlinearity;
#endif
    }
};

int main() {
    st::Model<st::Sequential<st::Dense<16>, GainOf<16>>, st::Shape<3>> model;
}
