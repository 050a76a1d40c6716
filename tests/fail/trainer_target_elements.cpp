// expect: TargetElementsDoNotFit<Counted, float, int>.*set's targets are floats|set's targets are floats.*TargetElementsDoNotFit<Counted, float, int>
// SPDX-License-Identifier: BSL-1.0
#include <strata/data.hpp>
#include <strata/strata.hpp>
#include <strata/train.hpp>

namespace st = strata;
using Model = st::Model<st::Sequential<st::Dense<2>>, st::Shape<4>>;

struct Counted {
    template <class Output>
    struct Target {
        using Sample = Output;
        template <class Real>
#ifdef CORRECT
        using Element = Real;
#else
        using Element = std::int32_t;
#endif
    };
    static constexpr bool classifies = false;
    static constexpr auto forward(st::Expression auto y, st::Expression auto t) { return st::mean(st::select(t == 1, y, 0)); }
};

int main() {
    Model model;
    st::data::TensorDataset<st::Shape<4>, st::Shape<2>> set;
    st::Trainer trainer(model, Counted{}, st::Adam{}, st::batch<32>);
    trainer.fit(set, {.epochs = 3});
}
