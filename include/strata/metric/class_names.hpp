// SPDX-License-Identifier: BSL-1.0
/// The names of classes in tables and pictures.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <strata/core/error.hpp>

namespace strata {

/// Names of classes, in the order of their labels; with none, a class is named by its number.
/// Made from a list or from any range of text: `{"cat", "dog"}`, `std::array<std::string_view, 10>`,
/// `std::vector<std::string>`.
class ClassNames {
  public:
    ClassNames() = default;
    ClassNames(std::initializer_list<std::string_view> names) : names_(names.begin(), names.end()) {}
    template <class Names>
    requires(!std::is_same_v<std::remove_cvref_t<Names>, ClassNames> &&
             requires(const Names& n) { std::string_view(*n.begin()), n.end(); }) ClassNames(const Names& names) {
        for (const auto& name : names) names_.emplace_back(std::string_view(name));
    }

    bool empty() const { return names_.empty(); }
    /// The name of a class: its number where it has none.
    std::string operator[](int label) const {
        return label >= 0 && static_cast<std::size_t>(label) < names_.size() ? names_[static_cast<std::size_t>(label)]
                                                                             : std::to_string(label);
    }
    /// Throws DataError where there are names, but not one for each class.
    void require(int classes) const {
        if (!empty() && names_.size() != static_cast<std::size_t>(classes))
            throw DataError("strata: " + std::to_string(names_.size()) + " class names for " + std::to_string(classes) +
                            " classes; give one name for each class, or none");
    }

  private:
    std::vector<std::string> names_;
};

}  // namespace strata
