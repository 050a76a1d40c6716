// SPDX-License-Identifier: BSL-1.0
/// Numbers that a user sets, of optimisers and schedules: looked at once, before training.
#pragma once

#include <cstdio>
#include <string>

#include <strata/core/error.hpp>

namespace strata {

/// What a setting may be: 0 or more and finite; 0 or more and less than 1; more than 0, infinity included.
enum class SettingRange { not_negative, below_one, positive };

inline namespace STRATA_VARIANT {
/// Looks at the settings of one thing, in a member of it: `void settings(const SettingCheck& check) const { check("rate", rate, SettingRange::not_negative); }`.
class SettingCheck {
  public:
    /// of: what has the settings, for the message.
    explicit SettingCheck(const char* of) : of_(of) {}
    /// Throws DataError, naming the setting, its value and what it may be, where the value lies outside the range. NaN lies in none.
    void operator()(const char* name, double value, SettingRange range) const {
        const bool good = range == SettingRange::positive ? value > 0 : value >= 0 && (range == SettingRange::below_one ? value < 1 : value - value == 0);
        if (good) return;
        char text[256];  // one call compiles in a tenth of the time of strings added
        std::snprintf(text, sizeof text, "strata: the %s's %s is %.9g; give %s", of_, name, value,
                      range == SettingRange::positive ? "more than 0" : range == SettingRange::below_one ? "0 or more, less than 1" : "0 or more");
        raise<DataError>(text);
    }

  private:
    const char* of_;
};
}  // namespace STRATA_VARIANT

/// Looks at what `thing` tells of its settings; of an optimiser of a user's own that tells nothing, at its rate.   Throws DataError.
template <class T>
void check_settings(const T& thing, const char* of) {
    const SettingCheck check(of);
    if constexpr (requires { thing.settings(check); })
        thing.settings(check);
    else if constexpr (requires { static_cast<double>(thing.rate); })
        check("rate", static_cast<double>(thing.rate), SettingRange::not_negative);
}

}  // namespace strata
