// expect: an operation would take a batch, the negative number, as another axis
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;
struct Alike {
    template <class Output>
    using Target = st::Values<Output>;
    static constexpr bool classifies = false;
    static constexpr auto forward(st::Expression auto y, st::Expression auto t) {
#ifdef CORRECT
        return st::mean(st::square(st::sum(y * t, st::axis<0>)));
#else
        return st::mean(st::square(st::matmul(y, st::transpose(t))));
#endif
    }
};
using Net = st::Model<st::Sequential<st::Dense<3>>, st::Shape<4>>;

int main() {
    Net model;
    st::TrainingStep<Net, Alike, st::Sgd, 8> step{model, st::Sgd{.rate = 0.1}, st::Seed{1}};
}
