// SPDX-License-Identifier: BSL-1.0
/// Pictures as SVG text: one self-contained file, no scripts, light or dark as the viewer wishes.
#pragma once

#include <cmath>
#include <string>
#include <string_view>
#include <utility>

#include <strata/io/json.hpp>
#include <strata/metric/table.hpp>

namespace strata::svg {

/// Text as XML holds it: & < > " escaped, control characters (which XML forbids) as spaces, what is not UTF-8 as U+FFFD.
inline std::string escape(std::string_view text) {
    std::string out;
    if (const std::size_t bad = io::invalid_utf8(text); bad != text.npos)
        return escape(text.substr(0, bad)) + "\xEF\xBF\xBD" + escape(text.substr(bad + 1));
    for (const char c : text) switch (c) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '"': out += "&quot;"; break;
            default: out += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
        }
    return out;
}

/// A coordinate: two digits at most, no zeros at the end. Where it is not finite, 0.
inline std::string number(double value) {
    if (!std::isfinite(value)) return "0";
    std::string out = fixed(value, 2);
    while (out.back() == '0') out.pop_back();
    if (out.back() == '.') out.pop_back();
    return out == "-0" ? "0" : out;
}

/// About how wide text of a size will be: a wide sans-serif's mean, so that what is laid out by it does not collide.
constexpr double width_of(std::string_view text, double size) { return 0.61 * size * columns_of(text); }

/// Text cut to a number of columns, its end replaced by an ellipsis.
inline std::string shorten(std::string_view text, int columns) {
    if (columns_of(text) <= columns) return std::string(text);
    std::string out;
    int used = 0;
    for (const char c : text) {
        used += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
        if (used >= columns) break;
        out += c;
    }
    return out + "\xE2\x80\xA6";
}

/// What all pictures share: the colours by class of element.
/// fill: ink, dim, blue, orange, good, bad, page; stroke: axis, grid, line-blue ...
inline constexpr std::string_view style = R"(<style>
text { font-family: system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; font-size: 12px }
.title { font-size: 18px; font-weight: 600 } .head { font-size: 13px; font-weight: 600 }
.middle { text-anchor: middle } .end { text-anchor: end } .small { font-size: 11px }
.page { fill: #ffffff } .frame { fill: none; stroke: #d0d7de }
.ink { fill: #1f2328 } .dim { fill: #59636e } .faint { fill: #b4bcc5 }
.blue { fill: #1f6feb } .orange { fill: #d9480f } .good { fill: #1a7f37 } .bad { fill: #c2255c } .on { fill: #ffffff }
.axis { stroke: #8c959f } .grid { stroke: #e6eaef }
.curve { fill: none; stroke-width: 2.25; stroke-linejoin: round; stroke-linecap: round }
.line-blue { stroke: #1f6feb } .line-orange { stroke: #d9480f }
.cell-right { fill: #1f6feb } .cell-wrong { fill: #d9480f }
.line-pale { fill: none; stroke: #8db6f5; stroke-width: 1; stroke-linejoin: round }
@media (prefers-color-scheme: dark) {
.page { fill: #0d1117 } .frame { stroke: #3d444d }
.ink { fill: #f0f6fc } .dim { fill: #9ba5b0 } .faint { fill: #4d5661 }
.blue { fill: #58a6ff } .orange { fill: #ff9d57 } .good { fill: #57c46c } .bad { fill: #ff7eb0 }
.cell-right { fill: #2f7cf6 } .cell-wrong { fill: #f06a1d }
.axis { stroke: #6e7781 } .grid { stroke: #242b33 }
.line-blue { stroke: #58a6ff } .line-orange { stroke: #ff9d57 } .line-pale { stroke: #3d6aa8 }
}
</style>
)";

/// Builds a picture piece by piece. `attributes` are written as they are: `class="dim end"`; contents are escaped.
class Picture {
  public:
    /// Starts a page with a title, which is drawn, and a subtitle under it.
    Picture(double width, double height, std::string_view title, std::string_view subtitle) {
        const std::string w = number(width), h = number(height), name = escape(title);
        out_ = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + w + "\" height=\"" + h + "\" viewBox=\"0 0 " + w +
               ' ' + h + "\" role=\"img\">\n<title>" + name + "</title>\n<desc>" + escape(subtitle) + "</desc>\n";
        out_ += style;
        out_ += "<rect class=\"page\" width=\"" + w + "\" height=\"" + h + "\" rx=\"8\"/>\n";
        text(margin, 38, title, "class=\"title ink\"");
        text(margin, 60, subtitle, "class=\"dim\"");
    }
    static constexpr double margin = 32;
    /// Where the contents may start, under title and subtitle.
    static constexpr double top = 84;

    void text(double x, double y, std::string_view content, std::string_view attributes) {
        if (!content.empty()) add("text", at("x", x) + at("y", y), attributes, escape(content));
    }
    void line(double x1, double y1, double x2, double y2, std::string_view attributes) {
        add("line", at("x1", x1) + at("y1", y1) + at("x2", x2) + at("y2", y2), attributes);
    }
    /// A hint is shown while the pointer rests on the element.
    void rect(double x, double y, double width, double height, std::string_view attributes,
              std::string_view hint = {}) {
        add("rect", at("x", x) + at("y", y) + at("width", width) + at("height", height), attributes, title(hint));
    }
    void circle(double x, double y, double radius, std::string_view attributes, std::string_view hint = {}) {
        add("circle", at("cx", x) + at("cy", y) + at("r", radius), attributes, title(hint));
    }
    void path(std::string_view data, std::string_view attributes) {
        if (!data.empty()) add("path", " d=\"" + std::string(data) + '"', attributes);
    }
    void image(double x, double y, double width, double height, std::string_view uri, std::string_view hint) {
        add("image", at("x", x) + at("y", y) + at("width", width) + at("height", height),
            "preserveAspectRatio=\"none\" style=\"image-rendering: pixelated\" href=\"" + std::string(uri) + '"',
            title(hint));
    }

    /// The finished file.
    std::string finish() && { return std::move(out_) + "</svg>\n"; }

  private:
    static std::string at(std::string_view name, double value) {
        return ' ' + std::string(name) + "=\"" + number(value) + '"';
    }
    static std::string title(std::string_view hint) {
        return hint.empty() ? std::string() : "<title>" + escape(hint) + "</title>";
    }
    void add(std::string_view element, const std::string& place, std::string_view attributes,
             const std::string& content = {}) {
        out_ += '<' + std::string(element) + place + ' ' + std::string(attributes);
        out_ += content.empty() ? "/>\n" : '>' + content + "</" + std::string(element) + ">\n";
    }
    std::string out_;
};

}  // namespace strata::svg
