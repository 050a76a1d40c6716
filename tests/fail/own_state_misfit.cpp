// expect: AtLayer<1, Watch>, strata::AddOp, 4, 8, strata::Shape<4>, strata::Shape<8>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;
struct Watch {
    template <class In>
    struct Parameters {
        BOOST_HANA_DEFINE_STRUCT(Parameters, (st::State<st::SampleShape<In>>, mean));
    };
    static constexpr auto forward(const auto& p, st::Expression auto x, auto mode) {
        if constexpr (mode == st::Mode::infer)
            return x - p.mean;
        else
#ifdef CORRECT
            return st::updating(x, st::assign(p.mean, st::mean(x, st::axis<0>)));
#else
            return st::updating(x, st::assign(p.mean, p.mean + st::mean(x, st::axis<1>)));
#endif
    }
};
using Model = st::Model<st::Sequential<st::Dense<4>, Watch>, st::Shape<3>>;

int main() {
    Model model;
    st::TrainingStep<Model, st::CrossEntropy, st::Adam, 8> step{model, st::Adam{}, st::Seed{1}};
}
