// SPDX-License-Identifier: BSL-1.0
/// Whether a model still has the numbers that it had.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include <strata/io/model.hpp>

namespace strata {

/// 64 bits of the bytes of all parameters and states: those of changed numbers are others (but for one in 2^64), wherever the model is.
/// It tells changes by accident from none; whoever wants to can make two models that share it.   Cost: one reading; elsewhere than on the host a copy too.
template <class M>
std::uint64_t fingerprint(const M& model) {
    std::uint64_t h = 0x9E3779B97F4A7C15u;
    const auto take = [&h](std::uint64_t word) {
        h = (h ^ word) * 0xD6E8FEB86659FD93u;
        h ^= h >> 32;  // so that high bits count in low ones
    };
    const auto& seen = on_host(model);
    for (const io::TensorView& part : io::parts_of(seen)) {
        std::size_t at = 0;
        for (; at + 8 <= part.bytes; at += 8) {
            std::uint64_t word;
            std::memcpy(&word, part.data + at, 8);
            take(word);
        }
        std::uint64_t rest = 0;
        std::memcpy(&rest, part.data + at, part.bytes - at);
        take(rest);
    }
    return h;
}

}  // namespace strata
