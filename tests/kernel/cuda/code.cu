// SPDX-License-Identifier: BSL-1.0
#include <strata/kernel/cuda/code.cuh>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "../../support/launch.cuh"

namespace strata::test {
namespace {

/// A table of 3 rows of 5 numbers, of which a row is chosen.
using Table = RowsOf<Access<Source::memory, DType::f32, false, false, 0, 0, 0, 0, 0, 0, 0, 0, 1>, 5, 3>;
template <class T, class I>
__global__ void rows(const T* table, const I* index, T* out) {
    out[threadIdx.x] = cuda::row_of_table<Table, T>(table, 2, index[threadIdx.x]);
}
template <class T, class I>
std::vector<T> rows_of(const std::vector<I>& index) {
    std::vector<T> table(15);
    for (std::size_t i = 0; i < 15; ++i) table[i] = static_cast<T>(10 + i);
    const auto from = on_device(table);
    const auto which = on_device(index);
    auto out = filled<T>(static_cast<long>(index.size()));
    rows<<<1, static_cast<unsigned>(index.size())>>>(from.data(), which.data(), out.data());
    cuda::launched();
    return from_device(out);
}

}  // namespace

TEST_CASE("a row of a table, and what an index that is none of its rows gives: NaN, 0 of whole numbers; nothing is read") {
    const auto x = rows_of<float>(std::vector<std::int32_t>{2, 0, 1, 3, -1, std::numeric_limits<std::int32_t>::min()});
    CHECK((x[0] == 22 && x[1] == 12 && x[2] == 17));
    CHECK((std::isnan(x[3]) && std::isnan(x[4]) && std::isnan(x[5])));
    CHECK(rows_of<std::int32_t>(std::vector<std::int64_t>{1, 3, -1, std::int64_t{1} << 32}) == std::vector<std::int32_t>{17, 0, 0, 0});
}

}  // namespace strata::test
