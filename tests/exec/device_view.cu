// SPDX-License-Identifier: BSL-1.0
#include <strata/exec/device_view.cuh>

#include <doctest/doctest.h>

#include <strata/exec/cuda.cuh>

#include "../support/view.hpp"

namespace strata::test {
namespace {

template <class F, class X, class Y>
__global__ void each(F f, const X* x, Y* y, int samples, bool share) {
    __shared__ alignas(16) Y numbers[F::block];
    if (share) f = f.shared(numbers);
    const int i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
    if (i >= samples) return;
    typename F::Input in;
    for (long k = 0; k < in.size; ++k) in[k] = x[i * in.size + k];
    const typename F::Output out = f(in);
    for (long k = 0; k < out.size; ++k) y[i * out.size + k] = out[k];
}

template <class Net, class In, class Real>
void check(double most) {
    const Viewed<Net, In, Real> v;
    const Model<Net, In, Cuda, Precision<Real>> there(v.model);
    const cuda::Memory<typename Viewed<Net, In, Real>::X> x(v.x.data(), static_cast<long>(v.x.size()));
    for (const bool share : {false, true}) {
        CAPTURE(share);
        cuda::Memory<Real> y(static_cast<long>(v.y.size()), cuda::Unset{});
        each<<<3, 16>>>(there.device_view(), x.data(), y.data(), v.samples, share);
        cuda::check(cudaGetLastError(), "each");
        const Buffer<Real> got = y.to_host();
        v.check({got.begin(), got.end()}, most);
    }
}

}  // namespace

TEST_CASE("a model within a kernel says what a session on the host says, its numbers in global memory or shared by a block: every activation") {
    check<Activations, Shape<13>, float>(1e-5);
}
TEST_CASE("norms, residuals, and layers that repeat") {
    check<Normed, Shape<12>, float>(1e-5);
    check<Normed, Shape<12>, double>(1e-12);
}
TEST_CASE("tokens of a sequence, whole numbers at first, their mean at last") { check<Words, Shape<6>, float>(1e-5); }

}  // namespace strata::test
