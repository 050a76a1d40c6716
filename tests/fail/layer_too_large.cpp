// expect: LayerIsTooLarge<strata::AtLayer<0, Recurrent>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;
struct Step {
    static constexpr auto body(st::Expression auto h) { return st::tanh(h) * st::sigmoid(h) + h; }
};
#ifdef CORRECT
inline constexpr st::Composed<Step> step{};
#else
constexpr auto step(st::Expression auto h) { return Step::body(h); }
#endif
struct Recurrent {
    static constexpr auto forward(const auto&, st::Expression auto x) { return step(step(step(step(step(step(step(step(step(step(x)))))))))); }
};

int main() {
    st::Model<st::Sequential<Recurrent, st::Dense<3>>, st::Shape<4>> model;
}
