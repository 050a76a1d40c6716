// expect: GivesNoFloats<strata::InLoss<Wrong>, int>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;
using Model = st::Model<st::Sequential<st::Dense<3>>, st::Shape<4>>;

struct Wrong {
    template <class Output>
    using Target = st::Values<Output>;
    static constexpr bool classifies = false;
#ifdef CORRECT
    static constexpr auto forward(st::Expression auto y, st::Expression auto t) { return st::mean(st::cast<float>(y != t)); }
#else
    static constexpr auto forward(st::Expression auto y, st::Expression auto t) { return st::sum(st::cast<std::int32_t>(y != t)); }
#endif
};

int main() {
    Model model;
    st::TrainingStep<Model, Wrong, st::Sgd, 8> step{model, st::Sgd{}, st::Seed{1}};
}
