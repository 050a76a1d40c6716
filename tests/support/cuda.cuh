// SPDX-License-Identifier: BSL-1.0
/// What the tests of a device share with those of the host, for the place Cuda.
#pragma once

#include <strata/exec/cuda.cuh>

#include "places.hpp"

namespace strata::test {

template <>
struct Fetch<Cuda> {
    template <class T>
    static std::vector<T> many(const T* from, long n) {
        std::vector<T> v(static_cast<std::size_t>(n));
        if (n > 0) cuda::check(cudaMemcpy(v.data(), from, v.size() * sizeof(T), cudaMemcpyDeviceToHost), "cudaMemcpy");
        return v;
    }
};

}  // namespace strata::test
