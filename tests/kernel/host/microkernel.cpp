// SPDX-License-Identifier: BSL-1.0
#include <strata/kernel/host/microkernel.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <limits>


#include "../../support/guarded.hpp"

using namespace strata::host;
using strata::test::Guarded;

namespace {

template <class T>
constexpr int lanes = convolution_width<T>;

static_assert(tile_columns(16, 2, true) == 40 && tile_width(16, 2, true) == 48 && tile_columns(16, 2, false) == 32 &&
              tile_width(16, 0, true) == 16);

template <class T>
void fill(Guarded<T>& memory) {
    std::uint32_t s = 7;
    for (std::size_t i = 0; i < memory.size(); ++i)
        s = s * 1664525u + 1013904223u, memory[i] = static_cast<T>(static_cast<double>(s >> 8) / 8388608. - 1);
}
template <class T>
T& at(Guarded<T>& memory, long i) {
    return memory[static_cast<std::size_t>(i)];
}
template <class T>
bool near(T got, double want, double scale, int k) {
    return std::abs(static_cast<double>(got) - want) <= (std::sqrt(k) + 2) * static_cast<double>(std::numeric_limits<T>::epsilon()) * scale;
}

/// Tiles with x row-major and x column-major, the last rows of y in a copy, with and without accumulation.
template <class T, int Rows, int Vectors, bool Half, TileAside Aside>
void tile() {
    constexpr int N = lanes<T>, columns = tile_columns(N, Vectors, Half), width = tile_width(N, Vectors, Half), c_row = columns + 1;
    for (const int k : {0, 1, 7, 33})
        for (const int k_rest : {0, 1, 3})
            for (const bool rows_first : {true, false}) {
                const long total = k + k_rest, x_row = rows_first ? total + 1 : 1, x_k = rows_first ? 1 : Rows, y_k = columns + 1;
                Guarded<T> x(static_cast<std::size_t>(total == 0 ? 0 : (Rows - 1) * x_row + (total - 1) * x_k + 1)),
                    y(static_cast<std::size_t>(k == 0 ? 0 : (k - 1) * y_k + columns));
                Guarded<T> copied(static_cast<std::size_t>(total * width)), c(Rows * c_row - 1);
                fill(x), fill(y), fill(copied);
                T* const rest = copied.data() + k * width;
                for (std::size_t i = 0; i < c.size(); ++i) c[i] = 1;
                int wrong = 0;
                for (const bool accumulate : {false, true}) {  // the second adds the product again
                    gemm_tile<T, N, Rows, Vectors, Half, Aside>(x.data(), x_row, x_k, {y.data(), y_k, k, rest, k_rest, y.data(), y_k, 1}, c.data(), c_row, accumulate);
                    for (int i = 0; i < Rows; ++i)
                        for (int j = 0; j < columns; ++j) {
                            double want = 0, scale = 1;
                            for (int q = 0; q < total; ++q) {
                                const double term = static_cast<double>(at(x, i * x_row + q * x_k)) *
                                                    static_cast<double>(q < k ? at(y, q * y_k + j) : rest[(q - k) * width + j]);
                                want += term, scale += std::abs(term);
                            }
                            if (!near(at(c, i * c_row + j), (accumulate ? 2 : 1) * want, 2 * scale, static_cast<int>(total))) ++wrong;
                        }
                    for (int i = 0; i + 1 < Rows; ++i) wrong += at(c, i * c_row + columns) != 1;
                    if (Aside == TileAside::copies)
                        for (int q = 0; q < k; ++q)
                            for (int j = 0; j < columns; ++j) wrong += at(copied, q * width + j) != at(y, q * y_k + j);
                }
                CHECK(wrong == 0);
                CHECK((c.intact() && copied.intact()));
            }
}
template <class T, int Rows, int Vectors, bool Half>
void tiles() {
    tile<T, Rows, Vectors, Half, TileAside::nothing>(), tile<T, Rows, Vectors, Half, TileAside::fetches>(), tile<T, Rows, Vectors, Half, TileAside::copies>();
}

}  // namespace

TEST_CASE_TEMPLATE("register tiles", T, float, double) {
    tiles<T, 8, 2, false>(), tiles<T, 8, 1, true>(), tiles<T, 8, 0, true>(), tiles<T, 5, 2, true>(), tiles<T, 1, 3, false>(), tiles<T, 6, 1, false>(),
        tiles<T, 4, 3, true>();
}

TEST_CASE_TEMPLATE("one row, k dealt out to several sums", T, float, double) {
    const auto row = []<int Vectors, int Parts>(std::integer_sequence<int, Vectors, Parts>) {
        constexpr int N = lanes<T>, width = Vectors * N;
        for (const int k : {0, 1, 5, 8, 30}) {
            Guarded<T> x(static_cast<std::size_t>(k == 0 ? 0 : 3 * (k - 1) + 1)), y(static_cast<std::size_t>(k * width)), c(width);
            fill(x), fill(y);
            int wrong = 0;
            for (const bool accumulate : {false, true}) {
                gemm_row<T, N, Vectors, Parts>(x.data(), 3, y.data(), width, c.data(), k, accumulate);
                for (int j = 0; j < width; ++j) {
                    double want = 0, scale = 1;
                    for (int q = 0; q < k; ++q)
                        want += static_cast<double>(at(x, 3 * q)) * static_cast<double>(at(y, q * width + j)), ++scale;
                    if (!near(at(c, j), (accumulate ? 2 : 1) * want, 2 * scale, k)) ++wrong;
                }
            }
            CHECK(wrong == 0);
        }
    };
    row(std::integer_sequence<int, 1, 8>{}), row(std::integer_sequence<int, 4, 2>{}), row(std::integer_sequence<int, 8, 1>{}),
        row(std::integer_sequence<int, 2, 3>{});
}

TEST_CASE_TEMPLATE("one row, whole rows of y as streams: the bits of a tile's sums", T, float, double) {
    constexpr int N = lanes<T>;
    for (const int vectors : {1, 2, 5})
        for (const int k : {0, 1, 3, 4, 11}) {
            const int width = vectors * N;
            Guarded<T> x(static_cast<std::size_t>(k == 0 ? 0 : 3 * (k - 1) + 1)), y(static_cast<std::size_t>(k * width)), c(static_cast<std::size_t>(width)),
                want(static_cast<std::size_t>(width));
            fill(x), fill(y);
            int wrong = 0;
            for (const bool accumulate : {false, true}) {
                gemm_row_streamed<T, N>(x.data(), 3, y.data(), width, c.data(), vectors, k, accumulate);
                for (int v = 0; v < vectors; ++v)
                    gemm_tile<T, N, 1, 1, false, TileAside::nothing>(x.data(), 0, 3, {y.data() + v * N, width, k, nullptr, 0}, want.data() + v * N, width, accumulate);
                for (int j = 0; j < width; ++j) wrong += at(c, j) != at(want, j);
            }
            CHECK(wrong == 0);
            CHECK(c.intact());
        }
}

TEST_CASE_TEMPLATE("dot products, tails masked or copied", T, float, double) {
    constexpr int N = lanes<T>, Rows = N < 4 ? N : 4;
    for (int k = 0; k <= 3 * N + 1; ++k)
        for (const bool inside : {false, true})
            for (const long step : {1L, 3L}) {
                const long y_row = k + 2, extent = (Rows - 1) * y_row + k;
                Guarded<T> x(static_cast<std::size_t>(k)), y(static_cast<std::size_t>(extent + (inside ? N : 0))),
                    c(static_cast<std::size_t>((Rows - 1) * step + 1));
                fill(x), fill(y);
                if (inside)
                    for (int i = 0; i < N; ++i) at(y, extent + i) = std::numeric_limits<T>::infinity();  // what lies behind must not count
                T x_last[N] = {};
                for (int i = 0; i < k % N; ++i) x_last[i] = at(x, k - k % N + i);
                gemm_dots<T, N, Rows>(x.data(), x_last, y.data(), y_row, c.data(), step, k, inside);
                int wrong = 0;
                for (int r = 0; r < Rows; ++r) {
                    double want = 0, scale = 0;
                    for (int q = 0; q < k; ++q) want += static_cast<double>(at(x, q)) * static_cast<double>(at(y, r * y_row + q)), ++scale;
                    if (!near(at(c, r * step), want, scale, k)) ++wrong;
                }
                CHECK(wrong == 0);
                CHECK(c.intact());
            }
}

TEST_CASE_TEMPLATE("transpose", T, float, double) {
    for (const int rows : {1, 2, 3, 5, 7, 8, 10, 16, 20, 37})
        for (const int columns : {1, 3, 4, 5, 6, 10, 15, 16, 20, 26, 33}) {
            const long from_ld = columns + 2, to_ld = rows + 1;
            Guarded<T> from(static_cast<std::size_t>((rows - 1) * from_ld + columns)),
                to(static_cast<std::size_t>((columns - 1) * to_ld + rows));
            fill(from);
            for (std::size_t i = 0; i < to.size(); ++i) to[i] = 5;
            transpose<T, lanes<T>>(from.data(), from_ld, to.data(), to_ld, rows, columns);
            int wrong = 0;
            for (int j = 0; j < columns; ++j)
                for (int i = 0; i < to_ld; ++i)
                    if (j * to_ld + i < static_cast<long>(to.size()) &&
                        at(to, j * to_ld + i) != (i < rows ? at(from, i * from_ld + j) : T{5}))
                        ++wrong;
            CHECK(wrong == 0);
            CHECK(to.intact());
        }
}

TEST_CASE_TEMPLATE("copy of any length", T, float, double) {
    for (int count = 0; count < 3 * lanes<T>; ++count) {
        Guarded<T> from(static_cast<std::size_t>(count)), to(static_cast<std::size_t>(count));
        fill(from);
        copy_lanes<lanes<T>>(to.data(), static_cast<const T*>(from.data()), count);
        int wrong = 0;
        for (int i = 0; i < count; ++i) wrong += at(to, i) != at(from, i);
        CHECK(wrong == 0);
        CHECK(to.intact());
    }
}
