// SPDX-License-Identifier: BSL-1.0
#include <strata/io/gzip.hpp>

#include "../support/gzip.hpp"

#include <doctest/doctest.h>

#include <span>
#include <string>
#include <vector>


#include "../support/folder.hpp"

using strata::io::GzipReader;
using strata::io::is_gzip;
using support::contains;
using support::error_of;

namespace {
std::span<const std::byte> bytes_of(const std::string& text) { return std::as_bytes(std::span(text.data(), text.size())); }
}  // namespace

TEST_CASE("gzip is known by its first two bytes") {
    CHECK(is_gzip(bytes_of("\x1F\x8B")));
    CHECK_FALSE(is_gzip(bytes_of("\x1F")));
    CHECK_FALSE(is_gzip(bytes_of("\x1F\x8C\x08")));
    CHECK_FALSE(is_gzip({}));
}

#if defined(STRATA_HAS_ZLIB) && STRATA_HAS_ZLIB

namespace {
std::string unpack(const std::string& packed, std::size_t step) {
    GzipReader reader(bytes_of(packed), "f.gz");
    std::string out, part(step, '\0');
    for (;;) {
        const std::size_t n = reader.read(std::as_writable_bytes(std::span(part.data(), part.size())));
        out.append(part, 0, n);
        if (n < step) return out;
    }
}
}  // namespace

TEST_CASE("packed data is unpacked in steps of any size") {
    std::string text;
    for (int i = 0; i < 20'000; ++i) text += static_cast<char>((i * i) >> 5);
    const std::string packed = support::gzip(text);
    for (const std::size_t step : {1u, 7u, 4096u, 100'000u}) CHECK(unpack(packed, step) == text);
    CHECK(unpack(support::gzip(""), 10) == "");
    CHECK(unpack(support::gzip("one ") + support::gzip("two"), 100) == "one two");
    CHECK(unpack(support::gzip("one ") + support::gzip("") + support::gzip("two"), 3) == "one two");
}

TEST_CASE("damage is an error that names the file") {
    const std::string packed = support::gzip(std::string(1000, 'a') + "bcd");
    for (std::size_t n = 0; n < packed.size(); ++n)
        REQUIRE(contains(error_of([&] { unpack(packed.substr(0, n), 5000); }),
                         "strata: 'f.gz': the gzip data ends early; the file is damaged"));
    CHECK(contains(error_of([&] { unpack(packed + "x", 5000); }), "other bytes follow the gzip data"));
    CHECK(contains(error_of([&] { unpack(packed + packed.substr(0, 12), 5000); }), "ends early"));
    std::string wrong = packed;
    wrong[wrong.size() - 6] ^= 1;  // the checksum
    CHECK(contains(error_of([&] { unpack(wrong, 5000); }), "the gzip data is corrupt (incorrect data check)"));
    wrong = packed;
    wrong[2] = 7;  // the method
    CHECK(contains(error_of([&] { unpack(wrong, 5000); }), "the gzip data is corrupt"));
}

#else

TEST_CASE("without zlib the error says what to install") {
    const std::string packed = "\x1F\x8B";
    CHECK(contains(error_of([&] { GzipReader(bytes_of(packed), "f.gz"); }),
                   "'f.gz': it is packed by gzip, but this program was built without zlib; install zlib1g-dev"));
}

#endif
