// SPDX-License-Identifier: BSL-1.0
#include <strata/optim/setting.hpp>

#include <limits>
#include <string>

#include <strata/optim/adam.hpp>
#include <strata/optim/clip.hpp>
#include <strata/optim/loss_scale.hpp>
#include <strata/optim/schedule.hpp>
#include <strata/optim/sgd.hpp>

#include "../support/probe.hpp"

namespace st = strata;

namespace {
constexpr double inf = std::numeric_limits<double>::infinity(), none = std::numeric_limits<double>::quiet_NaN();
/// What is said of a thing's settings; empty: nothing.
std::string said(const auto& thing) {
    try {
        st::check_settings(thing, "thing");
    } catch (const st::DataError& e) {
        return e.what();
    }
    return "";
}
/// Of a user's own, which tells of no settings.
struct Own {
    double rate = 1;
};
}  // namespace

TEST_CASE("what training cannot work with is named, with its value and what it may be") {
    CHECK(said(st::Adam{}) == "");
    CHECK(said(st::Adam{.rate = 0}) == "");
    CHECK(said(st::Adam{.rate = -1}) == "strata: the thing's rate is -1; give 0 or more");
    CHECK(said(st::Adam{.rate = inf}) == "strata: the thing's rate is inf; give 0 or more");
    CHECK(said(st::Adam{.beta1 = 1}) == "strata: the thing's beta1 is 1; give 0 or more, less than 1");
    CHECK(said(st::Adam{.beta2 = -0.5}) == "strata: the thing's beta2 is -0.5; give 0 or more, less than 1");
    CHECK(said(st::Adam{.epsilon = -1}) == "strata: the thing's epsilon is -1; give 0 or more");
    for (const double v : {-1.0, none, inf}) {
        CHECK(said(st::Sgd{.rate = v}).find("rate") != std::string::npos);
        CHECK(said(st::Momentum{.momentum = v}).find("momentum") != std::string::npos);
        CHECK(said(st::Nesterov{.momentum = v}).find("momentum") != std::string::npos);
        CHECK(said(st::AdamW{.decay = v}).find("decay") != std::string::npos);
        CHECK(said(Own{v}).find("rate") != std::string::npos);
    }
    CHECK(said(st::AdamW{.beta1 = 2}).find("beta1 is 2") != std::string::npos);
    CHECK(said(st::clip(st::Sgd{}, 0)) == "strata: the thing's norm is 0; give more than 0");
    CHECK(said(st::clip(st::Sgd{}, inf)) == "");
    CHECK(said(st::clip(st::Sgd{.rate = none}, 1)).find("rate") != std::string::npos);
    CHECK(said(st::StepDecay{.every = 0}) == "strata: the thing's every is 0; give more than 0");
    CHECK(said(st::StepDecay{.factor = -1}).find("factor") != std::string::npos);
    CHECK(said(st::Cosine{.total = 0}).find("total") != std::string::npos);
    CHECK(said(st::Cosine{.warm_up = -1}).find("warm_up") != std::string::npos);
    CHECK(said(st::Cosine{.least = -1}).find("least") != std::string::npos);
    CHECK(said(st::LossScale{.interval = 0}).find("interval") != std::string::npos);
    CHECK(said(st::LossScale{}) == "");
    CHECK(said(st::ConstantRate{}) == "");
    CHECK(said(Own{}) == "");
}
TEST_CASE("a training step looks at its optimiser's settings") {
    using M = st::Model<st::test::Affine, st::Shape<3>, st::test::Here>;
    M model;
    CHECK_THROWS_WITH_AS((st::TrainingStep<M, st::test::Weighted, st::Sgd, 2>(model, st::Sgd{.rate = -1}, st::Seed{1})), "strata: the optimiser's rate is -1; give 0 or more", st::DataError);
}
