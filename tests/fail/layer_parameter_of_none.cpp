// expect: Param<strata::Shape<0>, strata::Ones> ?>::NotOneShape<strata::AtLayer<0, Place>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;
struct Place {
    template <class In>
    struct Parameters {
#ifdef CORRECT
        BOOST_HANA_DEFINE_STRUCT(Parameters, (st::Param<st::SampleShape<In>, st::Ones>, place));
#else
        BOOST_HANA_DEFINE_STRUCT(Parameters, (st::Param<st::Shape<0>, st::Ones>, place));
#endif
    };
    static constexpr auto forward(const auto&, st::Expression auto x) { return st::relu(x); }
};

int main() {
    st::Model<st::Sequential<Place>, st::Shape<4>> model;
}
