// SPDX-License-Identifier: BSL-1.0
/// Run-time errors. Only files, devices and user data can fail at run time; shapes fail while compiling.
#pragma once

#include <cstdio>
#include <exception>
#include <string>
#include <utility>

#include <strata/core/macros.hpp>

namespace strata {

/// Base of all run-time errors. The text reads `strata: <what is wrong>; <what to do>`.
class Error : public std::exception {
  public:
    explicit Error(std::string text) : text_(std::move(text)) {}
    const char* what() const noexcept override { return text_.c_str(); }

  private:
    std::string text_;
};

/// A file that is missing, truncated, hostile or does not fit its model. Names the file.
class FileError : public Error {
  public:
    using Error::Error;
};
/// User data out of range: a label, a count, a NaN loss. Names the place and the value.
class DataError : public Error {
  public:
    using Error::Error;
};
/// A device that is absent or failed.
class DeviceError : public Error {
  public:
    using Error::Error;
};

inline namespace STRATA_VARIANT {
/// Throws E; where exceptions are switched off, prints the text to standard error and ends the program.
template <class E>
[[noreturn]] void raise(std::string text) {
#if defined(__cpp_exceptions)
    throw E(std::move(text));
#else
    std::fprintf(stderr, "%s\n", text.c_str());
    __builtin_abort();
#endif
}
}  // namespace STRATA_VARIANT

namespace detail {
/// Not constexpr on purpose: a pass that calls it is no constant, and the compiler shows the text.
[[noreturn]] inline void refuse([[maybe_unused]] const char* text) { __builtin_abort(); }
}  // namespace detail

}  // namespace strata
