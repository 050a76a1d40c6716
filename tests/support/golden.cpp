// SPDX-License-Identifier: BSL-1.0
#include "golden.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <numeric>
#include <set>

using strata::test::Golden;

namespace {

using Values = std::vector<double>;

/// What the reader says about a text; empty if it takes it.
std::string complaint(const char* text) {
    std::istringstream in(text);
    try {
        Golden{in, "text"};
    } catch (const std::runtime_error& error) {
        return error.what();
    }
    return {};
}

double dot(const Values& a, const Values& b) {
    REQUIRE(a.size() == b.size());
    return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

const char* const files[] = {
    "ops_map.txt",  "ops_reduce.txt", "ops_matmul.txt",   "ops_conv.txt",       "ops_window.txt",       "ops_loss.txt",
    "ops_norm.txt", "ops_gather.txt", "training_mlp.txt", "training_lenet.txt", "training_residual.txt"
};

}  // namespace

TEST_CASE("golden: names, shapes and values are read as written") {
    std::istringstream in("# comment\n\na.b.x0 2 1 3 : 1 -0.5 2.5e-3\na.b.y 0 : 7\nc.d.x0 2 0 4 :\n");
    const Golden g{in, "text"};
    CHECK(g.values("a.b.x0") == Values{1, -0.5, 0.0025});
    CHECK(g.shape("a.b.x0") == std::vector<int>{1, 3});
    CHECK(g.shape("a.b.y").empty());
    CHECK(g.as<int>("a.b.y") == std::vector<int>{7});
    CHECK(g.values("c.d.x0").empty());
    CHECK(g.cases() == std::vector<std::string>{"a.b", "c.d"});
    CHECK(g.names("a.") == std::vector<std::string>{"a.b.x0", "a.b.y"});
    CHECK(g.contains("a.b.y"));
    CHECK_FALSE(g.contains("a.b"));
}

TEST_CASE("golden: what is missing is named") {
    CHECK_THROWS_WITH(Golden{"no_such_file.txt"}, doctest::Contains("no_such_file.txt cannot be opened"));
    std::istringstream in("a.b.y 0 : 7\n");
    const Golden g{in, "text"};
    CHECK_THROWS_WITH(g.values("a.b.x"), doctest::Contains("text has no array 'a.b.x'"));
    CHECK_THROWS_AS(g.shape("a.b"), std::runtime_error);
    CHECK_THROWS_WITH(g.cases("z."), doctest::Contains("begins with 'z.'"));
}

TEST_CASE("golden: a damaged line is refused with its number") {
    CHECK(complaint("a 1 2 : 1 2\n") == "");
    CHECK(complaint("# c\na 1 2 : 1\n") == "golden file text line 2: not as many values as its shape holds");
    for (const char* bad : {"a 1 2 1 2", "a 1 2 : 1 2 3", "a 1 2 : 1 x", "a 2 2 : 1 2", "a 1 2 2 : 1 2", "a 1 -2 :",
                            "a x : 1", " : 1", "a 99 1 : 1", "a 0 : 1\na 0 : 1"})
        CHECK_MESSAGE(complaint(bad) != "", bad);
}

TEST_CASE("golden: every input is the same number in float") {
    for (const char* file : files) {
        const Golden g{file};
        for (const auto& name : g.names()) {
            const std::string last = name.substr(name.rfind('.') + 1);
            const bool given = last[0] == 'x' || last == "dy" || last == "attributes";
            if (!given && name.find(".initial.") == std::string::npos) continue;
            for (double v : g.values(name)) REQUIRE_MESSAGE(static_cast<double>(static_cast<float>(v)) == v, name);
        }
    }
}

// Facts that hold whatever made the files: they would show a transposed, shifted or mislabelled array.
TEST_CASE("golden: products are those of a plain loop, and their gradients satisfy <dx, x> = <dy, y>") {
    const Golden g{"ops_matmul.txt"};
    const Values &a = g.values("matmul.tn.x0"), &b = g.values("matmul.tn.x1"), &y = g.values("matmul.tn.y");
    const int k = g.shape("matmul.tn.x0")[0], m = g.shape("matmul.tn.x0")[1], n = g.shape("matmul.tn.x1")[1];
    for (int i = 0; i < m; ++i)
        for (int j = 0; j < n; ++j) {
            double sum = 0;
            for (int l = 0; l < k; ++l) sum += a[std::size_t(l * m + i)] * b[std::size_t(l * n + j)];
            CHECK(y[std::size_t(i * n + j)] == sum);
        }
    for (const char* file : {"ops_matmul.txt", "ops_conv.txt"}) {
        const Golden bilinear{file};
        for (const auto& c : bilinear.cases())
            for (const char* x : {"0", "1"}) {
                const double dx = dot(bilinear.values(c + ".dx" + x), bilinear.values(c + ".x" + x));
                CHECK_MESSAGE(dx == dot(bilinear.values(c + ".dy"), bilinear.values(c + ".y")), c);
            }
    }
}

TEST_CASE("golden: conv2d shapes follow from stride, padding, dilation and groups") {
    const Golden g{"ops_conv.txt"};
    for (const auto& c : g.cases()) {
        const auto at = g.as<int>(c + ".attributes");
        const auto &x = g.shape(c + ".x0"), &w = g.shape(c + ".x1"), &y = g.shape(c + ".y");
        CHECK(w[1] * at[3] == x[1]);
        for (std::size_t axis : {2u, 3u})
            CHECK_MESSAGE(y[axis] == (x[axis] + 2 * at[1] - at[2] * (w[axis] - 1) - 1) / at[0] + 1, c);
    }
}

TEST_CASE("golden: soft-max rows sum to 1, their gradients to 0") {
    const Golden g{"ops_reduce.txt"};
    const auto &y = g.values("softmax.last.y"), &dx = g.values("softmax.last.dx0");
    for (std::size_t row = 0; row < y.size(); row += 5) {
        const auto from = static_cast<std::ptrdiff_t>(row);
        CHECK(std::accumulate(y.begin() + from, y.begin() + from + 5, 0.0) == doctest::Approx(1));
        CHECK(std::abs(std::accumulate(dx.begin() + from, dx.begin() + from + 5, 0.0)) < 1e-15);
    }
}

TEST_CASE("golden: every training run has ten losses and all parameters, and runs differ") {
    for (const char* net : {"mlp", "lenet", "residual"}) {
        const std::string n = net;
        const Golden g{"training_" + n + ".txt"};
        std::set<double> last;
        for (const char* run : {"sgd", "momentum", "nesterov", "adam", "adamw"}) {
            const std::string r = n + "." + run;
            CHECK(g.shape(r + ".loss") == std::vector<int>{10});
            CHECK(g.values(r + ".loss")[0] == g.values(n + ".sgd.loss")[0]);   // one start, one first batch
            last.insert(g.values(r + ".loss")[9]);
            for (const auto& initial : g.names(n + ".initial.")) {
                const std::string end = r + ".final." + initial.substr(n.size() + 9);
                CHECK(g.shape(end) == g.shape(initial));
                CHECK_MESSAGE(g.values(end) != g.values(initial), end);
            }
        }
        CHECK(last.size() == 5);
    }
}
