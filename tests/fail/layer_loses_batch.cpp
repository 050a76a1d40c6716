// expect: LayerLosesBatch<strata::AtLayer<0, ToImage>, strata::Shape<-1, 16>, strata::Shape<1, 1, 4, 4>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;
struct ToImage {
#ifdef CORRECT
    static constexpr auto forward(const auto& p, st::Expression auto x) { return st::Reshape<1, 4, 4>::forward(p, x); }
#else
    static constexpr auto forward(const auto&, st::Expression auto x) { return st::reshape<st::Shape<1, 1, 4, 4>>(x); }
#endif
};
using Model = st::Model<st::Sequential<ToImage, st::Conv2d<2, 3>, st::Flatten, st::Dense<3>>, st::Shape<16>>;

int main() {
    Model model;
    st::TrainingStep<Model, st::CrossEntropy, st::Adam, 8> step{model, st::Adam{}, st::Seed{1}};
    st::Session<Model, 8> session{model};
}
