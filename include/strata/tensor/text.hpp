// SPDX-License-Identifier: BSL-1.0
/// Tensors as text: nested brackets, [[1, 2], [3, 4]], a line for each row.
#pragma once

#include <charconv>
#include <string>
#include <type_traits>

#include <strata/tensor/tensor.hpp>

namespace strata {

namespace detail {
template <class T>
void append_number(std::string& text, T x) {
    if constexpr (std::is_same_v<T, bool>) {
        text += x ? "true" : "false";
    } else {
        char digits[40];
        text.append(digits, std::to_chars(digits, digits + sizeof digits, x).ptr);
    }
}
/// The elements from `x` on along axis `axis` and those after; `brief`: three from each end of an axis.
template <class T>
void append_axis(std::string& text, const T* x, const Dims& dims, int axis, bool brief) {
    if (axis == dims.rank) return append_number(text, static_cast<Wide<T>>(*x));
    long step = 1;
    for (int a = axis + 1; a < dims.rank; ++a) step *= dims.extent[a];
    const std::string comma = axis + 1 == dims.rank ? ", " : ",\n" + std::string(static_cast<std::size_t>(axis) + 1, ' ');
    const int n = dims.extent[axis];
    text += '[';
    for (int i = 0; i < n; ++i) {
        if (i > 0) text += comma;
        if (brief && n > 6 && i == 3) {
            text += "..." + comma;
            i = n - 3;
        }
        append_axis(text, x + i * step, dims, axis + 1, brief);
    }
    text += ']';
}
}  // namespace detail

/// The tensor's elements as text, each in the fewest digits that tell it from others; of more than 1000, the first and last three of each axis.
template <HasElements X>
std::string to_string(const X& x) {
    std::string text;
    if constexpr (requires { x.begin(); })
        detail::append_axis(text, x.data(), X::Shape::dims(), 0, x.size > 1000);
    else
        text = to_string(x.to_host());
    return text;
}

/// The same into a stream, of any type that takes text.
template <class Stream, HasElements X>
    requires requires(Stream& s, const std::string& text) { s << text; }
Stream& operator<<(Stream& out, const X& x) {
    out << to_string(x);
    return out;
}

}  // namespace strata
