// SPDX-License-Identifier: BSL-1.0
#include <strata/data/loader.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <strata/data/dataset.hpp>
#include <strata/data/split.hpp>

#include "../support/folder.hpp"

using namespace strata::data;
using strata::batch;
using strata::Seed;
using strata::Shape;
using support::contains;
using support::error_of;

namespace {

/// Sample i is (i, i + 0.5), label i % 3.
Dataset<Shape<2>, 3> numbered(int n) {
    std::vector<float> samples;
    std::vector<std::int32_t> labels;
    for (int i = 0; i < n; ++i) {
        samples.push_back(static_cast<float>(i));
        samples.push_back(static_cast<float>(i) + 0.5f);
        labels.push_back(i % 3);
    }
    return {samples, labels};
}
/// The ids of one epoch, batch after batch, with -1 after each batch; checks the values on the way.
template <class L>
std::vector<int> epoch_of(L& loader) {
    std::vector<int> ids;
    while (const LoadedBatch* b = loader.next()) {
        REQUIRE(b->count > 0);
        REQUIRE(b->count <= L::capacity);
        for (int k = 0; k < b->count; ++k) {
            ids.push_back(static_cast<int>(b->samples[2 * k]));
            REQUIRE(b->samples[2 * k + 1] == b->samples[2 * k] + 0.5f);
            REQUIRE(b->labels[k] == ids.back() % 3);
        }
        ids.push_back(-1);
    }
    return ids;
}
std::vector<int> sorted_ids(std::vector<int> ids) {
    ids.erase(std::remove(ids.begin(), ids.end(), -1), ids.end());
    std::sort(ids.begin(), ids.end());
    return ids;
}
std::vector<int> first(int n) {
    std::vector<int> out;
    for (int i = 0; i < n; ++i) out.push_back(i);
    return out;
}

/// Samples that throw at one index.
struct Failing {
    static constexpr long sample_size = 2;
    int failing = -1;
    long size() const { return 1000; }
    std::int32_t label(long i) const { return static_cast<std::int32_t>(i % 3); }
    void copy_sample(long i, float* out) const {
        if (i == failing) throw std::runtime_error("sample " + std::to_string(i));
        out[0] = static_cast<float>(i);
        out[1] = out[0] + 0.5f;
    }
};

}  // namespace

TEST_CASE("unshuffled: every sample in order, the last batch smaller or dropped") {
    Loader all(numbered(10), batch<4>, {.shuffle = false});
    CHECK(all.samples() == 10);
    CHECK(all.batches() == 3);
    for (int epoch = 0; epoch < 3; ++epoch) CHECK(epoch_of(all) == std::vector<int>{0, 1, 2, 3, -1, 4, 5, 6, 7, -1, 8, 9, -1});
    Loader whole(numbered(10), batch<4>, {.shuffle = false, .drop_last = true});
    CHECK(whole.samples() == 8);
    CHECK(whole.batches() == 2);
    for (int epoch = 0; epoch < 3; ++epoch) CHECK(epoch_of(whole) == std::vector<int>{0, 1, 2, 3, -1, 4, 5, 6, 7, -1});
    Loader one(numbered(1), batch<64>, {});
    CHECK(epoch_of(one) == std::vector<int>{0, -1});
}

TEST_CASE("shuffled: each sample once an epoch, another order each epoch and seed, the same each time") {
    for (const int n : {1, 5, 64, 1000, 20'000}) {
        Loader a(numbered(n), batch<64>, {.seed = Seed{1}}), b(numbered(n), batch<64>, {.seed = Seed{1}}),
            c(numbered(n), batch<64>, {.seed = Seed{2}});
        const std::vector<int> a0 = epoch_of(a), a1 = epoch_of(a), b0 = epoch_of(b), c0 = epoch_of(c);
        CHECK(sorted_ids(a0) == first(n));
        CHECK(sorted_ids(a1) == first(n));
        CHECK(a0 == b0);
        if (n >= 64) {
            CHECK(a0 != a1);
            CHECK(a0 != c0);
        }
    }
}

TEST_CASE("the order does not depend on the batch size") {
    Loader a(numbered(1000), batch<7>, {.seed = Seed{3}});
    Loader b(numbered(1000), batch<128>, {.seed = Seed{3}});
    std::vector<int> x = epoch_of(a), y = epoch_of(b);
    x.erase(std::remove(x.begin(), x.end(), -1), x.end());
    y.erase(std::remove(y.begin(), y.end(), -1), y.end());
    CHECK(x == y);
}

TEST_CASE("batches may be smaller than the capacity: the same as a loader of that capacity, in every way") {
    for (const int size : {1, 3, 16, 63, 64}) {
        CAPTURE(size);
        Loader a(numbered(1000), batch<64>, {.seed = Seed{3}, .batch = size});
        CHECK(a.size() == size);
        CHECK(a.batches() == (1000 + size - 1) / size);
        for (int epoch = 0; epoch < 2; ++epoch) {
            const std::vector<int> ids = epoch_of(a);
            int held = 0;
            for (std::size_t at = 0; at < ids.size(); ++at) {
                if (ids[at] >= 0) {
                    ++held;
                    continue;
                }
                CHECK((held == size || at + 1 == ids.size()));
                held = 0;
            }
        }
    }
    Loader a(numbered(1000), batch<64>, {.seed = Seed{3}, .batch = 16});
    Loader b(numbered(1000), batch<16>, {.seed = Seed{3}});
    CHECK(epoch_of(a) == epoch_of(b));
    a.restore({1, 16});
    b.restore({1, 16});
    CHECK(epoch_of(a) == epoch_of(b));
    Loader dropping(numbered(100), batch<64>, {.batch = 30, .drop_last = true});
    CHECK(dropping.samples() == 90);
    CHECK(contains(error_of([&] { a.restore({0, 8}); }), "no batch of 16 out of"));
    for (const int bad : {-1, 65})
        CHECK(contains(error_of([&] { Loader loader(numbered(10), batch<64>, {.batch = bad}); }),
                       "batches of " + std::to_string(bad) + " samples has a capacity of 64; give a batch of 1 to 64"));
}

TEST_CASE("a state restores exactly, in the middle, at the end, and after it") {
    Loader whole(numbered(1000), batch<16>, {.seed = Seed{5}}), other(numbered(1000), batch<16>, {.seed = Seed{5}});
    CHECK(whole.state() == LoaderState{0, 0});
    for (int skip : {0, 1, 7, 61, 62, 63, 64, 70, 126}) {
        whole.restore({});
        for (int k = 0; k < skip; ++k) whole.next();
        const LoaderState state = whole.state();
        if (skip == 63) CHECK(state == LoaderState{0, 1000});
        if (skip == 64) CHECK(state == LoaderState{1, 0});
        other.restore(state);
        CHECK(other.state() == state);
        CHECK(epoch_of(whole) == epoch_of(other));
        CHECK(epoch_of(whole) == epoch_of(other));
        CHECK(whole.state() == other.state());
        Loader begun(numbered(1000), batch<16>, {.seed = Seed{5}, .from = state});
        CHECK(begun.state() == state);
        other.restore(state);
        CHECK(epoch_of(begun) == epoch_of(other));
    }
    for (const LoaderState bad : {LoaderState{-1, 0}, {0, -16}, {0, 8}, {0, 1016}}) {
        CHECK(contains(error_of([&] { other.restore(bad); }), "where no batch of 16 out of 1000 samples begins; restore with the data"));
        CHECK(contains(error_of([&] { Loader loader(numbered(1000), batch<16>, {.from = bad}); }), "where no batch of 16 out of 1000 samples begins"));
    }
    CHECK(sorted_ids(epoch_of(other)) == first(1000));
}

TEST_CASE("batches are aligned where the sample allows, and stay whole until the next call") {
    Loader loader(numbered(4000), batch<64>, {.seed = Seed{1}});
    while (const LoadedBatch* b = loader.next()) {
        CHECK(reinterpret_cast<std::uintptr_t>(b->samples) % 64 == 0);
        const std::vector<float> before(b->samples, b->samples + b->count * 2);
        std::this_thread::yield();
        CHECK(std::vector<float>(b->samples, b->samples + b->count * 2) == before);
    }
}

TEST_CASE("what the data throws arrives at its batch, not before, and stays") {
    for (const int failing : {0, 5, 63, 64, 999}) {
        Loader loader(Failing{failing}, batch<8>, {.shuffle = false});
        int before = 0;
        std::string text;
        try {
            while (loader.next()) ++before;
        } catch (const std::runtime_error& e) {
            text = e.what();
        }
        CHECK(before == failing / 8);
        CHECK(text == "sample " + std::to_string(failing));
        CHECK_THROWS_AS(loader.next(), std::runtime_error);
        CHECK(loader.state().position == failing / 8 * 8);
        loader.restore({0, 0});
        if (failing >= 8) CHECK(loader.next() != nullptr);
    }
    struct Throwing {
        void operator()(long id, long epoch, float*) const {
            if (epoch == 1 && id == 3) throw strata::DataError("strata: augmentation; mend it");
        }
    };
    Loader loader(numbered(10), batch<4>, {}, Throwing{});
    CHECK(sorted_ids(epoch_of(loader)) == first(10));
    CHECK(error_of([&] { epoch_of(loader); }) == "strata: augmentation; mend it");
}

TEST_CASE("destruction and restoring at any time are safe") {
    for (int steps = 0; steps < 40; ++steps) {
        Loader loader(numbered(3000), batch<8>, {.seed = Seed{1}});
        for (int k = 0; k < steps * 10; ++k) loader.next();
        if (steps % 3 == 0) loader.restore({2, 16});
        if (steps % 5 == 0) loader.next();
    }
    CHECK(true);
}

TEST_CASE("a set without a batch is an error") {
    CHECK(contains(error_of([] { Loader loader(numbered(0), batch<4>); }), "strata: a data set has no samples; give one that has some"));
    CHECK(contains(error_of([] { Loader loader(numbered(3), batch<4>, {.drop_last = true}); }),
                   "without the last, smaller one gets 3 samples"));
}

TEST_CASE("augmentation gets the sample's own number and the epoch") {
    struct Mark {
        void operator()(long id, long epoch, float* x) const { x[1] = static_cast<float>(1000 * epoch + id); }
    };
    const auto part = split(numbered(100), 40, Seed{1}).validation;
    Loader loader(part, batch<16>, {.seed = Seed{2}}, Mark{});
    for (long epoch = 0; epoch < 3; ++epoch) {
        std::set<int> seen;
        while (const LoadedBatch* b = loader.next())
            for (int k = 0; k < b->count; ++k) {
                CHECK(b->samples[2 * k + 1] == static_cast<float>(1000 * epoch) + b->samples[2 * k]);
                seen.insert(static_cast<int>(b->samples[2 * k]));
            }
        CHECK(seen.size() == 40);
    }
}
