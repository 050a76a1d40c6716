// SPDX-License-Identifier: BSL-1.0
/// Sums of rows by index as their definition says, in the order of the indices.
#pragma once

#include <limits>
#include <vector>

namespace strata::test {

/// Operands and the result for a table of [blocks][rows][columns]; some indices are none of the table's rows.
template <class Real, class Index>
struct ScatterCase {
    std::vector<Real> dy, wanted;
    std::vector<Index> index;
    ScatterCase(int blocks, int rows, int columns, int indices) : dy(size(blocks * indices, columns)), wanted(size(blocks * rows, columns)), index(size(indices, 1)) {
        unsigned state = 12345;
        const auto next = [&] { return static_cast<int>((state = state * 1664525u + 1013904223u) >> 8); };
        for (Index& i : index) i = static_cast<Index>(next() % (rows + 2) - 1);  // one of each too little and too much
        if (indices > 3) {
            index[1] = std::numeric_limits<Index>::min();
            index[2] = std::numeric_limits<Index>::max();
            index[3] = index[0];
        }
        for (Real& x : dy) x = static_cast<Real>(next() % 2000 - 1000) / Real(7);
        for (int b = 0; b < blocks; ++b)
            for (int i = 0; i < indices; ++i) {
                const Index v = index[size(i, 1)];
                if (v < 0 || v >= rows) continue;
                for (int c = 0; c < columns; ++c) wanted[size(b * rows + static_cast<int>(v), columns) + size(c, 1)] += dy[size(b * indices + i, columns) + size(c, 1)];
            }
    }

  private:
    static std::size_t size(int rows, int columns) { return static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns); }
};

}  // namespace strata::test
