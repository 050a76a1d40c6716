// SPDX-License-Identifier: BSL-1.0
#include <strata/train/png.hpp>

#include <doctest/doctest.h>

#include <vector>

TEST_CASE("base64: the vectors of RFC 4648") {
    using strata::base64;
    CHECK(base64("") == "");
    CHECK(base64("f") == "Zg==");
    CHECK(base64("fo") == "Zm8=");
    CHECK(base64("foo") == "Zm9v");
    CHECK(base64("foob") == "Zm9vYg==");
    CHECK(base64("fooba") == "Zm9vYmE=");
    CHECK(base64("foobar") == "Zm9vYmFy");
    CHECK(base64("\xFB\xFF\xFE") == "+//+");
}

TEST_CASE("check sums: their published values") {
    CHECK(strata::detail::chunk_checksum("123456789") == 0xCBF43926u);
    CHECK(strata::detail::chunk_checksum("IEND") == 0xAE426082u);
    CHECK(strata::detail::stream_checksum("Wikipedia") == 0x11E60398u);
}

TEST_CASE("png: a file byte by byte") {
    const std::vector<std::uint8_t> pixels{0, 255, 16, 32};
    const std::string file = strata::png(pixels, 2, 2);
    const std::string expected(
        "\x89PNG\r\n\x1A\n"
        "\0\0\0\x0DIHDR\0\0\0\2\0\0\0\2\x08\0\0\0\0\x57\xDD\x52\xF8"
        "\0\0\0\x11IDAT\x78\x01\x01\6\0\xF9\xFF\0\0\xFF\0\x10\x20",
        54);
    CHECK(file.substr(0, expected.size()) == expected);
    CHECK(file.size() == expected.size() + 4 + 4 + 12);
    CHECK(file.substr(file.size() - 8) == "IEND\xAE\x42\x60\x82");
}

TEST_CASE("png: colour, and more bytes than one stored block holds") {
    const std::vector<std::uint8_t> pixels(300 * 100 * 3, 7);
    const std::string file = strata::png(pixels, 300, 100, 3);
    CHECK(file[25] == 2);                                                      // colour type
    CHECK(file.size() == 8 + 25 + 12 + 2 + 2 * 5 + 300 * (1 + 300) + 4 + 12);  // two blocks
    CHECK(file.substr(43, 5) == std::string("\0\xFF\xFF\0\0", 5));
    CHECK(file[48 + 65535] == 1);
}

TEST_CASE("png: what does not fit is an error") {
    const std::vector<std::uint8_t> pixels(12);
    CHECK_NOTHROW(strata::png(pixels, 3, 4));
    CHECK_NOTHROW(strata::png(pixels, 2, 2, 3));
    CHECK_THROWS_WITH_AS(
        strata::png(pixels, 3, 3),
        "strata: a picture of 3 x 3 x 1 with 12 bytes; give height x width x channels bytes, with 1 or 3 channels",
        strata::DataError);
    CHECK_THROWS_AS(strata::png(pixels, 3, 2, 2), strata::DataError);
    CHECK_THROWS_AS(strata::png({}, 0, 0), strata::DataError);
}
