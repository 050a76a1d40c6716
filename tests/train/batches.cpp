// SPDX-License-Identifier: BSL-1.0
// A capacity of 64 serves every batch from 1 to 64 with the same bits for each sample; more are refused, or split by who says so.
#include <strata/train/trainer.hpp>

#include <doctest/doctest.h>

#include <cstring>
#include <thread>
#include <vector>

#include <strata/core/philox.hpp>
#include <strata/data/dataset.hpp>
#include <strata/optim/adam.hpp>

#include "../support/golden_nets.hpp"

namespace strata::test {
namespace {

constexpr int capacity = 64, more = 65;

template <class M>
std::vector<float> samples(int count) {
    std::vector<float> x(static_cast<std::size_t>(count * M::Input::size));
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = 2 * Philox::uniform(11, 1, i) - 1;
    return x;
}
std::vector<std::int32_t> labels(int count) {
    std::vector<std::int32_t> l;
    for (int i = 0; i < count; ++i) l.push_back(i % 4);
    return l;
}
/// Scores of `count` samples from `first` on.
template <class M>
std::vector<float> scores(Session<M, capacity>& session, const std::vector<float>& x, int first, int count) {
    std::vector<float> y(static_cast<std::size_t>(count * M::Output::size), -7);
    session({x.data() + first * M::Input::size, static_cast<std::size_t>(count * M::Input::size)}, y);
    return y;
}
/// Whether `y` holds the bits that `all` has for samples from `first` on.
template <class M>
bool agrees(const std::vector<float>& y, const std::vector<float>& all, int first) {
    return std::memcmp(y.data(), all.data() + first * M::Output::size, y.size() * sizeof(float)) == 0;
}
template <class F>
std::string error_of(F f) {
    try {
        f();
    } catch (const DataError& e) {
        return e.what();
    }
    return "none";
}

template <class M>
void every_batch() {
    const M model{Seed{3}};
    Session<M, capacity> session(model);
    const auto x = samples<M>(capacity);
    const auto all = scores(session, x, 0, capacity);
    CHECK_FALSE(agrees<M>(scores(session, x, 1, 1), all, 0));  // samples differ, so that a mistaken one would be seen
    for (int count = 1; count <= capacity; count += on_host ? 1 : 7) {  // 64 is the last of either
        const int first = (5 * count) % (capacity - count + 1);
        CAPTURE(count);
        CHECK(agrees<M>(scores(session, x, first, count), all, first));
    }
}
/// Eight threads, each with a session of its own and other batches, on one model.
template <class M>
void eight_threads() {
    const M model{Seed{3}};
    const auto x = samples<M>(capacity);
    Session<M, capacity> session(model);
    const auto all = scores(session, x, 0, capacity);
    int wrong[8] = {};
    std::vector<std::thread> threads;
    for (int t = 0; t < 8; ++t)
        threads.emplace_back([&, t] {
            Session<M, capacity> own(model);
            for (int i = 0; i < 8; ++i) {
                const int count = 1 + 8 * i + t, first = (t * i) % (capacity - count + 1);
                wrong[t] += !agrees<M>(scores(own, x, first, count), all, first);
            }
        });
    for (std::thread& t : threads) t.join();
    for (const int w : wrong) CHECK(w == 0);
}
/// Sixty-five samples: refused by a session and a step, which change nothing, and split by a trainer.
template <class M>
void one_too_many() {
    const char* wanted = "strata: a batch of 65 samples for a capacity of 64; give 1 to 64, or split it";
    M model{Seed{3}};
    const M before = model;
    const auto x = samples<M>(more);
    const auto l = labels(more);
    Session<M, capacity> session(model);
    CHECK(error_of([&] { scores(session, x, 0, more); }) == wanted);
    TrainingStep<M, CrossEntropy, Adam, capacity> step(model, Adam{}, Seed{1});
    CHECK(error_of([&] { step(x, l); }) == wanted);
    CHECK(step.steps() == 0);
    CHECK(std::memcmp(model.parameters(), before.parameters(), sizeof(float) * M::parameter_block()) == 0);

    Trainer<M, CrossEntropy, Adam, capacity> trainer(model, CrossEntropy{}, Adam{}, batch<capacity>, TrainerOptions{Seed{1}, 1});
    CHECK(error_of([&] { trainer.step(x.data(), l.data(), more); }) == wanted);
    std::vector<float> first = scores(session, x, 0, capacity), last = scores(session, x, capacity, 1);
    std::vector<int> counts;
    bool same = true;
    const data::Dataset<typename M::Input, 4> set(x, l);
    trainer.each_batch(set, [&](const data::LoadedBatch& b, const float* y, const std::int32_t*, float) {
        same = same && std::memcmp(y, (counts.empty() ? first : last).data(), sizeof(float) * static_cast<std::size_t>(b.count * M::Output::size)) == 0;
        counts.push_back(b.count);
    });
    CHECK(counts == std::vector<int>{capacity, 1});
    CHECK(same);
    CHECK(trainer.evaluate(set).samples == more);
}

TEST_CASE("a multi-layer perceptron gives a sample the same bits in every batch") { every_batch<Mlp<float>>(); }
TEST_CASE("so does LeNet") { every_batch<LeNet<float>>(); }
TEST_CASE("so does a residual net, by its running statistics") { every_batch<ResidualNet<float>>(); }
TEST_CASE("eight threads share one model") { eight_threads<LeNet<float>>(); }
TEST_CASE("one sample too many is an error with both numbers; a trainer splits") { one_too_many<Mlp<float>>(); }

}  // namespace
}  // namespace strata::test
