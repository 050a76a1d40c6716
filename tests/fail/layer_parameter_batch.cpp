// expect: Param<strata::Shape<-1, 4>, strata::Ones> ?>::NotOneShape<strata::AtLayer<0, Place>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;
struct Place {
    template <class In>
    struct Parameters {
#ifdef CORRECT
        BOOST_HANA_DEFINE_STRUCT(Parameters, (st::Param<st::SampleShape<In>, st::Ones>, place));
#else
        BOOST_HANA_DEFINE_STRUCT(Parameters, (st::Param<In, st::Ones>, place));
#endif
    };
    static constexpr auto forward(const auto& p, st::Expression auto x) { return x + p.place; }
};

int main() {
    st::Model<st::Sequential<Place>, st::Shape<4>> model;
}
