// SPDX-License-Identifier: BSL-1.0
/// A small judge of XML: enough to tell whether a picture is well-formed, and what is in it.
#pragma once

#include <cctype>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace support {

struct XmlElement {
    std::string name, text;  ///< text: its own characters, entities resolved
    std::map<std::string, std::string> attributes;
};

/// Reads a document; `error` is empty where it is well-formed: one root, tags nested and closed,
/// attributes quoted and not repeated, entities known.
struct Xml {
    std::string error;
    std::vector<XmlElement> elements;  ///< in the order of their starts

    explicit Xml(std::string_view text) : rest_(text) { read(); }
    int count(const std::string& name, const std::string& attribute = {}, const std::string& value = {}) const {
        int n = 0;
        for (const auto& e : elements)
            n += e.name == name &&
                 (attribute.empty() || (e.attributes.count(attribute) && e.attributes.at(attribute) == value));
        return n;
    }
    /// How many elements have exactly this text.
    int texts(const std::string& text) const {
        int n = 0;
        for (const auto& e : elements) n += e.text == text;
        return n;
    }
    /// Every coordinate and size is a number inside the page (what is turned stands at 0, 0).
    bool inside_page() const {
        const double width = number(elements[0], "width"), height = number(elements[0], "height");
        for (const auto& e : elements)
            for (const auto& [name, value] : e.attributes) {
                const bool across = name == "x" || name == "x1" || name == "x2" || name == "cx" || name == "width";
                const bool down = name == "y" || name == "y1" || name == "y2" || name == "cy" || name == "height";
                if (!across && !down) continue;
                const double v = number(e, name);
                if (!(v >= 0 && v <= (across ? width : height))) return false;
            }
        return true;
    }
    static double number(const XmlElement& e, const std::string& attribute) {
        const std::string& text = e.attributes.at(attribute);
        char* end = nullptr;
        const double value = std::strtod(text.c_str(), &end);
        return text.empty() || *end != '\0' ? -1e9 : value;
    }

  private:
    void read() {
        std::vector<std::size_t> open;
        while (error.empty() && !rest_.empty()) {
            if (take("</")) {
                const std::string name = word();
                if (open.empty() || elements[open.back()].name != name) return fail("closes what is not open: " + name);
                open.pop_back();
                if (!take(">")) return fail("end tag does not end: " + name);
            } else if (take("<")) {
                if (open.empty() && !elements.empty()) return fail("a second root");
                if (element()) open.push_back(elements.size() - 1);
            } else {
                const std::string content = characters('<');
                if (!open.empty())
                    elements[open.back()].text += content;
                else if (content.find_first_not_of(" \n") != content.npos)
                    return fail("text outside the root");
            }
        }
        if (error.empty() && (!open.empty() || elements.empty())) fail("an element is left open, or there is none");
    }
    void fail(std::string what) { error = std::move(what); }
    bool take(std::string_view word) {
        if (rest_.substr(0, word.size()) != word) return false;
        rest_.remove_prefix(word.size());
        return true;
    }
    void blanks() {
        while (!rest_.empty() && std::isspace(static_cast<unsigned char>(rest_[0]))) rest_.remove_prefix(1);
    }
    std::string word() {
        std::string out;
        while (!rest_.empty() &&
               (std::isalnum(static_cast<unsigned char>(rest_[0])) || rest_[0] == '-' || rest_[0] == ':')) {
            out += rest_[0];
            rest_.remove_prefix(1);
        }
        return out;
    }
    /// Characters up to (without) `stop` or the end; entities become what they stand for.
    std::string characters(char stop) {
        std::string out;
        while (!rest_.empty() && rest_[0] != stop) {
            const char c = rest_[0];
            if (c == '<' || (static_cast<unsigned char>(c) < 0x20 && c != '\n'))
                return fail("a forbidden character"), out;
            if (c != '&') {
                out += c;
                rest_.remove_prefix(1);
                continue;
            }
            if (take("&amp;"))
                out += '&';
            else if (take("&lt;"))
                out += '<';
            else if (take("&gt;"))
                out += '>';
            else if (take("&quot;"))
                out += '"';
            else
                return fail("a bare ampersand"), out;
        }
        return out;
    }
    /// After "<": reads name and attributes; true where content follows.
    bool element() {
        elements.push_back({word(), {}, {}});
        if (elements.back().name.empty()) return fail("a tag without a name"), false;
        for (;;) {
            blanks();
            if (take("/>")) return false;
            if (take(">")) return true;
            const std::string name = word();
            if (name.empty() || !take("=\"")) return fail("a bad attribute of " + elements.back().name), false;
            std::string value = characters('"');
            if (!error.empty() || !take("\"")) return fail("a value does not end"), false;
            if (!elements.back().attributes.emplace(name, std::move(value)).second)
                return fail("twice the attribute " + name), false;
        }
    }
    std::string_view rest_;
};

}  // namespace support
