// SPDX-License-Identifier: BSL-1.0
/// Small pictures as PNG files, uncompressed and without zlib, and as text inside other files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <strata/core/error.hpp>

namespace strata {

namespace detail {
inline void append_big_endian(std::string& out, std::uint32_t value) {
    for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift & 0xFF);
}
/// The check sum of PNG chunks (ISO 3309): polynomial 0xEDB88320, bits reversed.
inline std::uint32_t chunk_checksum(std::string_view bytes) {
    std::uint32_t crc = 0xFFFFFFFFu;
    for (const char c : bytes) {
        crc ^= static_cast<unsigned char>(c);
        for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ (0xEDB88320u & (0u - (crc & 1u)));
    }
    return ~crc;
}
/// The check sum of zlib streams (RFC 1950).
inline std::uint32_t stream_checksum(std::string_view bytes) {
    std::uint32_t a = 1, b = 0;
    for (const char c : bytes) {
        a = (a + static_cast<unsigned char>(c)) % 65521u;
        b = (b + a) % 65521u;
    }
    return b << 16 | a;
}
/// A zlib stream that holds the bytes as they are, in stored blocks of at most 65,535 (RFC 1951, 3.2.4).
inline std::string stored_zlib(std::string_view bytes) {
    std::string out = "\x78\x01";
    const std::uint32_t sum = stream_checksum(bytes);
    do {
        const std::string_view block = bytes.substr(0, 65535);
        bytes.remove_prefix(block.size());
        const auto n = static_cast<std::uint32_t>(block.size()), inverse = ~n;
        out += bytes.empty() ? '\1' : '\0';
        for (const std::uint32_t length : {n, inverse})
            out += {static_cast<char>(length & 0xFF), static_cast<char>(length >> 8 & 0xFF)};
        out += block;
    } while (!bytes.empty());
    append_big_endian(out, sum);
    return out;
}
inline void append_chunk(std::string& out, std::string_view type, std::string_view content) {
    append_big_endian(out, static_cast<std::uint32_t>(content.size()));
    const std::string body = std::string(type).append(content);
    out += body;
    append_big_endian(out, chunk_checksum(body));
}
}  // namespace detail

/// A PNG file of 8-bit samples.   Shape: pixels [height, width, channels], channels 1 (grey) or 3 (red, green, blue).
/// Throws DataError where the pixels do not fit.
inline std::string png(std::span<const std::uint8_t> pixels, int height, int width, int channels = 1) {
    if (height < 1 || width < 1 || (channels != 1 && channels != 3) ||
        pixels.size() !=
            static_cast<std::size_t>(height) * static_cast<std::size_t>(width) * static_cast<std::size_t>(channels))
        throw DataError("strata: a picture of " + std::to_string(height) + " x " + std::to_string(width) + " x " +
                        std::to_string(channels) + " with " + std::to_string(pixels.size()) +
                        " bytes; give height x width x channels bytes, with 1 or 3 channels");
    const std::size_t row = pixels.size() / static_cast<std::size_t>(height);
    std::string rows;
    for (std::size_t start = 0; start < pixels.size(); start += row) {
        rows += '\0';  // this row is stored unfiltered
        for (std::size_t i = 0; i < row; ++i) rows += static_cast<char>(pixels[start + i]);
    }
    std::string header;
    detail::append_big_endian(header, static_cast<std::uint32_t>(width));
    detail::append_big_endian(header, static_cast<std::uint32_t>(height));
    header += {8, channels == 1 ? '\0' : '\2', 0, 0, 0};  // bits, colour type, and the only methods there are
    std::string out = "\x89PNG\r\n\x1A\n";
    detail::append_chunk(out, "IHDR", header);
    detail::append_chunk(out, "IDAT", detail::stored_zlib(rows));
    detail::append_chunk(out, "IEND", {});
    return out;
}

/// Bytes as text (RFC 4648): 4 characters for each 3 bytes, padded with `=`.
inline std::string base64(std::string_view bytes) {
    static constexpr char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::size_t n = bytes.size() - i < 3 ? bytes.size() - i : 3;
        std::uint32_t word = 0;
        for (std::size_t k = 0; k < 3; ++k) word = word << 8 | (k < n ? static_cast<unsigned char>(bytes[i + k]) : 0u);
        for (std::size_t k = 0; k < 4; ++k) out += k <= n ? digits[word >> (18 - 6 * k) & 63] : '=';
    }
    return out;
}

}  // namespace strata
