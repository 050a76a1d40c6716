// SPDX-License-Identifier: BSL-1.0
/// Run-time errors. Only files, devices and user data can fail at run time; shapes fail while compiling.
#pragma once

#include <exception>
#include <string>
#include <utility>

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

}  // namespace strata
