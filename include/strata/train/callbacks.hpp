// SPDX-License-Identifier: BSL-1.0
/// How a user's code takes part in training.
#pragma once

#include <concepts>
#include <type_traits>

#include <strata/train/history.hpp>

namespace strata {

namespace detail {
template <class T>
concept BoolOrVoid = std::same_as<T, bool> || std::same_as<T, void>;
}

/// Anything with `on_epoch_end(const EpochRecord&)`, called after each epoch and its validation.
/// It returns whether to go on
/// (bool), or nothing (void) where it only looks:
///
///     struct Target {
///         double accuracy;
///         bool on_epoch_end(const EpochRecord& e) { return e.validation_accuracy.value_or(0) < accuracy; }
///     };
template <class C>
concept Callback = requires(C& callback, const EpochRecord& record) {
    { callback.on_epoch_end(record) } -> detail::BoolOrVoid;
};

/// A function or lambda as a callback: `OnEpochEnd{[&](const EpochRecord& e) { log(e.loss); }}`.
template <class F>
requires std::invocable<F&, const EpochRecord&>
struct OnEpochEnd {
    F function;
    std::invoke_result_t<F&, const EpochRecord&> on_epoch_end(const EpochRecord& record) { return function(record); }
};
template <class F>
OnEpochEnd(F) -> OnEpochEnd<F>;

/// Tells all callbacks, in order, and returns whether all want to go on; also the later ones hear of an epoch that an
/// earlier one ends.
template <Callback... Callbacks>
bool notify(const EpochRecord& record, Callbacks&... callbacks) {
    bool go_on = true;
    [[maybe_unused]] const auto tell = [&](auto& callback) {
        if constexpr (std::is_void_v<decltype(callback.on_epoch_end(record))>)
            callback.on_epoch_end(record);
        else
            go_on = callback.on_epoch_end(record) && go_on;
    };
    (tell(callbacks), ...);
    return go_on;
}

}  // namespace strata
