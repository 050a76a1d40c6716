// SPDX-License-Identifier: BSL-1.0
/// IDX files, in which MNIST and its kin come: plain or packed by gzip.
/// A file is 0, 0, element type, rank; the extents as 32 bits each; the elements; everything big endian.
/// Source: LeCun, Cortes, Burges, "The MNIST database of handwritten digits", section "file formats".
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <strata/core/error.hpp>
#include <strata/io/file.hpp>
#include <strata/io/gzip.hpp>

namespace strata::io {

/// The element types of IDX, by their codes in a file.
enum class IdxType : std::uint8_t { u8 = 0x08, i8 = 0x09, i16 = 0x0B, i32 = 0x0C, f32 = 0x0D, f64 = 0x0E };

constexpr std::size_t size_of(IdxType type) {
    switch (type) {
        case IdxType::u8:
        case IdxType::i8:
            return 1;
        case IdxType::i16:
            return 2;
        case IdxType::i32:
        case IdxType::f32:
            return 4;
        case IdxType::f64:
            return 8;
    }
    return 0;
}
constexpr const char* name_of(IdxType type) {
    switch (type) {
        case IdxType::u8:
            return "u8";
        case IdxType::i8:
            return "i8";
        case IdxType::i16:
            return "i16";
        case IdxType::i32:
            return "i32";
        case IdxType::f32:
            return "f32";
        case IdxType::f64:
            return "f64";
    }
    return "?";
}
/// The IdxType of a C++ type.
template <class T>
inline constexpr IdxType idx_type_of = std::is_same_v<T, std::uint8_t>   ? IdxType::u8
                                       : std::is_same_v<T, std::int8_t>  ? IdxType::i8
                                       : std::is_same_v<T, std::int16_t> ? IdxType::i16
                                       : std::is_same_v<T, std::int32_t> ? IdxType::i32
                                       : std::is_same_v<T, float>        ? IdxType::f32
                                                                         : IdxType::f64;

/// An array from an IDX file.
struct IdxArray {
    std::string path;
    IdxType type = IdxType::u8;
    std::vector<long> shape;
    std::vector<std::uint8_t> bytes;  ///< the elements, row-major, in this machine's byte order

    /// The elements as T.   Throws: FileError when the file holds another type.
    template <class T>
    std::vector<T> values() const {
        static_assert(std::is_arithmetic_v<T> && (idx_type_of<T> != IdxType::f64 || std::is_same_v<T, double>),
                      "strata: IDX holds no such type; ask for u8, i8, i16, i32, float or double");
        if (type != idx_type_of<T>)
            throw FileError("strata: '" + path + "' holds " + name_of(type) + ", but " + name_of(idx_type_of<T>) +
                            " is asked for; ask for " + name_of(type));
        std::vector<T> out(bytes.size() / sizeof(T));
        if (!out.empty()) std::memcpy(out.data(), bytes.data(), bytes.size());
        return out;
    }
};

/// The largest array that a file may claim unless the caller says otherwise: 16 GiB.
inline constexpr std::uint64_t max_idx_bytes = std::uint64_t{1} << 34;

namespace detail {

/// Reads a plain file as GzipReader reads a packed one.
class PlainReader {
public:
    explicit PlainReader(std::span<const std::byte> bytes) : bytes_(bytes) {}
    std::size_t read(std::span<std::byte> out) {
        const std::size_t part = std::min(out.size(), bytes_.size());
        if (part != 0) std::memcpy(out.data(), bytes_.data(), part);
        bytes_ = bytes_.subspan(part);
        return part;
    }

private:
    std::span<const std::byte> bytes_;
};

/// `most`: what the source can yield at all.
template <class Reader>
IdxArray read_idx_from(Reader& source, const std::string& path, std::uint64_t most, std::uint64_t limit) {
    const auto fail = [&](const std::string& what, const char* advice = "the file is damaged or no IDX file: download it anew") {
        throw FileError("strata: '" + path + "': " + what + "; " + advice);
    };
    const auto read_word = [&](const char* part) {
        std::array<std::byte, 4> word{};
        if (source.read(word) != 4) fail(std::string("the file ends inside its ") + part);
        return word;
    };
    IdxArray array;
    array.path = path;
    const auto magic = read_word("first 4 bytes");
    array.type = static_cast<IdxType>(magic[2]);
    if (magic[0] != std::byte{0} || magic[1] != std::byte{0}) fail("the first two bytes are not 0, as in every IDX file");
    if (size_of(array.type) == 0)
        fail("the element type has the code " + std::to_string(std::to_integer<int>(magic[2])) + ", which IDX does not know");
    std::uint64_t bytes = size_of(array.type);
    for (int axis = 0; axis < std::to_integer<int>(magic[3]); ++axis) {
        std::uint64_t extent = 0;
        for (const std::byte b : read_word("extents")) extent = extent << 8 | std::to_integer<std::uint64_t>(b);
        if (extent != 0 && bytes > limit / extent)
            fail("the extents ask for more than " + std::to_string(limit) + " bytes", "the file is damaged, or the limit must be raised");
        bytes *= extent;
        array.shape.push_back(static_cast<long>(extent));
    }
    if (bytes > most)
        fail("the extents ask for " + std::to_string(bytes) + " bytes, but the file cannot hold more than " + std::to_string(most));
    array.bytes.resize(static_cast<std::size_t>(bytes));
    const std::size_t found = source.read(std::as_writable_bytes(std::span(array.bytes)));
    if (found != array.bytes.size())
        fail("the extents ask for " + std::to_string(bytes) + " bytes, but only " + std::to_string(found) + " are there");
    std::byte more{};
    if (source.read({&more, 1}) != 0) fail("bytes follow after the " + std::to_string(bytes) + " that the extents ask for");
    if (const std::size_t size = size_of(array.type); std::endian::native == std::endian::little && size > 1)
        for (std::size_t i = 0; i < array.bytes.size(); i += size) std::reverse(array.bytes.data() + i, array.bytes.data() + i + size);
    return array;
}

}  // namespace detail

/// Reads the bytes of a whole IDX file, plain or packed; `path` is for messages, `limit` the most bytes that the array may take.
/// Throws: FileError when they are truncated, too long, corrupt, packed without zlib at hand, or claim more than they can hold.
inline IdxArray parse_idx(std::span<const std::byte> file, const std::string& path, std::uint64_t limit = max_idx_bytes) {
    if (is_gzip(file)) {
        GzipReader source(file, path);
        return detail::read_idx_from(source, path, max_gzip_ratio * file.size(), limit);
    }
    detail::PlainReader source(file);
    return detail::read_idx_from(source, path, file.size(), limit);
}

/// Reads the IDX file at `path`, plain or packed.   Throws: FileError, as parse_idx, or when it cannot be opened.
inline IdxArray read_idx(const std::string& path, std::uint64_t limit = max_idx_bytes) {
    const MappedFile file(path);
    return parse_idx(file.bytes(), path, limit);
}

}  // namespace strata::io
