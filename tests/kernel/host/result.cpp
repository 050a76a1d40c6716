// SPDX-License-Identifier: BSL-1.0
#include <strata/kernel/host/result.hpp>

#include <doctest/doctest.h>

#include <cstring>
#include <limits>
#include <vector>

#include <strata/op/add.hpp>
#include <strata/op/multiply.hpp>
#include <strata/op/select.hpp>

#include "../../support/guarded.hpp"

using namespace strata;
using strata::test::Guarded;

namespace {

constexpr int blocks = 2, rows = 5;

template <Do What, DType T, int A = -1, int Operand = -1>
using Plain = Act<What, 1, T, void, A, -1, -1, Operand, 0>;
template <class Op, DType T, int A, int B, int C = -1>
using Call = Act<Do::apply, 1, T, Op, A, B, C, -1, 0>;
template <DType T, long Block, long Row, long Lane>
using At = Access<Source::memory, T, false, false, 0, Block, Row, 0, 0, 0, 0, 0, Lane>;

/// y = select(mask along the row, tile * column + along, tile), put straight and turned; sums of y down the columns and along the rows; an
/// integer for each place goes through untouched.
template <class T, int N>
struct Steps {
    static constexpr DType type = dtype_of<T>;
    using Operands = Accesses<At<type, 0, 0, 1>, At<type, 0, 1, 0>, At<DType::boolean, 0, 0, 1>, At<type, rows * N, N, 1>, At<type, rows * N, 1, rows>, At<type, N, 0, 1>,
                              At<type, rows, 1, 0>, At<DType::i32, rows * N, N, 1>, At<DType::i32, rows * N, N, 1>>;
    using Code = Acts<Plain<Do::tile, type>, Plain<Do::load, type, -1, 0>, Plain<Do::load, type, -1, 1>, Plain<Do::load, DType::boolean, -1, 2>,  // 0 to 3
                      Call<MultiplyOp, type, 0, 2>, Call<AddOp, type, 4, 1>, Call<SelectOp, type, 3, 5, 0>,                                        // 4 to 6
                      Plain<Do::store, type, 6, 3>, Plain<Do::store, type, 6, 4>, Plain<Do::column, type, 6, 5>, Plain<Do::column, type, 6, 6>,
                      Plain<Do::load, DType::i32, -1, 7>, Plain<Do::store, DType::i32, 11, 8>>;
    using Result = host::Result<T, Operands, Code>;
    static_assert(Result::has_columns && Result::operands == 9);
};

/// All tiles of a result [blocks][rows][N], cut at row `cut_row` and column `cut`; as lines where `lines`.
template <class T, int N>
void check(int cut_row, int cut, bool lines) {
    CAPTURE(N);
    CAPTURE(cut);
    using R = typename Steps<T, N>::Result;
    constexpr int w = host::width<T>, ld = (N + w - 1) / w * w;
    constexpr std::size_t all = static_cast<std::size_t>(blocks * rows * N);
    Guarded<T> along(N), column(rows), straight(all), turned(all), down(blocks * N), across(blocks * rows);
    Guarded<bool> mask(N);
    Guarded<std::int32_t> whole(all), copy(all);
    std::vector<T> tile(static_cast<std::size_t>(blocks * rows * ld + w), std::numeric_limits<T>::quiet_NaN());
    const auto value = [](int b, int r, int c) { return static_cast<T>((b * 31 + r * 7 + c * 5) % 13 - 6); };
    T* from = tile.data();
    while (reinterpret_cast<std::uintptr_t>(from) % 64 != 0) ++from;
    for (int c = 0; c < N; ++c) along[static_cast<std::size_t>(c)] = static_cast<T>(c % 5), mask[static_cast<std::size_t>(c)] = c % 3 != 0;
    for (int r = 0; r < rows; ++r) column[static_cast<std::size_t>(r)] = static_cast<T>(r - 2);
    for (std::size_t i = 0; i < all; ++i) whole[i] = static_cast<std::int32_t>(i * i);
    for (int b = 0; b < blocks; ++b)
        for (int r = 0; r < rows; ++r)
            for (int c = 0; c < N; ++c) from[(b * rows + r) * ld + c] = value(b, r, c);
    void* base[] = {along.data(), column.data(), mask.data(), straight.data(), turned.data(), down.data(), across.data(), whole.data(), copy.data()};
    for (int b = 0; b < blocks; ++b)
        for (int r = 0; r < rows; r = r < cut_row ? cut_row : rows)
            for (int c = 0; c < N; c = c < cut ? cut : N) {
                const int rs = (r < cut_row ? cut_row : rows) - r, cs = (c < cut ? cut : N) - c;
                const T* at = from + (b * rows + r) * ld + c;
                if (!lines) R::tile(base, at, ld, b, r, rs, c, cs);
                for (int i = 0; lines && i < rs; ++i) R::line(base, at + i * ld, b, r + i, c, cs);
            }
    for (int b = 0; b < blocks; ++b) {
        std::vector<T> sum(N);
        for (int r = 0; r < rows; ++r) {
            T row_sum = 0;
            for (int c = 0; c < N; ++c) {
                const T t = value(b, r, c), y = c % 3 != 0 ? t * static_cast<T>(r - 2) + static_cast<T>(c % 5) : t;
                CHECK(straight[static_cast<std::size_t>((b * rows + r) * N + c)] == y);
                CHECK(turned[static_cast<std::size_t>((b * N + c) * rows + r)] == y);
                row_sum += y, sum[static_cast<std::size_t>(c)] += y;
            }
            CHECK(across[static_cast<std::size_t>(b * rows + r)] == row_sum);
        }
        for (int c = 0; c < N; ++c) CHECK(down[static_cast<std::size_t>(b * N + c)] == sum[static_cast<std::size_t>(c)]);
    }
    CHECK(std::memcmp(whole.data(), copy.data(), all * sizeof(std::int32_t)) == 0);
    CHECK((straight.intact() && turned.intact() && down.intact() && across.intact() && copy.intact()));
    CHECK((along.intact() && column.intact() && mask.intact() && whole.intact()));
}
template <class T, int N>
void check_all() {
    constexpr int w = host::width<T>;
    for (bool lines : {false, true}) {
        check<T, N>(rows, N, lines);
        check<T, N>(2, N, lines);
        if (N > w) check<T, N>(3, w, lines);
    }
}

}  // namespace

TEST_CASE("a result goes through code and out, by tiles and by lines, with rows of less than a vector, vectors and a rest") {
    constexpr int w = host::width<float>, dw = host::width<double>;
    check_all<float, 1>();
    check_all<float, w - 1>();
    check_all<float, w>();
    check_all<float, 2 * w + 3>();
    check_all<double, 1>();
    check_all<double, dw + 1>();
}
