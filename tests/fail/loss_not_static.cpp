// expect: LossForwardIsNotStatic<Weighted, strata::Shape<2> ?>.*forward of this loss is not static|forward of this loss is not static.*LossForwardIsNotStatic<Weighted, strata::Shape<2> ?>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>
#include <strata/train.hpp>

namespace st = strata;
using Model = st::Model<st::Sequential<st::Dense<2>>, st::Shape<4>>;

#ifdef CORRECT
template <int Weight = 3>
struct Weighted {
    template <class Output>
    using Target = st::Values<Output>;
    static constexpr bool classifies = false;
    static constexpr auto forward(st::Expression auto y, st::Expression auto t) { return Weight * st::mean(st::square(y - t)); }
};
#else
struct Weighted {
    double weight = 3;
    template <class Output>
    using Target = st::Values<Output>;
    static constexpr bool classifies = false;
    constexpr auto forward(st::Expression auto y, st::Expression auto t) const { return weight * st::mean(st::square(y - t)); }
};
#endif

int main() {
    Model model;
#ifdef CORRECT
    st::Trainer trainer(model, Weighted<3>{}, st::Adam{}, st::batch<32>);
#else
    st::Trainer trainer(model, Weighted{}, st::Adam{}, st::batch<32>);
#endif
}
