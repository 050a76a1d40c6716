// SPDX-License-Identifier: BSL-1.0
/// Strict JSON for file headers: a pull reader that knows objects, arrays, strings and unsigned integers, and a string writer.
/// It never recurses and allocates only the strings asked for, so that hostile text cannot exhaust stack or memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

#include <strata/core/error.hpp>

namespace strata::io {

/// Where the first byte that is not UTF-8 stands (overlong forms, surrogates and what exceeds U+10FFFF are not), or npos.
inline std::size_t invalid_utf8(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
        const auto byte = [&](std::size_t k) { return k < text.size() ? static_cast<unsigned char>(text[k]) : 0u; };
        const unsigned first = byte(i);
        const std::size_t more = first < 0x80 ? 0 : first < 0xC2 ? 4 : first < 0xE0 ? 1 : first < 0xF0 ? 2 : first < 0xF5 ? 3 : 4;
        if (more == 4) return i;
        for (std::size_t k = 1; k <= more; ++k)
            if ((byte(i + k) & 0xC0u) != 0x80u) return i;
        const unsigned second = byte(i + 1);
        if ((first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F)) return i;
        if ((first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F)) return i;
        i += more + 1;
    }
    return std::string_view::npos;
}

/// `text` as a JSON string with its quotes.   Needs: UTF-8.
inline std::string json_string(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        constexpr char hex[] = "0123456789abcdef";
        const auto code = static_cast<unsigned char>(c);
        switch (c) {
            case '"':
                out += "\\\"";
                break;
            case '\\':
                out += "\\\\";
                break;
            case '\b':
                out += "\\b";
                break;
            case '\f':
                out += "\\f";
                break;
            case '\n':
                out += "\\n";
                break;
            case '\r':
                out += "\\r";
                break;
            case '\t':
                out += "\\t";
                break;
            default:
                if (code >= 0x20)
                    out += c;
                else
                    (out += "\\u00") += {hex[code >> 4], hex[code & 15]};
        }
    }
    return out += '"';
}

/// A name from a file as messages show it: on one line, at most 80 bytes, control characters escaped.
inline std::string shown(std::string_view name) {
    std::size_t length = name.size() < 80 ? name.size() : 80;
    while (length > 0 && length < name.size() && (static_cast<unsigned char>(name[length]) & 0xC0u) == 0x80u) --length;
    std::string out = json_string(name.substr(0, length));
    out = out.substr(1, out.size() - 2);
    return length < name.size() ? out + "..." : out;
}

/// Reads JSON from left to right: each call consumes what it names or throws FileError with the byte where it is not.
class JsonReader {
public:
    /// `text` is part of the file `path` and begins at its byte `offset`; `advice` ends each message.
    JsonReader(std::string_view text, const std::string& path, std::size_t offset, std::string_view advice)
        : text_(text), path_(path), offset_(offset), advice_(advice) {}

    /// The byte in the file where the next token begins.
    std::size_t byte() {
        skip_space();
        return offset_ + at_;
    }
    /// Consumes `c` if it comes next.
    bool accept(char c) {
        skip_space();
        if (at_ == text_.size() || text_[at_] != c) return false;
        ++at_;
        return true;
    }
    void expect(char c) {
        if (!accept(c)) fail_expected({'\'', c, '\''});
    }
    /// Nothing but white space may follow.
    void end() {
        skip_space();
        if (at_ != text_.size()) fail_expected("the end of the text");
    }
    /// Calls member(key, byte of the key) for each member; it consumes the value.
    template <class F>
    void object(F&& member) {
        expect('{');
        if (accept('}')) return;
        do {
            const std::size_t where = byte();
            std::string key = string();
            expect(':');
            member(std::move(key), where);
        } while (accept(','));
        expect('}');
    }
    /// Calls element() for each element; it consumes the element.
    template <class F>
    void array(F&& element) {
        expect('[');
        if (accept(']')) return;
        do element();
        while (accept(','));
        expect(']');
    }
    std::string string() {
        skip_space();
        if (at_ == text_.size() || text_[at_] != '"') fail_expected("a string");
        const std::size_t start = ++at_;
        std::string out;
        for (;;) {
            const std::size_t run = at_;
            while (at_ < text_.size() && text_[at_] != '"' && text_[at_] != '\\' && static_cast<unsigned char>(text_[at_]) >= 0x20) ++at_;
            out.append(text_, run, at_ - run);
            if (at_ == text_.size()) fail("a string has no end", start - 1);
            if (text_[at_] == '"') break;
            if (text_[at_] != '\\') fail("a control character stands unescaped in a string", at_);
            escape(out);
        }
        const std::string_view raw = text_.substr(start, at_ - start);
        if (const std::size_t bad = invalid_utf8(raw); bad != raw.npos) fail("a string is not valid UTF-8", start + bad);
        ++at_;
        return out;
    }
    std::uint64_t unsigned_integer() {
        skip_space();
        const std::size_t start = at_;
        std::uint64_t value = 0;
        while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9') {
            const auto digit = static_cast<std::uint64_t>(text_[at_] - '0');
            if (value > (std::numeric_limits<std::uint64_t>::max() - digit) / 10) fail("a number exceeds 64 bits", start);
            value = value * 10 + digit;
            ++at_;
        }
        if (at_ == start) fail_expected("an unsigned integer");
        if (text_[start] == '0' && at_ - start > 1) fail("a number begins with 0", start);
        if (at_ < text_.size() && (text_[at_] == '.' || text_[at_] == 'e' || text_[at_] == 'E')) fail("a number is not an integer", start);
        return value;
    }
    /// `byte` counts in the file, as byte() does.
    [[noreturn]] void fail_at(const std::string& what, std::size_t byte) const { fail_at(what, byte, advice_); }
    /// With advice of its own.
    [[noreturn]] void fail_at(const std::string& what, std::size_t byte, std::string_view advice) const {
        throw FileError("strata: '" + path_ + "': " + what + ", at byte " + std::to_string(byte) + "; " + std::string(advice));
    }

private:
    void skip_space() {
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\r' || text_[at_] == '\t')) ++at_;
    }
    unsigned hex4() {
        if (text_.size() - at_ < 4) fail("an escape \\u lacks its four digits", at_);
        unsigned value = 0;
        for (int i = 0; i < 4; ++i, ++at_) {
            const char c = text_[at_];
            if (c >= '0' && c <= '9')
                value = value * 16 + static_cast<unsigned>(c - '0');
            else if (c >= 'a' && c <= 'f')
                value = value * 16 + static_cast<unsigned>(c - 'a' + 10);
            else if (c >= 'A' && c <= 'F')
                value = value * 16 + static_cast<unsigned>(c - 'A' + 10);
            else
                fail("an escape \\u lacks its four digits", at_);
        }
        return value;
    }
    void escape(std::string& out) {
        const std::size_t start = at_++;
        if (at_ == text_.size()) fail("a string has no end", start);
        switch (text_[at_++]) {
            case '"':
                out += '"';
                return;
            case '\\':
                out += '\\';
                return;
            case '/':
                out += '/';
                return;
            case 'b':
                out += '\b';
                return;
            case 'f':
                out += '\f';
                return;
            case 'n':
                out += '\n';
                return;
            case 'r':
                out += '\r';
                return;
            case 't':
                out += '\t';
                return;
            case 'u':
                break;
            default:
                fail("an unknown escape stands in a string", start);
        }
        unsigned code = hex4();
        if (code >= 0xDC00 && code < 0xE000) fail("an escape is half of a surrogate pair", start);
        if (code >= 0xD800 && code < 0xDC00) {
            if (text_.substr(at_, 2) != "\\u") fail("an escape is half of a surrogate pair", start);
            at_ += 2;
            const unsigned low = hex4();
            if (low < 0xDC00 || low >= 0xE000) fail("an escape is half of a surrogate pair", start);
            code = 0x10000u + ((code - 0xD800u) << 10) + (low - 0xDC00u);
        }
        const auto tail = [&](unsigned shift) { out += static_cast<char>(0x80u | ((code >> shift) & 0x3Fu)); };
        if (code < 0x80)
            out += static_cast<char>(code);
        else if (code < 0x800)
            out += static_cast<char>(0xC0u | (code >> 6)), tail(0);
        else if (code < 0x10000)
            out += static_cast<char>(0xE0u | (code >> 12)), tail(6), tail(0);
        else
            out += static_cast<char>(0xF0u | (code >> 18)), tail(12), tail(6), tail(0);
    }
    [[noreturn]] void fail(const std::string& what, std::size_t at) const { fail_at(what, offset_ + at); }
    [[noreturn]] void fail_expected(const std::string& what) const {
        if (at_ == text_.size()) fail("the text ends where " + what + " is expected", at_);
        const auto c = static_cast<unsigned char>(text_[at_]);
        const std::string found = c >= 0x20 && c < 0x7F ? std::string{'\'', text_[at_], '\''} : "byte value " + std::to_string(c);
        fail("expected " + what + ", found " + found, at_);
    }

    std::string_view text_;
    const std::string& path_;
    std::size_t offset_;
    std::string_view advice_;
    std::size_t at_ = 0;
};

}  // namespace strata::io
