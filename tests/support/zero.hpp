// SPDX-License-Identifier: BSL-1.0
/// What docs/decisions/0001 asks of elements of constexpr arrays.
#pragma once

namespace strata::test {

/// Whether all bytes of a T are zero when nobody has set any.
template <class T>
bool begins_as_zeros() {
    static constexpr T begin{};
    const auto* bytes = reinterpret_cast<const unsigned char*>(&begin);
    for (unsigned long i = 0; i < sizeof(T); ++i)
        if (bytes[i] != 0) return false;
    return true;
}

}  // namespace strata::test
