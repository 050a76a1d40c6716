// SPDX-License-Identifier: BSL-1.0
/// Reading gzip data in memory, by zlib where CMake found it (it then sets STRATA_HAS_ZLIB to 1).
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <utility>

#include <strata/core/error.hpp>

#if defined(STRATA_HAS_ZLIB) && STRATA_HAS_ZLIB
#include <zlib.h>
#endif

namespace strata::io {

/// Whether the bytes begin as gzip does.
inline bool is_gzip(std::span<const std::byte> bytes) {
    return bytes.size() >= 2 && bytes[0] == std::byte{0x1F} && bytes[1] == std::byte{0x8B};
}
/// No gzip data unpacks to more than this many times its size: a claim beyond it is false before any memory is taken.
inline constexpr std::uint64_t max_gzip_ratio = 1032;

#if defined(STRATA_HAS_ZLIB) && STRATA_HAS_ZLIB

/// Unpacks step by step into memory that the caller gives, so that a small file cannot claim much memory. Takes files of several members.
/// Throws: FileError naming `path` when data is corrupt, ends early or fails its checksum.
class GzipReader {
public:
    GzipReader(std::span<const std::byte> packed, std::string path) : packed_(packed), path_(std::move(path)) {
        if (inflateInit2(&stream_, 15 + 16) != Z_OK) throw FileError("strata: '" + path_ + "': zlib cannot start; free some memory");
    }
    GzipReader(const GzipReader&) = delete;
    GzipReader& operator=(const GzipReader&) = delete;
    ~GzipReader() { inflateEnd(&stream_); }

    /// Fills `out` from the front; returns the bytes written, fewer than asked for only at the end of the data.
    std::size_t read(std::span<std::byte> out) {
        std::size_t done = 0;
        while (done < out.size() && !ended_) {
            constexpr std::size_t most = std::numeric_limits<uInt>::max();
            const auto in_part = static_cast<uInt>(std::min(packed_.size(), most)),
                       out_part = static_cast<uInt>(std::min(out.size() - done, most));
            stream_.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(packed_.data()));
            stream_.avail_in = in_part;
            stream_.next_out = reinterpret_cast<Bytef*>(out.data() + done);
            stream_.avail_out = out_part;
            const int code = inflate(&stream_, Z_NO_FLUSH);
            packed_ = packed_.subspan(in_part - stream_.avail_in);
            done += out_part - stream_.avail_out;
            if (code == Z_STREAM_END) {
                if (packed_.empty())
                    ended_ = true;
                else if (!is_gzip(packed_) || inflateReset(&stream_) != Z_OK)
                    fail("other bytes follow the gzip data");
            } else if (code == Z_BUF_ERROR || (code == Z_OK && packed_.empty() && stream_.avail_out != 0)) {
                fail("the gzip data ends early");
            } else if (code != Z_OK) {
                fail(std::string("the gzip data is corrupt") + (stream_.msg ? std::string(" (") + stream_.msg + ")" : ""));
            }
        }
        return done;
    }

private:
    [[noreturn]] void fail(const std::string& what) const {
        throw FileError("strata: '" + path_ + "': " + what + "; the file is damaged: download it anew");
    }
    std::span<const std::byte> packed_;
    std::string path_;
    z_stream stream_{};
    bool ended_ = false;
};

#else

/// Stands in when zlib is not there: says so when it is needed.
class GzipReader {
public:
    GzipReader(std::span<const std::byte>, const std::string& path) {
        throw FileError("strata: '" + path +
                        "': it is packed by gzip, but this program was built without zlib; install zlib1g-dev (Debian) or zlib " +
                        "(vcpkg) and configure again, or unpack the file with gunzip");
    }
    std::size_t read(std::span<std::byte>) { return 0; }
};

#endif

}  // namespace strata::io
