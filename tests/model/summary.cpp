// SPDX-License-Identifier: BSL-1.0
#include <strata/model/summary.hpp>

#include <doctest/doctest.h>

#include <strata/layer.hpp>

namespace st = strata;

TEST_CASE("a summary names layers, shapes and numbers") {
    using Model = st::Model<st::Sequential<st::Conv2d<6, 5>, st::Relu, st::Flatten, st::Residual<st::Dense<3456>>, st::BatchNorm>, st::Shape<1, 28, 28>>;
    const std::string text = st::summary<Model>();
    CHECK(text.find("Conv2d<6, 5") != std::string::npos);
    CHECK(text.find("[6, 24, 24]") != std::string::npos);
    CHECK(text.find("[3456]") != std::string::npos);
    CHECK(text.find("156\n") != std::string::npos);
    CHECK(text.find(std::to_string(156 + 3456L * 3457 + 2 * 3456) + " parameters, " + std::to_string(2 * 3456) + " running statistics") != std::string::npos);
    CHECK(text.find("strata::") == std::string::npos);
}

TEST_CASE("layers have the numbers of their paths, those after a loop too") {
    using Model = st::Model<st::Sequential<st::Dense<4>, st::Repeat<3, st::Dense<4>, st::Tanh>, st::Dense<2>>, st::Shape<2>>;
    CHECK(std::string(Model{}.part(Model::parts() - 1).path) == "7.bias");
    CHECK(st::summary<Model>().find("\n7    Dense<2>") != std::string::npos);
}
