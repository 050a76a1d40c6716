// SPDX-License-Identifier: BSL-1.0
#include <strata/kernel/cuda/convolution.cuh>

#include "../host/slide.cpp"

namespace strata::test {
namespace {

template <Convolve Role, int C, int F, int Groups = 1>
using Wide = cuda::Convolve2d<ConvolutionStep<float, Factors<DType::f32, DType::f32, 16, 16, Multiply::exact>, Role, 1, 0, false, C, 1024, 1024, F, 3, 3, 1, 1, 1, 1, 1, 1, Groups, Accesses<>, Acts<>>>;
template <Convolve Role, int C, int F, int Groups = 1>
constexpr long tap_of(long i) {
    return Wide<Role, C, F, Groups>::Picture::tap(i).at;
}

// Channels of one sample that take 2 GiB and more are counted by bytes in 64 bits; what is nearer is in 32.
static_assert(tap_of<Convolve::forward, 600, 8>(9 * 599 + 8) == 599L * 1024 * 1024 + 2 * 1024 + 2 && tap_of<Convolve::data, 8, 600>(9 * 599 + 8) == 599L * 1024 * 1024 - 2 * 1024 - 2);
static_assert(Wide<Convolve::weight, 8, 600>::Plain::tap(599).at == 599L * 1024 * 1024 && tap_of<Convolve::weight, 600, 8>(9 * 599 + 8) == 599L * 1024 * 1024 + 2 * 1024 + 2);
static_assert(sizeof Wide<Convolve::forward, 600, 8>::Picture::tap(0).at == 8 && sizeof Wide<Convolve::weight, 8, 600>::Plain::tap(0).at == 8);
static_assert(sizeof Wide<Convolve::forward, 500, 8>::Picture::tap(0).at == 4 && sizeof Wide<Convolve::forward, 600, 600, 2>::Picture::tap(0).at == 4);
static_assert(sizeof Wide<Convolve::data, 8, 500>::Picture::tap(0).at == 4 && sizeof Wide<Convolve::weight, 8, 500>::Plain::tap(0).at == 4);

}  // namespace
}  // namespace strata::test
