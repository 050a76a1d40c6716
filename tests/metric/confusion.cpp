// SPDX-License-Identifier: BSL-1.0
#include <strata/metric/confusion.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <vector>

using strata::ConfusionMatrix;

TEST_CASE("confusion: counts by truth and prediction") {
    ConfusionMatrix<3> m;
    CHECK(m.total() == 0);
    m.add(0, 0), m.add(0, 0), m.add(0, 2), m.add(1, 0), m.add(2, 2, 5);
    CHECK(m(0, 0) == 2);
    CHECK(m(0, 2) == 1);
    CHECK(m(2, 0) == 0);
    CHECK(m(1, 0) == 1);
    CHECK(m.support(0) == 3);
    CHECK(m.support(2) == 5);
    CHECK(m.predictions(0) == 3);
    CHECK(m.predictions(1) == 0);
    CHECK(m.predictions(2) == 6);
    CHECK(m.correct() == 7);
    CHECK(m.total() == 9);
}

TEST_CASE("confusion: parts merged equal the whole") {
    ConfusionMatrix<4> whole, left, right;
    for (int i = 0; i < 100; ++i) {
        whole.add(i % 4, i * i % 4);
        (i < 37 ? left : right).add(i % 4, i * i % 4);
    }
    CHECK_FALSE(left == whole);
    left.merge(right);
    CHECK(left == whole);
    CHECK(right.total() == 63);
}

TEST_CASE("confusion: a batch counts as its samples do, all of them or none") {
    const std::vector<std::int32_t> truth{0, 2, 1, 2, 2}, predicted{1, 2, 1, 0, 2};
    ConfusionMatrix<3> one_by_one, batch;
    for (std::size_t i = 0; i < truth.size(); ++i) one_by_one.add(truth[i], predicted[i]);
    batch.add(truth, predicted);
    CHECK(batch == one_by_one);
    CHECK_THROWS_WITH_AS(batch.add(truth, std::vector<std::int32_t>(4)), "strata: 4 predictions for 5 labels; give one for each sample", strata::DataError);
    CHECK_THROWS_WITH_AS(batch.add(truth, std::vector<std::int32_t>{0, 0, 0, 0, 3}), doctest::Contains("truth 2 and prediction 3"), strata::DataError);
    CHECK(batch == one_by_one);
    batch.add(std::vector<std::int32_t>(), std::vector<std::int32_t>());
    CHECK(batch == one_by_one);
}

TEST_CASE("confusion: as text") {
    ConfusionMatrix<2> m;
    m.add(0, 1, 12345), m.add(1, 1, 7);
    CHECK(m.text() ==
          "truth \\ predicted  0      1\n"
          "0                  0  12345\n"
          "1                  0      7\n");
    CHECK(m.text({"shirt", "boot"}) ==
          "truth \\ predicted  shirt   boot\n"
          "shirt                  0  12345\n"
          "boot                   0      7\n");
    CHECK_THROWS_AS(m.text({"shirt"}), strata::DataError);
}

TEST_CASE("confusion: a label that is no class is an error that names both, and counts nothing") {
    ConfusionMatrix<10> m;
    CHECK_THROWS_WITH_AS(
        m.add(3, 10),
        "strata: truth 3 and prediction 10 do not both lie in the classes 0 to 9; check the labels and the "
        "number of the model's outputs",
        strata::DataError);
    CHECK_THROWS_AS(m.add(10, 0), strata::DataError);
    CHECK_THROWS_AS(m.add(-1, 0), strata::DataError);
    CHECK_THROWS_AS(m.add(0, -1), strata::DataError);
    CHECK_THROWS_AS(m.add(std::int64_t{1} << 32, 0), strata::DataError);
    CHECK(m.total() == 0);
}

TEST_CASE("confusion: a thousand classes are no matter of the stack") {
    static_assert(sizeof(ConfusionMatrix<1000>) < 100);
    ConfusionMatrix<1000> m;
    m.add(999, 998);
    CHECK(m(999, 998) == 1);
}
