// SPDX-License-Identifier: BSL-1.0
#include <strata/train/callbacks.hpp>

#include <doctest/doctest.h>

#include <vector>

using strata::EpochRecord;
using strata::OnEpochEnd;

namespace {
struct Watcher {
    std::vector<int> epochs{};
    void on_epoch_end(const EpochRecord& e) { epochs.push_back(e.epoch); }
};
struct Target {
    double accuracy;
    bool on_epoch_end(const EpochRecord& e) const { return e.validation_accuracy.value_or(0) < accuracy; }
};
struct WrongResult {
    int on_epoch_end(const EpochRecord&);
};
struct WrongArgument {
    bool on_epoch_end(EpochRecord&);
};
static_assert(strata::Callback<Watcher> && strata::Callback<Target> && strata::Callback<const Target>);
static_assert(!strata::Callback<WrongResult> && !strata::Callback<WrongArgument> && !strata::Callback<int> &&
              !strata::Callback<const Watcher>);
}  // namespace

TEST_CASE("callbacks: all are told, one that says no ends training") {
    Watcher before, after;
    Target target{0.9};
    CHECK(strata::notify({.epoch = 1, .validation_accuracy = 0.8}, before, target, after));
    CHECK_FALSE(strata::notify({.epoch = 2, .validation_accuracy = 0.95}, before, target, after));
    CHECK(after.epochs == std::vector<int>{1, 2});
    CHECK(before.epochs == after.epochs);
    CHECK(strata::notify({.epoch = 1}));

    int asked = 0;
    OnEpochEnd counts{[&](const EpochRecord&) { return ++asked > 0; }};
    CHECK_FALSE(strata::notify({.epoch = 3, .validation_accuracy = 0.95}, target, counts));  // an earlier no holds
    CHECK(asked == 1);                                                                       // and later ones still hear
}

TEST_CASE("callbacks: functions") {
    double seen = 0;
    OnEpochEnd look{[&](const EpochRecord& e) { seen = e.loss; }};
    OnEpochEnd stop{[](const EpochRecord& e) { return e.epoch < 2; }};
    static_assert(strata::Callback<decltype(look)> && strata::Callback<decltype(stop)>);
    CHECK(strata::notify({.epoch = 1, .loss = 0.25}, look, stop));
    CHECK(seen == 0.25);
    CHECK_FALSE(strata::notify({.epoch = 2}, look, stop));
}
