// SPDX-License-Identifier: BSL-1.0
/// What the fuzzers run, and the replay in tests/io: any bytes must give an error that teaches, or content that holds together.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

#include <strata/core/error.hpp>
#include <strata/io/idx.hpp>
#include <strata/io/safetensors.hpp>

namespace fuzz {

inline void require(bool holds) {
    if (!holds) std::abort();
}
inline void require_teaching(const strata::FileError& e) {
    const std::string_view text = e.what();
    require(text.starts_with("strata: 'fuzzed': ") && text.find("; ") != text.npos && text.size() < 1000);
}

/// Content that is accepted fills the file without overlap, and survives being written and read again.   Returns whether it was accepted.
inline bool safetensors(std::span<const std::byte> bytes) {
    using namespace strata::io;
    try {
        const SafetensorsContent content = parse_safetensors(bytes, "fuzzed");
        const std::byte* end = nullptr;
        for (const TensorView& t : content.tensors) {
            require(!end || t.data == end);
            end = t.data + t.bytes;
            require(t.data >= bytes.data() + 8 && end <= bytes.data() + bytes.size());
        }
        require(content.tensors.empty() || end == bytes.data() + bytes.size());

        const detail::SafetensorsLayout layout = detail::lay_out(content.tensors, content.metadata, "fuzzed");
        std::string again(8, '\0');
        for (std::size_t i = 0; i < 8; ++i) again[i] = static_cast<char>(layout.header.size() >> (8 * i));
        again += layout.header;
        for (const TensorView* t : layout.order) again.append(reinterpret_cast<const char*>(t->data), t->bytes);
        const SafetensorsContent copy = parse_safetensors(std::as_bytes(std::span(again.data(), again.size())), "fuzzed");
        require(copy.metadata == content.metadata && copy.tensors.size() == content.tensors.size());
        for (const TensorView& t : content.tensors) {
            const auto twin = std::find_if(copy.tensors.begin(), copy.tensors.end(), [&](const TensorView& c) { return c.name == t.name; });
            require(twin != copy.tensors.end() && twin->dtype == t.dtype && twin->shape == t.shape && twin->bytes == t.bytes);
            require(t.bytes == 0 || std::memcmp(twin->data, t.data, t.bytes) == 0);
        }
        return true;
    } catch (const strata::FileError& e) {
        require_teaching(e);
        return false;
    }
}

/// An array that is accepted has as many bytes as its extents ask for.   Returns whether it was accepted.
inline bool idx(std::span<const std::byte> bytes) {
    using namespace strata::io;
    constexpr std::uint64_t limit = 1 << 22;
    try {
        const IdxArray array = parse_idx(bytes, "fuzzed", limit);
        std::uint64_t size = size_of(array.type);
        for (const long extent : array.shape) size *= static_cast<std::uint64_t>(extent);
        require(array.bytes.size() == size && size <= limit);
        if (array.type == IdxType::f32) require(array.values<float>().size() * 4 == size);
        return true;
    } catch (const strata::FileError& e) {
        require_teaching(e);
        return false;
    }
}

}  // namespace fuzz
