// SPDX-License-Identifier: BSL-1.0
#include <strata/metric/report.hpp>

#include <doctest/doctest.h>

#include <sstream>

TEST_CASE("report: a table like scikit-learn's") {
    strata::Evaluation<3> e{.loss = 0.25, .samples = 5};
    e.confusion.add(0, 0), e.confusion.add(1, 0), e.confusion.add(2, 2, 3);
    e.names = {"T-shirt/top", "bag", "ankle boot"};
    CHECK(e.accuracy() == doctest::Approx(0.8));
    CHECK(e.precision() == doctest::Approx(0.5));
    CHECK(e.recall() == doctest::Approx(2.0 / 3));
    CHECK(e.f1() == doctest::Approx(5.0 / 9));
    CHECK(e.f1(strata::Average::micro) == doctest::Approx(0.8));
    const std::string expected =
        "loss 0.25, accuracy 0.80 on 5 samples\n"
        "\n"
        "                  precision  recall    f1  support\n"
        "T-shirt/top            0.50    1.00  0.67        1\n"
        "bag                    0.00    0.00  0.00        1\n"
        "ankle boot             1.00    1.00  1.00        3\n"
        "\n"
        "accuracy                             0.80        5\n"
        "macro average          0.50    0.67  0.56        5\n"
        "weighted average       0.70    0.80  0.73        5\n";
    CHECK(e.text(2) == expected);
}

TEST_CASE("report: streams take it, names must fit, an empty one is all zeros") {
    strata::Evaluation<2> e;
    std::ostringstream out;
    std::ostream& plain = out;
    plain << e << "end";
    CHECK(out.str() == e.text() + "end");
    CHECK(e.text().find("accuracy 0.0000 on 0 samples") != std::string::npos);
    e.names = {"only one"};
    CHECK_THROWS_AS(e.text(), strata::DataError);
}
