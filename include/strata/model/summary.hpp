// SPDX-License-Identifier: BSL-1.0
/// A model as a table: layers, shapes, parameters.
#pragma once

#include <string>
#include <string_view>

#include <strata/model/model.hpp>

namespace strata {

namespace detail {
/// The name of a type as the compiler writes it, without namespaces.
template <class T>
std::string type_name() {
    std::string_view whole = __PRETTY_FUNCTION__;
    const auto begin = whole.find("T = ") + 4;
    std::string name(whole.substr(begin, whole.find_first_of(";]", begin) - begin));
    for (std::string::size_type at; (at = name.find("strata::")) != std::string::npos;) name.erase(at, 8);
    return name;
}
template <class T>
void summary_row(std::string& out, int& number, int& begin) {
    if constexpr (requires { typename T::Layer; }) {
        std::string name = type_name<typename T::Layer>();
        if (name.size() > 36) name = name.substr(0, 33) + "...";
        long parameters = 0;
        if constexpr (!std::is_same_v<typename T::Record, NoParameters>) {
            typename T::Record r{};
            for_each_field(r, [&](const char*, auto&& field) { parameters += std::remove_cvref_t<decltype(field)>::Shape::size; });
        }
        out += padded(std::to_string(number), 5) + padded(name, 38) + padded(shape_text(SampleShape<typename T::Output>::dims()), 22) +
               padded(std::to_string(parameters), 12, false) + "\n";
    }
    if constexpr (numbering<T> == 0) {
        out += padded("", 5) + std::to_string(T::times) + " times, from here\n";
        begin = number;
    } else if constexpr (numbering<T> < 0) {
        out += padded("", 5) + "to here\n";
        number += (-numbering<T> - 1) * (number - begin);  // as paths count: each turn's layers have numbers of their own
    } else {
        ++number;
    }
}
template <class Steps>
struct Summary;
template <class... T>
struct Summary<DoneList<T...>> {
    static std::string rows() {
        std::string out;
        int number = 0, begin = 0;
        each_of({0, (summary_row<T>(out, number, begin), 0)...});
        return out;
    }
};
}  // namespace detail

/// Layers with the shape of one sample after them and the numbers they hold, as Keras prints them.
template <class M>
std::string summary() {
    const std::string line(77, '-');
    return detail::padded("", 5) + detail::padded("layer", 38) + detail::padded("output", 22) + detail::padded("parameters", 12, false) + "\n" + line + "\n" +
           detail::padded("", 5) + detail::padded("input", 38) + detail::shape_text(M::Input::dims()) + "\n" + detail::Summary<typename M::Walk::Steps>::rows() + line + "\n" +
           std::to_string(M::cost.parameters) + " parameters, " + std::to_string(M::cost.states) + " running statistics, " + std::to_string(M::cost.bytes) + " bytes\n";
}

}  // namespace strata
