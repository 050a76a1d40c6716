// SPDX-License-Identifier: BSL-1.0
#include <strata/kernel/cuda/nest.cuh>

#include <doctest/doctest.h>

#include <type_traits>

namespace strata::test {
namespace {

template <long S0, long S1, long S2, long S3, long S4, long S5, long S6, long S7, DType T = DType::f32>
using Lies = Access<Source::memory, T, false, false, 0, S0, S1, S2, S3, S4, S5, S6, S7>;
template <int Section, int Operand>
using Load = Act<Do::load, Section, DType::f32, void, -1, -1, -1, Operand, 0>;
/// A step that reads its operands, the first in section Section, the others for each element.
template <class Real, class N, int Section, class First, class... O>
using Reads = cuda::Nested<LoopStep<Real, N, Accesses<First, O...>, Acts<Load<Section, 0>, Load<1, sizeof...(O)>>>>;

// Rows of 12 in blocks of 5: a number, a row, an array.
using Wide = Reads<float, Nest<1, 1, 1, 5, 1, 1, 1, 12, -1, 1, false, 2>, 0, Lies<0, 0, 0, 0, 0, 0, 0, 0>, Lies<0, 0, 0, 12, 0, 0, 0, 1>>;
static_assert(Wide::width == 4 && Wide::uniform<0> && !Wide::buffered<0> && Wide::wide<1> && Wide::buffered<1> && !Wide::shared_by_rows<1> && Wide::near && Wide::of_elements<1>);
using Row = Reads<float, Nest<1, 1, 1, 5, 1, 1, 1, 12, -1, 1, false, 2>, 1, Lies<0, 0, 0, 12, 0, 0, 0, 1>, Lies<0, 0, 0, 0, 0, 0, 0, 1>>;
static_assert(Row::shared_by_rows<1> && !Row::shared_by_rows<0> && !Row::of_elements<1>);
// Widths: what the lanes, a batch in them, and the type allow; operands that no access of 16 bytes finds.
using Two = Reads<float, Nest<1, 1, 1, 5, 1, 1, 1, 14, -1, 1, false, 2>, 1, Lies<0, 0, 0, 14, 0, 0, 0, 1>>;
using Odd = Reads<float, Nest<1, 1, 1, 5, 1, 1, 1, 13, -1, 1, false, 2>, 1, Lies<0, 0, 0, 13, 0, 0, 0, 1>>;
using Doubles = Reads<double, Nest<1, 1, 1, 5, 1, 1, 1, 12, -1, 1, false, 2>, 1, Lies<0, 0, 0, 12, 0, 0, 0, 1, DType::f64>>;
using Batch = Reads<float, Nest<1, 1, 1, 1, 1, 1, 1, 24, lane_loop, 6, false, 2>, 1, Lies<0, 0, 0, 0, 0, 0, 0, 1>>;
using Down = Reads<float, Nest<1, 1, 1, 5, 1, 1, 3, 12, -1, 1, true, 2>, 1, Lies<0, 0, 0, 36, 0, 0, 12, 1>>;
static_assert(Two::width == 2 && Odd::width == 1 && Doubles::width == 2 && Batch::width == 2 && Down::width == 1);
using Jumps = Reads<float, Nest<1, 1, 1, 5, 1, 1, 1, 12, -1, 1, false, 2>, 1, Lies<0, 0, 0, 13, 0, 0, 0, 1>, Lies<0, 0, 0, 24, 0, 0, 0, 2>>;
static_assert(Jumps::width == 4 && !Jumps::wide<0> && !Jumps::wide<1> && Jumps::buffered<0> && Jumps::buffered<1>);
using Shifted = Reads<float, Nest<1, 1, 1, 5, 1, 1, 1, 12, -1, 1, false, 2>, 1, Askew<Lies<0, 0, 0, 12, 0, 0, 0, 1>>>;
static_assert(!Shifted::wide<0>);
// Indices of 64 bits where an array is that large, even for few elements.
using Far = Reads<float, Nest<1, 1, 1, 3, 1, 1, 1, 12, -1, 1, false, 2>, 1, Lies<0, 0, 0, 1L << 30, 0, 0, 0, 1>>;
static_assert(!Far::near && std::is_same_v<Far::Index, long> && std::is_same_v<Wide::Index, int>);

}  // namespace

TEST_CASE("a thread takes as much as 16 bytes hold of the largest operand") {
    using Mixed = Reads<float, Nest<1, 1, 1, 5, 1, 1, 1, 16, -1, 1, false, 2>, 1, Lies<0, 0, 0, 16, 0, 0, 0, 1, DType::bf16>, Lies<0, 0, 0, 16, 0, 0, 0, 1>>;
    using Narrow = Reads<float, Nest<1, 1, 1, 5, 1, 1, 1, 16, -1, 1, false, 2>, 1, Lies<0, 0, 0, 16, 0, 0, 0, 1, DType::bf16>>;
    using Whole = Reads<float, Nest<1, 1, 1, 5, 1, 1, 1, 16, -1, 1, false, 2>, 1, Lies<0, 0, 0, 16, 0, 0, 0, 1, DType::i64>>;
    using Masks = Reads<float, Nest<1, 1, 1, 5, 1, 1, 1, 16, -1, 1, false, 2>, 1, Lies<0, 0, 0, 16, 0, 0, 0, 1, DType::boolean>>;
    CHECK(Mixed::width == 4);
    CHECK(Narrow::width == 8);
    CHECK(Whole::width == 2);
    CHECK(Masks::width == 8);
}

}  // namespace strata::test
