// expect: LoadedModelIsConst<(const strata::Model<|strata::Model<.*const>)
// SPDX-License-Identifier: BSL-1.0
#include <strata/io.hpp>
#include <strata/strata.hpp>

namespace st = strata;

using Net = st::Sequential<st::Dense<3>>;

int main() {
#ifdef CORRECT
    st::Model<Net, st::Shape<2>> model;
#else
    const st::Model<Net, st::Shape<2>> model;
#endif
    st::load(model, "model.safetensors");
}
