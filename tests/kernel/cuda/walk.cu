// SPDX-License-Identifier: BSL-1.0
#include <strata/kernel/cuda/walk.cuh>

#include <doctest/doctest.h>

#include "../../support/launch.cuh"

namespace strata::test {
namespace {

using Whole = Access<Source::memory, DType::f32, false, false, 0, 0, 144, 24, 8, 0, 0, 4, 1>;
using Load = Act<Do::load, 1, DType::f32, void, -1, -1, -1, 0, 0>;
/// Loops of 2, 5, 3 (a batch, two turns a sample, of 3 samples at most) and rows of 2 times 4.
using Turns = cuda::Walk<LoopStep<float, Nest<1, 2, 6, 3, 1, 1, 2, 4, 2, 2, false, 2>, Accesses<Whole>, Acts<Load>>>;
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
