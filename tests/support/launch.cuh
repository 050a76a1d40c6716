// SPDX-License-Identifier: BSL-1.0
/// Launching one kernel by hand, on memory of the device that is just as large as it has to be.
#pragma once

#include <doctest/doctest.h>

#include <vector>

#include <strata/exec/cuda.cuh>

namespace strata::test {

template <class T>
cuda::Memory<T> on_device(const std::vector<T>& v) {
    Buffer<T> b(static_cast<long>(v.size()));
    for (long i = 0; i < b.size(); ++i) b[i] = v[static_cast<std::size_t>(i)];
    return cuda::Memory<T>(b);
}
template <class T>
std::vector<T> from_device(const cuda::Memory<T>& m) {
    const Buffer<T> b = m.to_host();
    return std::vector<T>(b.begin(), b.end());
}
/// Memory whose every byte is 0xff: NaN, or a number that nobody expects.
template <class T>
cuda::Memory<T> filled(long n) {
    cuda::Memory<T> m(n);
    if (n > 0) cuda::check(cudaMemset(m.data(), 0xff, static_cast<std::size_t>(n) * sizeof(T)), "cudaMemset");
    return m;
}

/// Runs a step's kernel twice, the second time on the workspace that the first has left.   The tickets are zeros again afterwards.
template <class Step>
void launch_step(const cuda::Facts& facts, const std::vector<void*>& operands) {
    using Kernel = cuda::KernelFor<Step>;
    REQUIRE(static_cast<int>(operands.size()) == Kernel::operands);
    const auto known = on_device(std::vector<cuda::Facts>{facts});
    auto workspace = filled<char>(Kernel::workspace);
    cuda::Memory<unsigned> tickets(Kernel::tickets);
    const cuda::Stream stream;
    for (int time = 0; time < 2; ++time) Kernel::launch(cuda::Launch{stream.get(), known.data(), workspace.data(), tickets.data()}, operands.data());
    stream.wait();
    for (unsigned ticket : from_device(tickets)) CHECK(ticket == 0);
}

}  // namespace strata::test
