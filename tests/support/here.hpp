// SPDX-License-Identifier: BSL-1.0
/// Where a test's tensors, models and programs are: on the host, and on a device where nvcc compiles it. tests/cuda.cmake has nvcc compile the
/// tests of the host, so that both places are held to the same cases.
#pragma once

#include <strata/exec/expression.hpp>

#ifdef __CUDACC__
#include "place.cuh"
#endif

namespace strata::test {

#ifdef __CUDACC__
using Here = Managed;
#else
using Here = Host;
#endif
inline constexpr bool on_host = std::is_same_v<Here, Host>;
template <class T, int... D>
using Tensor = TensorOn<Here, T, D...>;

/// Sizes are chosen around it: a vector's numbers, a warp's threads.
template <class Real>
inline constexpr int lanes_here = PolicyOn<Here, Real>::value.lanes;

/// Which of n numbers a derivative is checked by: all, or about `few` where a difference costs two programs of a device.
constexpr long stride_here(long n, long few) { return on_host || n <= few ? 1 : n / few; }

/// `times` runs of P one after the other, each on what the last left in the arena.
template <class Place>
struct Runs {
    template <class P>
    static void run(const Run& r, const Bindings& b, int times) {
        Runner<Place, P> runner;
        for (int i = 0; i < times; ++i) runner.run(r, b);
    }
};
template <>
struct Runs<Host> {
    template <class P>
    static void run(const Run& r, const Bindings& b, int times) {
        Buffer<char> workspace(HostProgram<P>::workspace_bytes());
        Run with = r;
        with.workspace = workspace.data();
        for (int i = 0; i < times; ++i) HostProgram<P>::run(with, b);
    }
};

}  // namespace strata::test
