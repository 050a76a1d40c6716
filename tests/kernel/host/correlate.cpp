// SPDX-License-Identifier: BSL-1.0
#include <strata/kernel/host/correlate.hpp>

#include <doctest/doctest.h>

#include <vector>

using namespace strata::host;

static_assert(convolution_width<float> == 2 * convolution_width<double>);
static_assert(sizeof(Lanes<float, 4>::Type) == 16 && alignof(Lanes<float, 4>::Loose) == alignof(float));

// The block covers everything within the registers, and does not take the smallest where a large one fits.
static_assert(choose_block(1, 1, correlate_cost).rows == 1 && choose_block(1, 1, correlate_cost).columns == 1);
static_assert(choose_block(6, 24, correlate_cost).rows * choose_block(6, 24, correlate_cost).columns >= 12);
static_assert(correlate_cost(8, 8) < 0 && correlate_cost(2, 2) > 0);
static_assert(choose_block(10, 10, [](int r, int c) { return r == 5 && c == 2 ? 1L : 1000L; }).rows == 5);

TEST_CASE("a tile sums channels, rows, groups and taps; its border and what it starts from are kept") {
    constexpr int N = 4, F = 2, X = 3, K = 3, channels = 2, rows = 2, groups = 2, width = 12, vectors = 2, place = N * vectors;
    constexpr Tile tile{F, X, K, 2, 1, 1, 6, place, 100, 1}; // places 1..5 exist: taps at 0 and 6 do not count
    std::vector<float> x(static_cast<std::size_t>(channels * rows * width * place)), w(200), out(static_cast<std::size_t>(F * X * place), 0.5f);
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(i * 7 % 23) - 11;
    for (std::size_t i = 0; i < w.size(); ++i) w[i] = static_cast<float>(i * 5 % 13) - 6;
    for (bool accumulate : {true, false}) {
        std::vector<float> got = out;
        Walk walk;
        walk.channels = channels, walk.rows = rows, walk.groups = groups, walk.vectors = vectors, walk.accumulate = accumulate;
        walk.x_channel = rows * width * place, walk.x_row = width * place, walk.x_group = 2 * place;
        walk.w_channel = 40, walk.w_row = 10, walk.w_group = 4, walk.out_filter = X * place, walk.out_column = place;
        correlate<float, N, tile>(x.data(), w.data(), got.data(), walk);
        for (int f = 0; f < F; ++f)
            for (int i = 0; i < X; ++i)
                for (int lane = 0; lane < place; ++lane) {
                    float sum = accumulate ? 0.5f : 0.f;
                    for (int c = 0; c < channels; ++c)
                        for (int r = 0; r < rows; ++r)
                            for (int g = 0; g < groups; ++g)
                                for (int k = 0; k < K; ++k) {
                                    const int p = i * 2 + k;
                                    if (p < 1 || p >= 6) continue;
                                    sum += w[static_cast<std::size_t>(f * 100 + c * 40 + r * 10 + g * 4 + k)] *
                                           x[static_cast<std::size_t>(((c * rows + r) * width + p + 2 * g) * place + lane)];
                                }
                    CHECK(got[static_cast<std::size_t>((f * X + i) * place + lane)] == sum); // small whole numbers: exact
                }
    }
}

TEST_CASE("lanes are read and written at any address") {
    float memory[9] = {0, 1, 2, 3, 4, 5, 6, 7, 8};
    store_lanes<4>(memory + 1, load_lanes<4>(memory + 3) + load_lanes<4>(memory + 4));
    const float want[9] = {0, 7, 9, 11, 13, 5, 6, 7, 8};
    for (int i = 0; i < 9; ++i) CHECK(memory[i] == want[i]);
    CHECK(load_lanes<1>(memory + 2) == 9);
}
