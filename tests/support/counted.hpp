// SPDX-License-Identifier: BSL-1.0
/// Buffers of numbers that are told apart.
#pragma once

#include <strata/device/buffer.hpp>

namespace strata::test {

/// 1, 4, 7, ...
template <class T>
Buffer<T> counted(long n) {
    Buffer<T> b(n);
    for (long i = 0; i < n; ++i) b[i] = static_cast<T>(3 * i + 1);
    return b;
}
template <class T>
bool equal(const Buffer<T>& a, const Buffer<T>& b) {
    bool same = a.size() == b.size();
    for (long i = 0; same && i < a.size(); ++i) same = a[i] == b[i];
    return same;
}

}  // namespace strata::test
