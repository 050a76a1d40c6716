// SPDX-License-Identifier: BSL-1.0
#include <strata/kernel/cuda/scatter.cuh>

#include <doctest/doctest.h>

#include <cstdint>

#include "../../support/launch.cuh"
#include "../../support/scatter.hpp"

namespace strata::test {
namespace {

/// Kernel against its definition in the same order of sums, to the bit; what lies past the batch keeps its bytes.
template <class Real, class Index, int Blocks, int Rows, int Columns, int Indices, int Bounded = 0>
void check(int count = 1) {
    CAPTURE(Columns);
    CAPTURE(count);
    constexpr int unit = Bounded == 1 ? 3 : Bounded == 2 ? 5 : 1;
    const int blocks = Bounded == 1 ? count * unit : Blocks, indices = Bounded == 2 ? count * unit : Indices;
    const ScatterCase<Real, Index> reference(blocks, Rows, Columns, indices);
    auto dy = on_device(reference.dy);
    auto index = on_device(reference.index);
    auto out = filled<Real>(long{Blocks} * Rows * Columns);
    launch_step<ScatterStep<dtype_of<Real>, dtype_of<Index>, Blocks, Rows, Columns, Indices, Bounded, unit>>(cuda::Facts{count}, {out.data(), dy.data(), index.data()});
    const auto got = from_device(out);
    int wrong = 0, strays = 0;
    for (std::size_t i = 0; i < reference.wanted.size(); ++i) wrong += !(got[i] == reference.wanted[i]);
    for (std::size_t i = reference.wanted.size(); i < got.size(); ++i) strays += got[i] == got[i];
    CHECK(wrong == 0);
    CHECK(strays == 0);
}
}  // namespace

TEST_CASE("rows are summed where their index says, in order: few columns, a warp of them, more than a block has threads") {
    check<float, std::int32_t, 1, 9, 1, 30>();
    check<float, std::int32_t, 1, 9, 33, 30>();
    check<double, std::int64_t, 2, 5, 7, 11>();
    check<double, std::int32_t, 1, 1, 16, 1>();
    check<float, std::int64_t, 1, 50, 517, 40>();
    check<float, std::int32_t, 1, 3000, 7, 64>();
}
TEST_CASE("a batch that is not full, of blocks or of indices") {
    check<float, std::int32_t, 9, 20, 33, 30, 1>(2);
    check<float, std::int32_t, 9, 20, 33, 30, 1>(3);
    check<double, std::int64_t, 1, 40, 20, 65, 2>(1);
    check<float, std::int32_t, 1, 40, 130, 65, 2>(12);
}

}  // namespace strata::test
