// expect: DataAreElsewhere.*Host, strata::test::Elsewhere
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>
#include <strata/data.hpp>
#include <strata/train.hpp>

#include "../support/elsewhere.hpp"

namespace st = strata;
using Net = st::Sequential<st::Dense<8>, st::Relu, st::Dense<4>>;
using Here = st::Model<Net, st::Shape<6>>;
using There = st::Model<Net, st::Shape<6>, st::test::Elsewhere>;

int main() {
    Here model;
    st::Trainer trainer{model, st::CrossEntropy{}, st::Adam{}, st::batch<4>};
    st::TensorOn<st::test::Elsewhere, float, 40, 6> x;
#ifdef CORRECT
    const auto here = x.to_host();
    const st::data::Dataset<st::Shape<6>, 4> set(std::vector<float>(here.begin(), here.end()), std::vector<std::int32_t>(40));
    trainer.fit(set, {.epochs = 1});
#else
    trainer.fit(x, {.epochs = 1});
#endif
}
