// SPDX-License-Identifier: BSL-1.0
#include <strata/io/idx.hpp>

#include <doctest/doctest.h>

#include <filesystem>
#include <span>
#include <string>
#include <vector>


#include "../fuzz/replay.hpp"
#include "../fuzz/targets.hpp"
#include "../support/folder.hpp"
#include "../support/gzip.hpp"

using namespace strata::io;
using support::contains;
using support::error_of;

namespace {

std::string idx(int type, const std::vector<std::uint32_t>& shape, const std::string& data) {
    std::string out{'\0', '\0', static_cast<char>(type), static_cast<char>(shape.size())};
    for (const std::uint32_t n : shape)
        for (const int shift : {24, 16, 8, 0}) out += static_cast<char>(n >> shift);
    return out + data;
}
IdxArray parse(const std::string& bytes, std::uint64_t limit = max_idx_bytes) {
    return parse_idx(std::as_bytes(std::span(bytes.data(), bytes.size())), "f", limit);
}
std::string parse_error(const std::string& bytes) {
    return error_of([&] { parse(bytes); });
}

}  // namespace

TEST_CASE("every element type is read in this machine's byte order") {
    const IdxArray u8 = parse(idx(0x08, {2, 3}, std::string("\0\1\2\xFD\xFE\xFF", 6)));
    CHECK(u8.shape == std::vector<long>{2, 3});
    CHECK(u8.values<std::uint8_t>() == std::vector<std::uint8_t>{0, 1, 2, 253, 254, 255});
    CHECK(parse(idx(0x09, {2}, "\x01\xFE")).values<std::int8_t>() == std::vector<std::int8_t>{1, -2});
    CHECK(parse(idx(0x0B, {2}, std::string("\x01\x02\xFF\xFE", 4))).values<std::int16_t>() == std::vector<std::int16_t>{258, -2});
    CHECK(parse(idx(0x0C, {2}, std::string("\x01\x02\x03\x04\xFF\xFF\xFF\xFE", 8))).values<std::int32_t>() ==
          std::vector<std::int32_t>{16909060, -2});
    CHECK(parse(idx(0x0D, {2}, std::string("\x3F\xC0\0\0\xC0\0\0\0", 8))).values<float>() == std::vector<float>{1.5f, -2.0f});
    CHECK(parse(idx(0x0E, {1}, std::string("\xC0\x04\0\0\0\0\0\0", 8))).values<double>() == std::vector<double>{-2.5});
}

TEST_CASE("scalars, empty arrays and many axes are arrays too") {
    CHECK(parse(idx(0x08, {}, "x")).values<std::uint8_t>() == std::vector<std::uint8_t>{'x'});
    CHECK(parse(idx(0x0C, {3, 0, 5}, "")).values<std::int32_t>().empty());
    CHECK(parse(idx(0x08, std::vector<std::uint32_t>(255, 1), "x")).shape.size() == 255);
}

TEST_CASE("another type than asked for is an error") {
    const IdxArray array = parse(idx(0x08, {1}, "x"));
    CHECK(error_of([&] { array.values<float>(); }) == "strata: 'f' holds u8, but f32 is asked for; ask for u8");
}

TEST_CASE("damaged files are errors that say how") {
    const std::string whole = idx(0x0B, {2, 3}, std::string(12, 'd'));
    REQUIRE(parse_error(whole) == "no error");
    for (std::size_t n = 0; n < 4; ++n)
        CHECK(contains(parse_error(whole.substr(0, n)), "strata: 'f': the file ends inside its first 4 bytes; the file is damaged"));
    for (std::size_t n = 4; n < 12; ++n) CHECK(contains(parse_error(whole.substr(0, n)), "the file ends inside its extents"));
    CHECK(contains(parse_error(whole.substr(0, 23)), "the extents ask for 12 bytes, but only 11 are there"));
    CHECK(contains(parse_error(whole.substr(0, 12)), "the extents ask for 12 bytes, but only 0 are there"));
    CHECK(contains(parse_error(whole + "x"), "bytes follow after the 12 that the extents ask for"));
    CHECK(contains(parse_error("\x01" + whole.substr(1)), "the first two bytes are not 0"));
    CHECK(contains(parse_error(idx(0x0A, {1}, "x")), "the element type has the code 10, which IDX does not know"));
    CHECK(contains(parse_error(idx(0x08, {0xFFFFFFFF, 0xFFFFFFFF}, "x")), "ask for more than 17179869184 bytes"));
    CHECK(contains(parse_error(idx(0x0E, {0x80000000, 0x80000000, 0x80000000}, "x")), "ask for more than"));
    CHECK(contains(parse_error(idx(0x08, {0x7FFFFFFF}, "x")), "ask for 2147483647 bytes, but the file cannot hold more than 9"));
    CHECK(contains(error_of([&] { parse(whole, 11); }), "ask for more than 11 bytes; the file is damaged, or the limit must be raised"));
    CHECK(error_of([&] { parse(whole, 12); }) == "no error");
}

TEST_CASE("files on disk") {
    const support::Folder folder;
    support::write(folder / "a", idx(0x08, {2}, "xy"));
    const IdxArray array = read_idx(folder / "a");
    CHECK(array.path == folder / "a");
    CHECK(array.values<std::uint8_t>() == std::vector<std::uint8_t>{'x', 'y'});
    CHECK(contains(error_of([&] { read_idx(folder / "none"); }), "No such file or directory"));
}

#if defined(STRATA_HAS_ZLIB) && STRATA_HAS_ZLIB

TEST_CASE("packed files, and damage inside them") {
    std::string data;
    for (int i = 0; i < 6000; ++i) data += static_cast<char>((i * 7919) >> 3);
    const std::string whole = idx(0x0B, {30, 100}, data), packed = support::gzip(whole);
    CHECK(parse(packed).bytes == parse(whole).bytes);
    CHECK(contains(parse_error(packed.substr(0, packed.size() / 2)), "the gzip data ends early"));
    CHECK(contains(parse_error(packed.substr(0, packed.size() - 1)), "the gzip data ends early"));
    CHECK(contains(parse_error(packed + "x"), "other bytes follow the gzip data"));
    CHECK(contains(parse_error(support::gzip(whole + "x")), "bytes follow after the 6000"));
    CHECK(contains(parse_error(support::gzip(whole.substr(0, 5000))), "but only 4988 are there"));
    std::string wrong = packed;
    wrong[packed.size() / 2] ^= 0x10;
    CHECK(contains(parse_error(wrong), "the gzip data is corrupt"));
    CHECK(contains(parse_error("\x1F\x8B"), "the gzip data ends early"));
}

TEST_CASE("a bomb takes no more memory than its header admits, and a header no more than its file can unpack to") {
    const std::string bomb = support::gzip(idx(0x08, {10}, std::string(50'000'000, '\0')));
    REQUIRE(bomb.size() < 60'000);
    CHECK(contains(parse_error(bomb), "bytes follow after the 10"));
    CHECK(
        contains(parse_error(support::gzip(idx(0x08, {0x40000000}, ""))), "ask for 1073741824 bytes, but the file cannot hold more than"));
    // What does unpack to the greatest ratio must pass.
    CHECK(parse(support::gzip(idx(0x08, {50'000'000}, std::string(50'000'000, '\0')))).bytes.size() == 50'000'000);
}

#endif

TEST_CASE("the fuzzer's corpus and 10,000 mutations of it give an error or sound content") {
    const fuzz::Replay done = fuzz::replay((std::filesystem::path(__FILE__).parent_path() / "../fuzz/corpus/idx").string(), 10'000,
                                           [](std::span<const std::byte> bytes) { return fuzz::idx(bytes); });
    CHECK(done.corpus >= 16);
    CHECK(done.accepted >= 8);
    CHECK(done.mutations == 10'000);
    CHECK(done.accepted_mutations > 100);  // the mutations reach beyond the first check
    CHECK(done.accepted_mutations < 9'000);
}
