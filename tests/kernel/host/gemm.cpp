// SPDX-License-Identifier: BSL-1.0
#include <strata/kernel/host/gemm.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <type_traits>
#include <vector>


#include "../../support/guarded.hpp"

using strata::host::gemm_item;
using strata::host::gemm_items;
using strata::host::gemm_plan;
using strata::host::GemmOperand;
using strata::host::GemmPlan;
using strata::host::GemmShape;
using strata::host::GemmSide;
using strata::test::Guarded;

namespace {

template <class T>
constexpr int lanes = strata::host::convolution_width<T>;

struct Strides {
    long row, col;
    constexpr long extent(int rows, int columns) const {
        return rows == 0 || columns == 0 ? 0 : (rows - 1) * row + (columns - 1) * col + 1;
    }
};

std::uint32_t state = 1;
double random() {
    state = state * 1664525u + 1013904223u;
    return static_cast<double>(state >> 8) / 8388608.0 - 1;
}

/// Runs a plan over operands that end at forbidden pages; checks every element against double sums, its bounds, and the contract of the
/// tiles.
template <class T, GemmPlan P>
std::vector<T> run(GemmShape s, Strides as, Strides bs, bool flush_end = true, bool backwards = false, unsigned seed = 1) {
    INFO("capacities ", P.m, " ", P.n, " ", P.k, ", run ", s.m, " ", s.n, " ", s.k, ", strides ", as.row, " ", as.col, " ", bs.row, " ",
         bs.col);
    state = seed;
    Guarded<T> a(static_cast<std::size_t>(as.extent(s.m, s.k)), flush_end), b(static_cast<std::size_t>(bs.extent(s.k, s.n)), flush_end);
    for (std::size_t i = 0; i < a.size(); ++i) a[i] = static_cast<T>(random());
    state = ~seed;  // B is the same whatever the rows of A
    for (std::size_t i = 0; i < b.size(); ++i) b[i] = static_cast<T>(random());
    std::vector<T> c(static_cast<std::size_t>(s.m * s.n), T(-77));
    std::vector<int> times(c.size(), 0);
    bool tiles_good = true, ordered = true;
    T sink = 0;
    for (int i = 0; i < gemm_items(P); ++i) {
        int next_m = -1, last_n = -1;
        gemm_item<T, P>(
            backwards ? gemm_items(P) - 1 - i : i, s, {a.data(), as.row, as.col}, {b.data(), bs.row, bs.col},
            [&](const T* tile, long ld, int m0, int rows, int n0, int columns) {
                tiles_good = tiles_good && reinterpret_cast<std::uintptr_t>(tile) % (static_cast<std::size_t>(P.lanes) * sizeof(T)) == 0 &&
                             ld % P.lanes == 0 && ld >= columns;
                tiles_good = tiles_good && rows > 0 && columns > 0 && m0 >= 0 && n0 >= 0 && m0 + rows <= s.m && n0 + columns <= s.n;
                ordered = ordered && (n0 != last_n || m0 == next_m);
                last_n = n0, next_m = m0 + rows;
                if (!tiles_good) return;
                for (int r = 0; r < rows; ++r)
                    for (int j = 0; j < columns; ++j) {
                        const auto at = static_cast<std::size_t>((m0 + r) * s.n + n0 + j);
                        c[at] = tile[r * ld + j], ++times[at];
                    }
                for (int j = 0; j < (columns + P.lanes - 1) / P.lanes * P.lanes; ++j) sink += tile[(rows - 1) * ld + j];
            });
    }
    CHECK(tiles_good);
    CHECK(ordered);
    CHECK(a.intact());
    CHECK(b.intact());
    int wrong = 0, uneven = 0;
    for (int i = 0; i < s.m; ++i)
        for (int j = 0; j < s.n; ++j) {
            double want = 0, scale = 0;
            for (int k = 0; k < s.k; ++k) {
                const double term = static_cast<double>(a[static_cast<std::size_t>(i * as.row + k * as.col)]) *
                                    static_cast<double>(b[static_cast<std::size_t>(k * bs.row + j * bs.col)]);
                want += term, scale += std::abs(term);
            }
            const auto at = static_cast<std::size_t>(i * s.n + j);
            const double bound = (std::sqrt(static_cast<double>(s.k)) + 2) * static_cast<double>(std::numeric_limits<T>::epsilon()) * scale;
            if (!(std::abs(static_cast<double>(c[at]) - want) <= bound)) ++wrong;
            if (times[at] != 1) ++uneven;
        }
    CHECK(wrong == 0);
    CHECK(uneven == 0);
    (void)sink;
    // Stored in place: the same bits, and nothing beside them.
    const long ld = s.n + 3;
    Guarded<T> stored(static_cast<std::size_t>(s.m == 0 || s.n == 0 ? 0 : (s.m - 1) * ld + s.n), flush_end);
    for (std::size_t i = 0; i < stored.size(); ++i) stored[i] = T(-77);
    for (int i = 0; i < gemm_items(P); ++i)
        gemm_item<T, P>(i, s, {a.data(), as.row, as.col}, {b.data(), bs.row, bs.col}, strata::host::GemmStore<T>{stored.data(), ld});
    CHECK(stored.intact());
    int differ = 0;
    for (std::size_t i = 0; i < stored.size(); ++i) {
        const std::size_t row = i / static_cast<std::size_t>(ld), column = i % static_cast<std::size_t>(ld);
        const T want = column < static_cast<std::size_t>(s.n) ? c[row * static_cast<std::size_t>(s.n) + column] : T(-77);
        differ += std::memcmp(&stored[i], &want, sizeof(T)) != 0;
    }
    CHECK(differ == 0);
    return c;
}

enum Order { plain, turned, scattered };  // row-major, column-major, no unit stride
constexpr Strides dense(int rows, int columns, Order order) {
    return order == plain ? Strides{columns, 1} : order == turned ? Strides{1, rows} : Strides{2 * columns + 1, 2};
}
template <class T, int M, int N, int K, Order OA, Order OB, bool Whole = false>
constexpr GemmPlan plan_of = gemm_plan(M, N, K, dense(M, K, OA).row, dense(M, K, OA).col, dense(K, N, OB).row, dense(K, N, OB).col,
                                       lanes<T>, Whole, sizeof(T));

template <class T, int M, int N, int K, Order OA, Order OB, bool Whole = false>
void one(GemmShape s = {M, N, K}) {
    run<T, plan_of<T, M, N, K, OA, OB, Whole>>(s, dense(M, K, OA), dense(K, N, OB));
}
template <class T, int M, int N, int K>
void four() {
    one<T, M, N, K, plain, plain>(), one<T, M, N, K, plain, turned>(), one<T, M, N, K, turned, plain>(), one<T, M, N, K, turned, turned>();
}

int below(int limit) { return static_cast<int>((random() + 1) / 2 * limit); }

/// A plan decides by the kind of the strides, not by their size: random counts and paddings below its capacities.
template <class T, int M, int N, int K, Order OA, Order OB>
void many(int turns) {
    for (int i = 0; i < turns; ++i) {
        state = static_cast<std::uint32_t>(i) * 2654435761u + M * 31 + N;
        const GemmShape s{i % 5 == 0 ? M : below(M + 1), i % 3 == 0 ? N : below(N + 1), i % 7 == 0 ? K : below(K + 1)};
        Strides as = dense(s.m, s.k, OA), bs = dense(s.k, s.n, OB);
        const int more_a = below(20), more_b = below(20);
        if (dense(M, K, OA).row != 1) as.row += more_a;
        if (dense(M, K, OA).col > 2) as.col += more_a;
        if (dense(K, N, OB).row != 1) bs.row += more_b;
        if (dense(K, N, OB).col > 2) bs.col += more_b;
        run<T, plan_of<T, M, N, K, OA, OB>>(s, as, bs, i % 2 == 0, i % 4 < 2, static_cast<unsigned>(i));
    }
}
template <class T, int M, int N, int K>
void many_four(int turns) {
    many<T, M, N, K, plain, plain>(turns), many<T, M, N, K, plain, turned>(turns), many<T, M, N, K, turned, plain>(turns),
        many<T, M, N, K, turned, turned>(turns);
}

}  // namespace

TEST_CASE_TEMPLATE("random counts and strides, four orders", T, float, double) { many_four<T, 70, 70, 70>(60); }

TEST_CASE("random counts and strides: narrow, short, long") {
    many_four<float, 16, 70, 70>(30);  // turned round where B is
    static_assert(plan_of<float, 16, 70, 70, plain, turned>.side == GemmSide::m);
    many<float, 70, 10, 40, plain, plain>(30), many<float, 3, 40, 20, plain, plain>(20), many<float, 12, 20, 600, plain, turned>(10);
    many<float, 70, 20, 300, plain, plain>(10), many<float, 300, 20, 8, turned, plain>(10);
    many<float, 20, 70, 40, scattered, plain>(20), many<float, 20, 70, 40, plain, scattered>(20),
        many<double, 9, 30, 40, scattered, scattered>(20);
}

TEST_CASE("few columns by quads: random counts, k with and without a rest, several items") {
    static_assert(plan_of<float, 70, 10, 41, plain, plain>.side == GemmSide::quads && plan_of<float, 70, 3, 40, plain, turned>.side == GemmSide::quads);
    many<float, 70, 10, 41, plain, plain>(30), many<float, 70, 10, 40, plain, turned>(30), many<float, 70, 3, 40, plain, scattered>(20), many<float, 200, 2, 64, plain, plain>(20);
    constexpr GemmPlan large = plan_of<float, 1000, 10, 200, plain, plain>;
    static_assert(large.side == GemmSide::quads && gemm_items(large) > 1);
    run<float, large>({997, 10, 199}, {200, 1}, {10, 1});
    static_assert(gemm_items(plan_of<float, 1000, 10, 200, plain, plain, true>) == 1);
    one<float, 1000, 10, 200, plain, plain, true>();
}

TEST_CASE_TEMPLATE("one row, one column", T, float, double) {
    many_four<T, 1, 70, 70>(30), many_four<T, 40, 1, 70>(30);
    many<T, 1, 1100, 5, plain, plain>(9), many<T, 1, 270, 40, plain, plain>(20), many<T, 1, 270, 40, plain, turned>(20), many<T, 1, 30, 40, scattered, turned>(20);
}

TEST_CASE_TEMPLATE("small and exact shapes", T, float, double) {
    four<T, 1, 1, 1>(), four<T, 2, 3, 5>(), four<T, 8, 8, 8>(), four<T, 33, 31, 29>();
}

TEST_CASE("layers of 784-256-128-10 and 256-120-84-10: forward, weight gradient, data gradient") {
    one<float, 32, 256, 784, plain, plain>(), one<float, 784, 256, 32, turned, plain, true>(),
        one<float, 784, 256, 32, turned, plain>({784, 256, 17});
    one<float, 128, 128, 256, plain, plain>({100, 128, 256}), one<float, 32, 256, 128, plain, turned>({29, 256, 128}),
        one<float, 128, 256, 128, plain, turned>();
    one<float, 32, 10, 128, plain, plain>(), one<float, 128, 10, 32, turned, plain, true>({128, 10, 31}),
        one<float, 32, 128, 10, plain, turned>();
    one<float, 32, 120, 256, plain, plain>(), one<float, 120, 84, 32, turned, plain>(), one<float, 32, 84, 10, plain, turned>(),
        one<float, 32, 120, 256, turned, plain>();
    one<float, 1, 256, 784, plain, plain>(), one<float, 1, 200, 1000, plain, plain>(), one<float, 1, 784, 256, plain, turned>(), one<float, 1, 10, 128, plain, plain>();
}

TEST_CASE("panels are copied by the first tile where the rows of B lie far apart") {
    constexpr GemmPlan plan = gemm_plan(260, 40, 300, 300, 1, 1024, 1, lanes<float>, false);
    static_assert(plan.side == GemmSide::n && plan.aside.copies);
    run<float, plan>({259, 37, 300}, {300, 1}, {1024, 1});
    constexpr GemmPlan turned = gemm_plan(130, 13, 1100, 1, 150, 20, 1, lanes<float>, false);  // several pieces of k, and A in the lanes
    static_assert(turned.side == GemmSide::m && turned.aside.copies);
    run<float, turned>({130, 13, 1100}, {1, 150}, {20, 1});
    run<float, turned>({129, 11, 1099}, {1, 150}, {20, 1});
}

TEST_CASE("an operand from behind the second cache: fetched ahead, by a single tile or by those that do not copy") {
    constexpr GemmPlan right = plan_of<float, 30, 1030, 260, plain, plain>, left = plan_of<float, 1030, 30, 260, turned, plain>;
    static_assert(right.aside.copies && right.aside.fetches && left.aside.copies && left.aside.fetches && (lanes<float> < 16 || left.side == GemmSide::m));
    run<float, right>({30, 1030, 260}, {260, 1}, {1030, 1});
    run<float, right>({9, 1019, 259}, {260, 1}, {1030, 1});
    run<float, left>({1030, 30, 260}, {1, 1030}, {30, 1});
    run<float, plan_of<float, 30, 1030, 256, plain, plain>>({30, 1029, 256}, {256, 1}, {1030, 1});
    constexpr GemmPlan pieces = plan_of<float, 70, 1030, 1100, plain, plain>;  // of k
    run<float, pieces>({70, 1030, 1100}, {1100, 1}, {1030, 1});
    run<float, pieces>({57, 1021, 1099}, {1100, 1}, {1030, 1});
    constexpr GemmPlan few = plan_of<float, 9, 1030, 260, plain, plain>;
    static_assert(!few.aside.copies && few.aside.fetches && (strata::host::convolution_registers < 32 || few.rows == 9));
    run<float, few>({9, 1030, 260}, {260, 1}, {1030, 1});
    run<float, few>({7, 1019, 259}, {260, 1}, {1030, 1});
}

TEST_CASE("a row has the same bits for every count") {
    const auto rows = [](auto make) {
        const std::vector<float> all = make(64);
        for (int m : {1, 2, 3, 4, 5, 7, 8, 9, 31, 63}) {
            const std::vector<float> some = make(m);
            CHECK(std::memcmp(some.data(), all.data(), some.size() * sizeof(float)) == 0);
        }
    };
    rows([](int m) { return run<float, plan_of<float, 64, 40, 300, plain, plain>>({m, 40, 300}, {300, 1}, {40, 1}); });
    rows([](int m) { return run<float, plan_of<float, 64, 40, 50, plain, turned>>({m, 40, 50}, {50, 1}, {1, 50}); });
    rows([](int m) { return run<float, plan_of<float, 64, 10, 50, plain, plain>>({m, 10, 50}, {50, 1}, {10, 1}); });
    rows([](int m) { return run<float, plan_of<float, 64, 1, 50, plain, plain>>({m, 1, 50}, {50, 1}, {1, 1}); });
}

TEST_CASE("infinities and NaN stay in their rows and columns, also behind tails") {
    const auto check = [](auto plan, Strides as, Strides bs) {
        constexpr GemmPlan P = decltype(plan)::value;
        std::vector<float> a(static_cast<std::size_t>(as.extent(P.m, P.k)), 1.f), b(static_cast<std::size_t>(bs.extent(P.k, P.n)), 1.f);
        b[static_cast<std::size_t>(bs.col)] = std::numeric_limits<float>::infinity();                // (0, 1)
        if (P.m > 1) a[static_cast<std::size_t>(as.row)] = std::numeric_limits<float>::quiet_NaN();  // (1, 0)
        int wrong = 0;
        for (int i = 0; i < gemm_items(P); ++i)
            gemm_item<float, P>(
                i, {P.m, P.n, P.k}, {a.data(), as.row, as.col}, {b.data(), bs.row, bs.col},
                [&](const float* tile, long ld, int m0, int m, int n0, int n) {
                    for (int r = 0; r < m; ++r)
                        for (int j = 0; j < n; ++j) {
                            const float x = tile[r * ld + j];
                            if (!(P.m > 1 && m0 + r == 1 ? std::isnan(x) : n0 + j == 1 ? std::isinf(x) : x == static_cast<float>(P.k)))
                                ++wrong;
                        }
                });
        CHECK(wrong == 0);
    };
    check(std::integral_constant<GemmPlan, plan_of<float, 9, 19, 21, plain, plain>>{}, {21, 1}, {19, 1});
    check(std::integral_constant<GemmPlan, plan_of<float, 9, 19, 21, plain, turned>>{}, {21, 1}, {1, 21});
    check(std::integral_constant<GemmPlan, plan_of<float, 9, 10, 42, plain, plain>>{}, {42, 1}, {10, 1});
    check(std::integral_constant<GemmPlan, plan_of<float, 1, 19, 21, plain, plain>>{}, {21, 1}, {19, 1});
    check(std::integral_constant<GemmPlan, plan_of<float, 1, 19, 21, plain, turned>>{}, {21, 1}, {1, 21});
}

TEST_CASE("a sum over nothing is zero") {
    const auto check = [](auto plan) {
        constexpr GemmPlan P = decltype(plan)::value;
        int zeros = 0;
        const std::vector<float> nothing(64, 1.f);
        for (int i = 0; i < gemm_items(P); ++i)
            gemm_item<float, P>(i, {P.m, P.n, 0}, {nothing.data(), 0, 1}, {nothing.data(), 0, 1},
                                [&](const float* tile, long ld, int, int m, int, int n) {
                                    for (int r = 0; r < m; ++r)
                                        for (int j = 0; j < n; ++j) zeros += tile[r * ld + j] == 0;
                                });
        CHECK(zeros == P.m * P.n);
    };
    check(std::integral_constant<GemmPlan, plan_of<float, 9, 19, 21, plain, plain>>{});
    check(std::integral_constant<GemmPlan, plan_of<float, 9, 19, 21, plain, turned>>{});
    check(std::integral_constant<GemmPlan, plan_of<float, 9, 10, 42, plain, plain>>{});
    check(std::integral_constant<GemmPlan, plan_of<float, 1, 19, 21, plain, plain>>{});
    check(std::integral_constant<GemmPlan, plan_of<float, 1, 19, 21, plain, turned>>{});
}
