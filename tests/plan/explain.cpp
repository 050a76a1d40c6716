// SPDX-License-Identifier: BSL-1.0
#include <strata/plan/explain.hpp>

#include <doctest/doctest.h>

#include <strata/exec/expression.hpp>
#include <strata/layer.hpp>
#include <strata/loss.hpp>
#include <strata/op.hpp>
#include <strata/optim.hpp>
#include <strata/train/step.hpp>

namespace st = strata;

namespace {
template <class... L>
using Net = st::Sequential<L...>;
template <class N, class In, int B = 64, class Loss = st::CrossEntropy, class O = st::Adam>
constexpr st::PlanFacts training = st::facts_of_plan<typename st::TrainingStep<st::Model<N, In>, Loss, O, B>::Plan>();
using Mlp = Net<st::Dense<256>, st::Relu, st::Dense<128>, st::Relu, st::Dense<10>>;
using LeNet = Net<st::Conv2d<6, 5>, st::Relu, st::MaxPool2d<2>, st::Conv2d<16, 5>, st::Relu, st::MaxPool2d<2>, st::Flatten, st::Dense<120>, st::Relu,
                  st::Dense<84>, st::Relu, st::Dense<10>>;
}  // namespace

// The budgets that the design promises.
static_assert(training<Mlp, st::Shape<784>>.kernels <= 10);
static_assert(training<Mlp, st::Shape<784>, 32>.kernels <= 10);
static_assert(training<LeNet, st::Shape<1, 28, 28>, 32>.kernels <= 24);
static_assert(st::facts_of_plan<st::Session<st::Model<Net<st::Dense<8>, st::Relu>, st::Shape<4>>, 16>::Plan>().kernels == 1);
static_assert(st::facts_of_plan<st::Session<st::Model<Net<st::LayerNorm>, st::Shape<40>>, 16>::Plan>().kernels == 1);
static_assert(st::facts_of_plan<st::Session<st::Model<Net<st::Softmax>, st::Shape<40>>, 16>::Plan>().kernels == 1);

TEST_CASE("facts count bytes and operations by hand") {
    using X = st::TensorLeaf<float, st::Shape<8, 16>>;
    using W = st::TensorLeaf<float, st::Shape<16, 4>>;
    using B = st::TensorLeaf<float, st::Shape<4>>;
    constexpr auto f = st::plan_of<decltype(st::relu(st::matmul(X{}, W{}) + B{}))>;
    static_assert(f.kernels == 1 && f.arena_bytes == 0);
    CHECK(f.bytes_moved == 4 * (8 * 16 + 16 * 4 + 4 + 8 * 4));
    CHECK(f.flops == 2 * 8 * 16 * 4 + 2 * 8 * 4);
}

TEST_CASE("a kernel that reads another's result through a view says so") {
    using X = st::TensorLeaf<float, st::Shape<8, 8>>;
    using P = st::Program<st::detail::ExpressionTrace<st::detail::Wrapped<decltype(st::transpose<1, 0>(st::exp(X{})) * 2)>>>;
    CHECK(st::explain<P>().find("reads step 0 at other places than it is written") != std::string::npos);
}

TEST_CASE("the table has a line for each kernel and says why each begins") {
    using Plan = st::TrainingStep<st::Model<Mlp, st::Shape<784>>, st::CrossEntropy, st::Adam, 64>::Plan;
    const std::string table = st::explain<Plan>();
    long lines = 0;
    for (const char c : table) lines += c == '\n';
    CHECK(lines == 1 + Plan::kernels + 1);
    CHECK(table.find("matmul, add, relu*") != std::string::npos);
    CHECK(table.find("all parts of the packed gradients are needed first") != std::string::npos);
    CHECK(table.find("[<=64, 256]") != std::string::npos);
    const std::string dot = st::graphviz<Plan>();
    CHECK(dot.starts_with("digraph plan {"));
    CHECK(dot.find("s0 -> s1") != std::string::npos);
    CHECK(dot.ends_with("}\n"));
}
