// SPDX-License-Identifier: BSL-1.0
#include <strata/io/json.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>


#include "../support/folder.hpp"

using strata::io::invalid_utf8;
using strata::io::json_string;
using strata::io::JsonReader;
using support::contains;
using support::error_of;

namespace {
const std::string path = "f.json";
JsonReader reader(std::string_view text) { return {text, path, 8, "mend it"}; }
std::string string_of(std::string_view text) {
    JsonReader json = reader(text);
    std::string out = json.string();
    json.end();
    return out;
}
std::string string_error(std::string_view text) {
    return error_of([&] { string_of(text); });
}
std::uint64_t integer_of(std::string_view text) {
    JsonReader json = reader(text);
    const std::uint64_t out = json.unsigned_integer();
    json.end();
    return out;
}
std::string integer_error(std::string_view text) {
    return error_of([&] { integer_of(text); });
}
}  // namespace

TEST_CASE("strings with escapes") {
    CHECK(string_of(R"("")") == "");
    CHECK(string_of(R"( "a b" )") == "a b");
    CHECK(string_of(R"("\"\\\/\b\f\n\r\t")") == "\"\\/\b\f\n\r\t");
    CHECK(string_of(R"("\u0041\u00e9\u20AC\ud83d\uDE00\u0000")") == std::string("A\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\0", 11));
    CHECK(string_of("\"\xC3\xA9\xF0\x9F\x98\x80\"") == "\xC3\xA9\xF0\x9F\x98\x80");
}

TEST_CASE("bad strings are named with their byte") {
    CHECK(string_error("\"ab") == "strata: 'f.json': a string has no end, at byte 8; mend it");
    CHECK(contains(string_error("\"ab\\"), "a string has no end, at byte 11"));
    CHECK(contains(string_error("x"), "expected a string, found 'x', at byte 8"));
    CHECK(contains(string_error(""), "the text ends where a string is expected, at byte 8"));
    CHECK(contains(string_error("\x01"), "found byte value 1"));
    CHECK(contains(string_error("\"a\nb\""), "control character stands unescaped in a string, at byte 10"));
    CHECK(contains(string_error(R"("a\x")"), "unknown escape stands in a string, at byte 10"));
    CHECK(contains(string_error(R"("\u12")"), "lacks its four digits"));
    CHECK(contains(string_error(R"("\u12g4")"), "lacks its four digits, at byte 13"));
    CHECK(contains(string_error(R"("\ud83d")"), "half of a surrogate pair"));
    CHECK(contains(string_error(R"("\ud83dx\ude00")"), "half of a surrogate pair"));
    CHECK(contains(string_error(R"("\ud83d\u0041")"), "half of a surrogate pair"));
    CHECK(contains(string_error(R"("\ude00")"), "half of a surrogate pair"));
    CHECK(contains(string_error("\"a\xFF\""), "not valid UTF-8, at byte 10"));
    CHECK(contains(string_error("\"a\" x"), "expected the end of the text, found 'x', at byte 12"));
}

TEST_CASE("unsigned integers") {
    CHECK(integer_of("0") == 0);
    CHECK(integer_of(" 10 ") == 10);
    CHECK(integer_of("18446744073709551615") == 18446744073709551615u);
    CHECK(contains(integer_error("18446744073709551616"), "a number exceeds 64 bits, at byte 8"));
    CHECK(contains(integer_error("99999999999999999999999"), "exceeds 64 bits"));
    CHECK(contains(integer_error("-1"), "expected an unsigned integer, found '-'"));
    CHECK(contains(integer_error("01"), "begins with 0"));
    CHECK(contains(integer_error("1.0"), "not an integer"));
    CHECK(contains(integer_error("1e3"), "not an integer"));
    CHECK(contains(integer_error(""), "the text ends where an unsigned integer is expected"));
}

TEST_CASE("objects and arrays call for each item") {
    JsonReader json = reader(R"( { "a" : [1, 2 ,3], "b":[] , "c":{} } )");
    std::vector<std::string> keys;
    std::vector<std::size_t> bytes;
    std::uint64_t sum = 0;
    json.object([&](const std::string& key, std::size_t byte) {
        keys.push_back(key);
        bytes.push_back(byte);
        if (key == "c")
            json.object([](const std::string&, std::size_t) {});
        else
            json.array([&] { sum += json.unsigned_integer(); });
    });
    json.end();
    CHECK(keys == std::vector<std::string>{"a", "b", "c"});
    CHECK(bytes == std::vector<std::size_t>{11, 28, 37});
    CHECK(sum == 6);
    for (const char* bad : {"", "{", "{]", "{\"a\"}", "{\"a\":1", "{\"a\":1,}", "{\"a\":1 \"b\":2}", "{,}", "{a:1}", "{\"a\":1}}", "[1]"})
        CHECK_MESSAGE(contains(error_of([&] {
                                   JsonReader text = reader(bad);
                                   text.object([&](const std::string&, std::size_t) { text.unsigned_integer(); });
                                   text.end();
                               }),
                               "at byte "),
                      bad);
    for (const char* bad : {"[", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "[[1]]"})
        CHECK_MESSAGE(contains(error_of([&] {
                                   JsonReader text = reader(bad);
                                   text.array([&] { text.unsigned_integer(); });
                                   text.end();
                               }),
                               "at byte "),
                      bad);
}

TEST_CASE("UTF-8 is checked as the standard says") {
    const auto npos = std::string::npos;
    for (const char* good : {"", "a", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80", "\xEF\xBF\xBF",
                             "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"})
        CHECK_MESSAGE(invalid_utf8(good) == npos, good);
    for (const char* bad : {"\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xC2",
                            "\xC2"
                            "a",
                            "\xE0\x9F\xBF", "\xE0\xA0", "\xED\xA0\x80", "\xF0\x8F\xBF\xBF", "\xF0\x90\x80", "\xF4\x90\x80\x80",
                            "\xF5\x80\x80\x80", "\xFE", "\xFF"})
        CHECK_MESSAGE(invalid_utf8(std::string("ab") + bad) == 2, bad);
}

TEST_CASE("what is written is read back") {
    std::string every;
    for (int c = 0; c < 128; ++c) every += static_cast<char>(c);
    every += "\xC3\xA9\xF0\x9F\x98\x80";
    CHECK(string_of(json_string(every)) == every);
    CHECK(json_string("a\"\\\n\x01") == "\"a\\\"\\\\\\n\\u0001\"");
}

TEST_CASE("names in messages stay short and on one line") {
    CHECK(strata::io::shown("a\nb") == "a\\nb");
    CHECK(strata::io::shown(std::string(80, 'x')) == std::string(80, 'x'));
    CHECK(strata::io::shown(std::string(1000, 'x')) == std::string(80, 'x') + "...");
    CHECK(strata::io::shown(std::string(79, 'x') + "\xC3\xA9") == std::string(79, 'x') + "...");  // no half character
}
