// SPDX-License-Identifier: BSL-1.0
#include <strata/data/tensor_dataset.hpp>

#include <strata/data/loader.hpp>
#include <strata/data/split.hpp>

#include <doctest/doctest.h>

#include <numeric>

namespace strata::test {
namespace {

using Set = data::TensorDataset<Shape<3>, Shape<2>>;

/// Sample i is 10 i, 10 i + 1, 10 i + 2; its target 10 i + 5, 10 i + 6.
Set set_of(int n) {
    std::vector<float> x, y;
    for (int i = 0; i < n; ++i) {
        for (int k = 0; k < 3; ++k) x.push_back(static_cast<float>(10 * i + k));
        for (int k = 5; k < 7; ++k) y.push_back(static_cast<float>(10 * i + k));
    }
    return {x, y};
}

TEST_CASE("samples and their targets, in a whole and in views of it") {
    const Set all = set_of(7), some = all.view({6, 0, 3}), fewer = some.view({2, 2});
    CHECK(all.size() == 7);
    CHECK(some.size() == 3);
    CHECK(fewer.id(1) == 3);
    float x[3], y[2];
    some.copy_sample(0, x);
    some.copy_target(0, y);
    CHECK(x[2] == 62);
    CHECK(y[1] == 66);
    fewer.copy_target(1, y);
    CHECK(y[0] == 35);
    CHECK(Set().size() == 0);
}

TEST_CASE("sizes that do not fit are refused in words") {
    CHECK_THROWS_WITH_AS(Set(std::vector<float>(6), std::vector<float>(5)),
                         "strata: 6 values of samples come with 5 of targets, but a sample has 3 and its target 2; give both for each sample", DataError);
    CHECK_THROWS_AS(Set(std::vector<float>(7), std::vector<float>(4)), DataError);
    CHECK_THROWS_WITH_AS(set_of(3).view({3}), doctest::Contains("sample 3 of 3"), DataError);
}

TEST_CASE("a loader brings each sample with its own target, and a split parts both") {
    const auto [train, validation] = data::split(set_of(40), 10, Seed{1});
    CHECK(train.size() == 30);
    CHECK(validation.size() == 10);
    CHECK_THROWS_WITH_AS(data::split(train, 10, Seed{1}, data::Draw::stratified), doctest::Contains("without any"), DataError);
    data::Loader loader(train, batch<8>, {.seed = Seed{2}});
    long seen = 0;
    double sum = 0;
    while (const data::LoadedBatch* b = loader.next()) {
        CHECK(b->labels == nullptr);
        for (int i = 0; i < b->count; ++i, ++seen) {
            CHECK(b->targets[2 * i + 1] == b->samples[3 * i] + 6);
            sum += static_cast<double>(b->samples[3 * i]);
        }
    }
    double wanted = 0;
    for (long i = 0; i < train.size(); ++i) wanted += static_cast<double>(10 * train.id(i));
    CHECK(seen == 30);
    CHECK(sum == wanted);
}

}  // namespace
}  // namespace strata::test
