// SPDX-License-Identifier: BSL-1.0
#include <strata/kernel/cuda/nest.cuh>

#include <doctest/doctest.h>

#include "../../support/launch.cuh"

namespace strata::test {
namespace {

template <long S0, long S1, long S2, long S3, long S4, long S5, long S6, long S7, DType T = DType::f32>
using Lies = Access<Source::memory, T, false, false, 0, S0, S1, S2, S3, S4, S5, S6, S7>;
template <int Section, int Operand>
using Load = Act<Do::load, Section, DType::f32, void, -1, -1, -1, Operand, 0>;
/// A step that reads its operands, the first in section Section, the others for each element.
template <class Real, class N, int Section, class First, class... O>
using Reads = cuda::Walk<LoopStep<Real, N, Accesses<First, O...>, Acts<Load<Section, 0>, Load<1, sizeof...(O)>>>>;

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

/// Loops of 2, 5, 3 (a batch, two turns a sample, of 3 samples at most) and rows of 2 times 4.
using Turns = Reads<float, Nest<1, 2, 6, 3, 1, 1, 2, 4, 2, 2, false, 2>, 1, Lies<0, 144, 24, 8, 0, 0, 4, 1>>;
__global__ void walk(cuda::Bases<1> base, long* at, cuda::Share share) {
    auto p = Turns::begin(base, nullptr);
    const int rows = Turns::rows_in_run(share), length = Turns::length_in_run(share);
    for (int r = 0; r < rows; ++r)
        for (int e = 0; e < length; ++e) {
            p.set_outer(static_cast<unsigned>(r), share);
            p.set_inner(static_cast<unsigned>(e), share);
            at[r * length + e] = p.at<0>();
        }
}
std::vector<long> walked(int first, int count) {
    auto at = filled<long>(2 * 6 * 3 * 8);
    walk<<<1, 1>>>(cuda::Bases<1>{}, at.data(), cuda::Share{0, 0, 0, 1, first, count});
    cuda::launched();
    return from_device(at);
}

}  // namespace

TEST_CASE("numbers of rows and elements become turns of loops, for all samples and for some") {
    for (const auto& [first, count] : {std::pair{0, 3}, std::pair{0, 1}, std::pair{1, 2}}) {
        CAPTURE(first);
        const auto at = walked(first, count);
        std::size_t i = 0;
        int wrong = 0;
        for (int a = 0; a < 2; ++a)
            for (int b = 2 * first; b < 2 * (first + count); ++b)
                for (int c = 0; c < 3; ++c)
                    for (int e = 0; e < 8; ++e) wrong += at[i++] != a * 144 + b * 24 + c * 8 + e;
        CHECK(wrong == 0);
    }
}

}  // namespace strata::test
