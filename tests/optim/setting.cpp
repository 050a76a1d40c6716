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
/// Settings of other types, one of them made of others.
struct Mixed {
    float rate = 0.5f;
    long every = 3;
    void settings(const st::SettingCheck& check) const {
        check("rate", rate, st::SettingRange::not_negative);
        check("twice", 2 * rate, st::SettingRange::not_negative);
        check("every", every, st::SettingRange::positive);
    }
};
struct Fixed {
    const double rate = 1;
};
std::string listed(const auto& thing) {
    std::string all;
    for (const st::Setting& s : st::settings_of(thing)) all += s.name + ' ' + std::to_string(s.value) + ' ';
    return all;
}
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
TEST_CASE("the settings that are members are listed and can be given another value; one made of others, or of what cannot be assigned to, is left out") {
    CHECK(listed(st::Sgd{}) == "rate 0.010000 ");
    CHECK(listed(st::AdamW{}) == "rate 0.001000 beta1 0.900000 beta2 0.999000 epsilon 0.000000 decay 0.010000 ");
    CHECK(listed(st::clip(st::clip(st::Sgd{}, 2), 3)) == "rate 0.010000 norm 2.000000 norm 3.000000 ");
    CHECK(listed(Own{}) == "rate 1.000000 ");
    CHECK(listed(Mixed{}) == "rate 0.500000 every 3.000000 ");
    CHECK(listed(Fixed{}) == "");
    Mixed own;
    const std::vector<st::Setting> all = st::settings_of(own);
    REQUIRE(all.size() == 2);
    st::put_setting(own, all[0], 0.25);
    st::put_setting(own, all[1], 7);
    CHECK(own.rate == 0.25f);
    CHECK(own.every == 7);
}
TEST_CASE("a training step looks at its optimiser's settings") {
    using M = st::Model<st::test::Affine, st::Shape<3>, st::test::Here>;
    M model;
    CHECK_THROWS_WITH_AS((st::TrainingStep<M, st::test::Weighted, st::Sgd, 2>(model, st::Sgd{.rate = -1}, st::Seed{1})), "strata: the optimiser's rate is -1; give 0 or more", st::DataError);
    st::TrainingStep<M, st::test::Weighted, st::Sgd, 2> step(model, st::Sgd{}, st::Seed{1});
    const std::vector<float> x(3), y(1);
    step.optimiser().rate = none;
    CHECK_THROWS_WITH_AS(step(x, y), "strata: the optimiser's rate is nan; give 0 or more", st::DataError);
    CHECK(step.steps() == 0);
}
