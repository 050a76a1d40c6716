// SPDX-License-Identifier: BSL-1.0
#include <strata/exec/program.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include <strata/exec/expression.hpp>
#include <strata/layer.hpp>
#include <strata/loss/cross_entropy.hpp>
#include <strata/op.hpp>
#include <strata/optim/adam.hpp>
#include <strata/plan/explain.hpp>
#include <strata/train/step.hpp>

namespace strata::test {
/// A place that launches kernels, for plans alone; and the same without joined launches.
struct Launching {};
struct Plain {};
}  // namespace strata::test

namespace strata {
template <class Real>
struct PolicyOn<test::Plain, Real> {
    static constexpr Policy value = [] {
        Policy p;
        p.lanes = 32;
        p.batch_innermost = false;
        return p;
    }();
};
template <class Real>
struct PolicyOn<test::Launching, Real> {
    static constexpr Policy value = [] {
        Policy p = PolicyOn<test::Plain, Real>::value;
        p.narrow = 128;
        p.beside = true;
        return p;
    }();
};
}  // namespace strata

namespace strata::test {
namespace {

template <class Net, class In, class Place = Launching>
using Training = Program<detail::TrainingTrace<Net, In, 64, CrossEntropy, Adam, float, Place>>;
template <class Net, class In>
using Inference = Session<Model<Net, In>, 64>;
template <class X, class Place = Launching>
constexpr int launches = plan_of<X, Place>.launches;
template <class Net, class In>
using StepOf = TrainingStep<Model<Net, In>, CrossEntropy, Adam, 64>;

using Narrow = Sequential<Dense<64>, Relu, Dense<64>, Relu, Dense<64>, Relu, Dense<10>>;
using Wide = Sequential<Dense<256>, Relu, Dense<128>, Relu, Dense<10>>;
using LeNet = Sequential<Conv2d<6, 5, Sliding<1, 1, 2>>, Relu, MaxPool2d<2>, Conv2d<16, 5>, Relu, MaxPool2d<2>, Flatten, Dense<120>, Relu, Dense<84>, Relu, Dense<10>>;
using Normal = Sequential<Dense<33>, BatchNorm, Relu, Residual<Dense<33>, LayerNorm, Gelu>, Dropout<0.2f>, Repeat<3, Residual<Dense<33>, Tanh>>, Dense<5>>;

static_assert(launches<Inference<Sequential<Dense<64>, Relu>, Shape<784>>> == 1);
static_assert(launches<Inference<Narrow, Shape<64>>> == 1 && plan_of<Inference<Narrow, Shape<64>>, Launching>.arena_bytes == 0);
static_assert(launches<StepOf<Narrow, Shape<64>>> == 3 && plan_of<StepOf<Narrow, Shape<64>>, Launching>.kernels == 13);
static_assert(launches<StepOf<Wide, Shape<784>>> <= 14 && launches<StepOf<LeNet, Shape<1, 28, 28>>> <= 26);
static_assert(launches<StepOf<Narrow, Shape<64>>, Plain> == 13);
// The host launches a step at a time; a model is planned for one sample, and an expression at any place too.
static_assert(plan_of<Inference<Narrow, Shape<64>>>.launches == 4 && plan_of<Inference<Narrow, Shape<64>>, Host>.launches == 4);
static_assert(launches<Model<Narrow, Shape<64>>> == 1 && plan_of<Model<Narrow, Shape<64>>>.launches == 4 && plan_of<Model<Narrow, Shape<64>>>.flops * 64 == plan_of<Inference<Narrow, Shape<64>>>.flops);
using X = TensorLeaf<float, Shape<32, 64>>;
using W = TensorLeaf<float, Shape<64, 64>>;
static_assert(plan_of<decltype(matmul(relu(matmul(X{}, W{})), W{}))>.launches == 2);
static_assert(plan_of<decltype(matmul(relu(matmul(X{}, W{})), W{})), Launching>.kernels == 2);

/// An access to memory outside the arena by the group whose first member is `who`.
struct Touch {
    int who;
    Region region;
    int index;
    long begin, end;
    Turn turn;
    bool writes;
    bool meets(const Touch& o) const {
        return (writes || o.writes) && region == o.region && index == o.index && (turn.places != o.turn.places || turn.phase != o.turn.phase || (begin < o.end && o.begin < end));
    }
};
/// What the groups of P touch outside the arena, in order, from their code and from their anchors' operands.
template <class P>
std::vector<std::vector<Touch>> touches() {
    std::vector<std::vector<Touch>> all;
    for (int at = 0; at < P::plan.groups; ++at) {
        std::vector<Touch> own;
        const Group& group = P::plan.group[at];
        const auto enter = [&](const AnyCode& code) {
            for (int i = 0; i < code.operands; ++i) {
                const Operand& o = code.operand[i];
                if (o.source != Source::memory || o.region == Region::arena || o.region == Region::block) continue;
                own.push_back({group.first, o.region, o.index, o.offset, o.offset + o.elements * size_of(o.type), o.turn, o.written});
            }
        };
        enter(encode(P::graph, P::plan, Ops<typename P::List>::facts, P::policy, at));
        if (group.anchor != Kind::map)
            for (int k = 0; k < P::graph.node[group.node].arity; ++k) {
                const int s = detail::root_of(P::graph, P::graph.node[group.node].in[k]);
                const NodePlan& p = P::plan.node[s];
                if (p.region != Region::arena && p.region != Region::block)
                    own.push_back({group.first, p.region, p.index, p.offset, p.offset + P::graph.node[s].dims.size() * size_of(P::graph.node[s].type), p.turn, false});
            }
        all.push_back(own);
    }
    return all;
}
/// Whether P does in the order of Q whatever two groups do to one place, never within a launch.
template <class P, class Q>
int out_of_order() {
    const auto joined = touches<P>(), plain = touches<Q>();
    REQUIRE(joined.size() == plain.size());
    const auto number = [](const auto& all, int who) {
        for (std::size_t i = 0; i < all.size(); ++i)
            for (const Touch& t : all[i])
                if (t.who == who) return static_cast<int>(i);
        return -1;
    };
    int wrong = 0, met = 0;
    for (std::size_t a = 0; a < plain.size(); ++a)
        for (std::size_t b = a + 1; b < plain.size(); ++b)
            for (const Touch& x : plain[a])
                for (const Touch& y : plain[b]) {
                    if (!x.meets(y)) continue;
                    ++met;
                    const int first = number(joined, x.who), second = number(joined, y.who);
                    REQUIRE(first >= 0);
                    REQUIRE(second >= 0);
                    wrong += P::plan.group[first].launch >= P::plan.group[second].launch;
                }
    CHECK(met > 0);
    return wrong;
}

TEST_CASE("what steps do to parameters, states, gradients and moments they do in the order of the plain plan") {
    CHECK(out_of_order<Training<Narrow, Shape<64>>, Training<Narrow, Shape<64>, Plain>>() == 0);
    CHECK(out_of_order<Training<Wide, Shape<784>>, Training<Wide, Shape<784>, Plain>>() == 0);
    CHECK(out_of_order<Training<Normal, Shape<17>>, Training<Normal, Shape<17>, Plain>>() == 0);
}

TEST_CASE("explain lists the launches and says why each begins") {
    const std::string text = explain<Training<Narrow, Shape<64>>>();
    CHECK(text.find("13 kernels, 3 launches") != std::string::npos);
    CHECK(text.find("0       0 to 7    a block takes 16 samples through all, keeping 640 bytes; the first") != std::string::npos);
    CHECK(text.find("1       8 to 11   side by side; step 11 needs step 7 done by all blocks") != std::string::npos);
    CHECK(text.find("2       12        alone; step 12 needs step 11 done by all blocks") != std::string::npos);
    CHECK(explain<Training<Wide, Shape<784>>>().find("is too wide, or of a sort") != std::string::npos);
    CHECK(explain<Training<Narrow, Shape<64>, Plain>>().find("side by side") == std::string::npos);
}

}  // namespace
}  // namespace strata::test
