// SPDX-License-Identifier: BSL-1.0
/// What an error of CUDA says.
#pragma once

#include <doctest/doctest.h>

#include <string>

#include <strata/device/cuda_error.cuh>

namespace strata::test {

/// What `f` says when it fails, which has to be with `code`.   also(error): further checks.
template <class F, class Also>
std::string text_of(cudaError_t code, F f, Also also) {
    try {
        f();
    } catch (const CudaError& e) {
        CHECK(e.code() == code);
        also(e);
        return e.what();
    }
    return "nothing was thrown";
}
template <class F>
std::string text_of(cudaError_t code, F f) {
    return text_of(code, f, [](const CudaError&) {});
}
inline bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace strata::test
