// SPDX-License-Identifier: BSL-1.0
#include <strata/kernel/host/quads.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>

#include "../../support/guarded.hpp"

using namespace strata::host;
using strata::test::Guarded;

namespace {

constexpr int N = convolution_width<float>;

void fill(Guarded<float>& memory, std::uint32_t s) {
    for (std::size_t i = 0; i < memory.size(); ++i) s = s * 1664525u + 1013904223u, memory[i] = static_cast<float>(s >> 8) / 8388608.f - 1.f;
}
float at(Guarded<float>& memory, long i) { return memory[static_cast<std::size_t>(i)]; }

/// Vectors and a half of `Columns` columns, as many as needed or more; operands end at forbidden pages. Returns the rows, side by side.
template <int Columns, int Vectors, bool Half>
std::vector<float> product(int rows, int k, bool y_turned) {
    constexpr int width = N * Vectors + (Half ? N / 2 : 0), apart = quad_width(N, Vectors, Half);
    static_assert(4 * Columns <= width && apart >= Columns && apart % N == 0);
    CAPTURE(rows);
    CAPTURE(k);
    const long x_row = k + 3, y_k = y_turned ? 1 : Columns + 1, y_col = y_turned ? k + 1 : 1;
    Guarded<float> x(static_cast<std::size_t>((rows - 1) * x_row + k)), y(static_cast<std::size_t>(k == 0 ? 0 : (k - 1) * y_k + (Columns - 1) * y_col + 1)),
        panel(static_cast<std::size_t>((k + 3) / 4 * width)), c(static_cast<std::size_t>(rows * apart));
    fill(x, 1), fill(y, 2);
    for (std::size_t i = 0; i < panel.size(); ++i) panel[i] = std::numeric_limits<float>::quiet_NaN();  // each must be written
    quad_pack(y.data(), y_k, y_col, k, Columns, panel.data(), width);
    quad_product<N, Vectors, Half>(x.data(), x_row, panel.data(), rows, k, c.data());
    CHECK(panel.intact());
    CHECK(c.intact());
    int wrong = 0;
    std::vector<float> all;
    for (int r = 0; r < rows; ++r)
        for (int j = 0; j < Columns; ++j) {
            double want = 0, scale = 0;
            for (int i = 0; i < k; ++i) {
                const double term = static_cast<double>(at(x, r * x_row + i)) * static_cast<double>(at(y, i * y_k + j * y_col));
                want += term, scale += std::abs(term);
            }
            all.push_back(at(c, r * apart + j));
            if (!(std::abs(static_cast<double>(all.back()) - want) <= (std::sqrt(k) + 2) * static_cast<double>(std::numeric_limits<float>::epsilon()) * scale)) ++wrong;
        }
    CHECK(wrong == 0);
    return all;
}

template <int Columns, int Vectors, bool Half>
void products() {
    CAPTURE(Columns);
    for (const bool turned : {false, true})
        for (const int k : {0, 1, 3, 4, 5, 84, 127}) {
            const std::vector<float> all = product<Columns, Vectors, Half>(19, k, turned);
            for (const int rows : {1, 2, 7, 8, 9, 16}) {  // the same bits, in whatever tile
                const std::vector<float> some = product<Columns, Vectors, Half>(rows, k, turned);
                CHECK(std::memcmp(some.data(), all.data(), some.size() * sizeof(float)) == 0);
            }
        }
}

}  // namespace

TEST_CASE("few columns: as many as fill the lanes, fewer, with half a vector more") {
    products<10, 40 / N, 40 % N != 0>();
    products<9, 40 / N, 40 % N != 0>();
    products<12, 48 / N, false>();
    products<5, (20 + N - 1) / N, false>();
    products<3, (12 + N - 1) / N, false>();
    products<2, 8 / N, 8 % N != 0>();
}
