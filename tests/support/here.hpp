// SPDX-License-Identifier: BSL-1.0
/// Where a test's programs run: on the host, and on a device where nvcc compiles it. tests/<x>.cu includes the host's test, so that both
/// places are held to the same cases.
#pragma once

#include <strata/exec/expression.hpp>

#ifdef __CUDACC__
#include <strata/exec/cuda.cuh>
#endif

namespace strata::test {

#ifdef __CUDACC__
using Here = Cuda;
#else
using Here = Host;
#endif
inline constexpr bool on_host = std::is_same_v<Here, Host>;
/// What sizes are chosen around: a vector's numbers, a warp's threads.
template <class Real>
inline constexpr int lanes_here = PolicyOn<Here, Real>::value.lanes;

/// `times` runs of P one after the other, each on what the last left in the arena.
template <class Place>
struct Runs;
template <>
struct Runs<Host> {
    template <class P>
    static void run(const Run& r, const Bindings& b, int times) {
        for (int i = 0; i < times; ++i) HostProgram<P>::run(r, b);
    }
};
#ifdef __CUDACC__
template <>
struct Runs<Cuda> {
    template <class P>
    static void run(const Run& r, const Bindings& b, int times) {
        Runner<Cuda, P> runner;
        for (int i = 0; i < times; ++i) runner.run(r, b);
    }
};
#endif

}  // namespace strata::test
