// SPDX-License-Identifier: BSL-1.0
/// Numbers that a user sets, of optimisers and schedules: looked at before training and in it, and what checkpoints keep of an optimiser.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <type_traits>
#include <vector>

#include <strata/core/error.hpp>

namespace strata {

/// What a setting may be: 0 or more and finite; 0 or more and less than 1; more than 0, infinity included.
enum class SettingRange { not_negative, below_one, positive };

/// A setting that is a member of its thing: its name and value, and where it lies.
struct Setting {
    std::string name;
    double value;
    std::uintptr_t at;                        ///< bytes from the beginning of the thing
    void (*put)(void* member, double value);  ///< as the member's own type
};

inline namespace STRATA_VARIANT {
/// Looks at the settings of one thing, in a member of it: `void settings(const SettingCheck& check) const { check("rate", rate, SettingRange::not_negative); }`.
class SettingCheck {
  public:
    /// Writes down a setting; a function, as programs that keep none need no lists.
    using Note = void (*)(std::vector<Setting>&, const char* name, double value, std::uintptr_t at, void (*put)(void*, double));
    /// of: what has the settings, for the message.
    explicit SettingCheck(const char* of) : of_(of) {}
    /// Writes down the settings that are members of `thing`, of `size` bytes, and looks at none.
    SettingCheck(std::vector<Setting>& noted, Note note, const void* thing, std::size_t size)
        : of_(nullptr), noted_(&noted), note_(note), thing_(reinterpret_cast<std::uintptr_t>(thing)), size_(size) {}
    /// Throws DataError, naming the setting, its value and what it may be, where the value lies outside the range. NaN lies in none.
    template <class T>
    void operator()(const char* name, const T& value, SettingRange range) const {
        if (noted_ != nullptr) {
            const auto at = reinterpret_cast<std::uintptr_t>(&value) - thing_;
            if (at < size_) note_(*noted_, name, static_cast<double>(value), at, put<T>);  // else it is made of others, and lies elsewhere
        } else if (!within(static_cast<double>(value), range)) {
            refuse(name, static_cast<double>(value), range);
        }
    }

  private:
    template <class T>
    static void put(void* member, double value) {
        *static_cast<T*>(member) = static_cast<T>(value);
    }
    static constexpr bool within(double value, SettingRange range) {
        return range == SettingRange::positive ? value > 0 : value >= 0 && (range == SettingRange::below_one ? value < 1 : value - value == 0);
    }
    [[noreturn]] void refuse(const char* name, double value, SettingRange range) const {
        char text[256];  // one call compiles in a tenth of the time of strings added
        std::snprintf(text, sizeof text, "strata: the %s's %s is %.9g; give %s", of_, name, value,
                      range == SettingRange::positive ? "more than 0" : range == SettingRange::below_one ? "0 or more, less than 1" : "0 or more");
        raise<DataError>(text);
    }

    const char* of_;
    std::vector<Setting>* noted_ = nullptr;
    Note note_ = nullptr;
    std::uintptr_t thing_ = 0;
    std::size_t size_ = 0;
};
}  // namespace STRATA_VARIANT

/// Gives `check` what `thing` tells of its settings; of an optimiser of a user's own that tells nothing, its rate.
template <class T>
void tell_settings(const T& thing, const SettingCheck& check) {
    if constexpr (requires { thing.settings(check); })
        thing.settings(check);
    else if constexpr (requires { static_cast<double>(thing.rate); })
        check("rate", thing.rate, SettingRange::not_negative);
}
/// Looks at them.   Throws DataError.   Cost: a comparison or two each, no memory: steps ask each time, and are compiled apart from it to stay as quick.
template <class T>
[[gnu::noinline]] void check_settings(const T& thing, const char* of) {
    tell_settings(thing, SettingCheck(of));
}
/// What a checkpoint keeps of an optimiser: those of its settings that are its members, where it can be assigned to.
template <class T>
std::vector<Setting> settings_of(const T& thing) {
    std::vector<Setting> noted;
    constexpr auto note = [](std::vector<Setting>& to, const char* name, double value, std::uintptr_t at, void (*put)(void*, double)) { to.push_back({name, value, at, put}); };
    if constexpr (std::is_copy_assignable_v<T>) tell_settings(thing, SettingCheck(noted, note, &thing, sizeof thing));
    return noted;
}
/// Gives a setting that settings_of found in `thing` another value.
template <class T>
void put_setting(T& thing, const Setting& setting, double value) {
    setting.put(reinterpret_cast<char*>(&thing) + setting.at, value);
}

}  // namespace strata
