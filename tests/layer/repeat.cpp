// SPDX-License-Identifier: BSL-1.0
#include <strata/layer/repeat.hpp>

#include <string>
#include <type_traits>
#include <vector>

#include <strata/layer/dense.hpp>
#include <strata/layer/sequential.hpp>
#include <strata/layer/tanh.hpp>

#include "../support/probe.hpp"

namespace st = strata;

namespace {
template <class Net>
using Model = st::Model<Net, st::Shape<4>, st::Host, st::Precision<double>>;
using Block = st::Residual<st::Dense<4>, st::Tanh>;
}  // namespace

TEST_CASE("it is the stack written out: layers, parameters of their own, paths") {
    using Short = Model<st::Sequential<st::Dense<4>, st::Repeat<3, st::Dense<4>, st::Tanh>, st::Dense<2>>>;
    using Long = Model<st::Sequential<st::Dense<4>, st::Dense<4>, st::Tanh, st::Dense<4>, st::Tanh, st::Dense<4>, st::Tanh, st::Dense<2>>>;
    static_assert(std::is_same_v<Short::Walk::Steps, Long::Walk::Steps>);
    static_assert(std::is_same_v<Short::Output, st::Shape<2>> && Short::cost.parameters == 4 * 20 + 10);
    Short model{st::Seed{1}};
    const char* paths[] = {"0.weight", "1.weight", "3.weight", "5.weight", "7.weight"};
    for (int i = 0; i < 5; ++i) CHECK(std::string(model.part(2 * i).path) == paths[i]);
    CHECK(model.part(2).data[0] != model.part(4).data[0]);  // no two begin alike
}
TEST_CASE("once is the block itself; several times in several times multiply") {
    static_assert(std::is_same_v<Model<st::Repeat<1, Block>>::Walk::Steps, Model<Block>::Walk::Steps>);
    static_assert(std::is_same_v<Model<st::Repeat<2, st::Repeat<2, st::Tanh>>>::Walk::Steps, Model<st::Repeat<4, st::Tanh>>::Walk::Steps>);
}
TEST_CASE("its gradient") { st::test::Probe<st::Repeat<3, Block>, st::Shape<4>>{}.check_gradient(); }
