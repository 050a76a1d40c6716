// SPDX-License-Identifier: BSL-1.0
#include <strata/data/split.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>


#include "../support/folder.hpp"

using namespace strata::data;
using strata::Seed;
using strata::Shape;
using support::contains;
using support::error_of;

namespace {

/// Class 0 has half of the samples, class 1 a third, class 2 a sixth.
Dataset<Shape<1>, 3> uneven(int n) {
    std::vector<float> samples;
    std::vector<std::int32_t> labels;
    for (int i = 0; i < n; ++i) {
        samples.push_back(static_cast<float>(i));
        labels.push_back(i % 6 < 3 ? 0 : i % 6 < 5 ? 1 : 2);
    }
    return {samples, labels};
}
template <class Set>
std::vector<long> ids(const Set& set) {
    std::vector<long> out;
    for (long i = 0; i < set.size(); ++i) out.push_back(set.id(i));
    return out;
}
template <class Set>
std::vector<long> counts(const Set& set) {
    std::vector<long> out(3);
    for (long i = 0; i < set.size(); ++i) ++out[static_cast<std::size_t>(set.label(i))];
    return out;
}

}  // namespace

TEST_CASE("two disjoint parts are the whole, in its order") {
    const auto whole = uneven(600);
    for (const Draw draw : {Draw::uniform, Draw::stratified})
        for (const int count : {0, 1, 100, 599, 600}) {
            const auto [train, validation] = split(whole, count, Seed{1}, draw);
            CHECK(validation.size() == count);
            CHECK(train.size() == 600 - count);
            std::vector<long> all = ids(train), held = ids(validation);
            CHECK(std::is_sorted(all.begin(), all.end()));
            CHECK(std::is_sorted(held.begin(), held.end()));
            all.insert(all.end(), held.begin(), held.end());
            std::sort(all.begin(), all.end());
            CHECK(all == ids(whole));
        }
}

TEST_CASE("the choice depends on the seed, and is no run of neighbours") {
    const auto whole = uneven(600);
    const auto a = ids(split(whole, 100, Seed{1}).validation);
    CHECK(a == ids(split(whole, 100, Seed{1}).validation));
    CHECK(a != ids(split(whole, 100, Seed{2}).validation));
    CHECK(a.front() < 60);
    CHECK(a.back() > 540);
}

TEST_CASE("a stratified part holds the classes in proportion, remainders to the largest") {
    const auto whole = uneven(600);
    CHECK(counts(split(whole, 60, Seed{3}, Draw::stratified).validation) == std::vector<long>{30, 20, 10});
    CHECK(counts(split(whole, 1, Seed{3}, Draw::stratified).validation) == std::vector<long>{1, 0, 0});
    CHECK(counts(split(whole, 61, Seed{3}, Draw::stratified).validation) == std::vector<long>{31, 20, 10});
    CHECK(counts(split(whole, 64, Seed{3}, Draw::stratified).validation) == std::vector<long>{32, 21, 11});  // of 32, 21.33, 10.67
    CHECK(ids(split(whole, 60, Seed{3}, Draw::stratified).validation) != ids(split(whole, 60, Seed{4}, Draw::stratified).validation));
}

TEST_CASE("fractions are rounded to the nearest count") {
    const auto whole = uneven(10);
    CHECK(split(whole, 0.25, Seed{1}).validation.size() == 3);
    CHECK(split(whole, 0.24f, Seed{1}).validation.size() == 2);
    CHECK(split(whole, 0.0, Seed{1}).validation.size() == 0);
    CHECK(split(whole, 1.0, Seed{1}).train.size() == 0);
    CHECK(ids(split(whole, 0.3, Seed{1}).validation) == ids(split(whole, 3, Seed{1}).validation));
}

TEST_CASE("parts can be parted again, and the empty set too") {
    const auto [train, validation] = split(split(uneven(600), 100, Seed{1}).train, 50, Seed{1});
    CHECK(train.size() == 450);
    CHECK(validation.size() == 50);
    CHECK(split(uneven(0), 0, Seed{1}, Draw::stratified).train.size() == 0);
}

TEST_CASE("counts out of range are errors") {
    CHECK(contains(error_of([] { split(uneven(10), 11, Seed{1}); }), "a split of 11 samples is asked of 10; ask for 0 to 10"));
    CHECK(contains(error_of([] { split(uneven(10), -1, Seed{1}); }), "a split of -1 samples"));
    CHECK(contains(error_of([] { split(uneven(10), 1.5, Seed{1}); }), "by the fraction 1.5"));
    CHECK(contains(error_of([] { split(uneven(10), -0.1, Seed{1}); }), "ask for 0 to 1"));
    CHECK(contains(error_of([] { split(uneven(10), -1e-9, Seed{1}); }), "by the fraction -1e-09 is"));
    CHECK(contains(error_of([] { split(uneven(10), ~0ull, Seed{1}); }), "a split of 18446744073709551615 samples"));
}

namespace {
/// A set of a user's own, whose labels nobody has looked at.
struct Own : Dataset<Shape<1>, 3> {
    std::int32_t wrong;
    std::int32_t label(long i) const { return i == 4 ? wrong : 1; }
    Own view(const std::vector<std::int32_t>&) const { return *this; }
};
}  // namespace
TEST_CASE("a label that is no class cannot be split in proportion") {
    for (const std::int32_t wrong : {3, -1, 1000000})
        CHECK(error_of([&] { split(Own{uneven(9), wrong}, 3, Seed{1}, Draw::stratified); }) ==
              "strata: label " + std::to_string(wrong) + " of sample 4 is none of the 3 classes to split in proportion to; labels count from 0, or ask for Draw::uniform");
}
