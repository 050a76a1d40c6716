// SPDX-License-Identifier: BSL-1.0
/// Random numbers for tests.
#pragma once

#include <cstdint>
#include <initializer_list>

namespace strata::test {

/// Numbers of a seed, the same everywhere.
struct Dice {
    std::uint64_t state;
    std::uint64_t next() {
        state += 0x9E3779B97F4A7C15u;
        std::uint64_t z = state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
        return z ^ (z >> 31);
    }
    int operator()(int n) { return static_cast<int>(next() % static_cast<std::uint64_t>(n)); }
    /// In (-1, 1).
    double number() { return static_cast<double>(next() >> 11) / 4503599627370496.0 - 1; }
    bool chance(int percent) { return (*this)(100) < percent; }
    template <class T>
    T of(std::initializer_list<T> list) {
        return list.begin()[(*this)(static_cast<int>(list.size()))];
    }
};

}  // namespace strata::test
