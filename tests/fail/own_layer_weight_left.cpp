// expect: AtLayer<0, Mix<3> ?>, strata::MatmulOp<false, false>, -1, 1, strata::Shape<3, 1>, strata::Shape<1, 4>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;
template <int Out>
struct Mix {
    template <class In>
    struct Parameters {
#ifdef CORRECT
        BOOST_HANA_DEFINE_STRUCT(Parameters, (st::Param<st::Shape<st::last<In>, Out>>, weight));
#else
        BOOST_HANA_DEFINE_STRUCT(Parameters, (st::Param<st::Shape<Out, 1>>, weight));
#endif
    };
#ifdef CORRECT
    static constexpr auto forward(const auto& p, st::Expression auto x) { return st::matmul(x, p.weight); }
#else
    static constexpr auto forward(const auto& p, st::Expression auto x) { return st::matmul(p.weight, x); }
#endif
};

int main() {
    st::Model<st::Sequential<Mix<3>>, st::Shape<4>> model;
}
