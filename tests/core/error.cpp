// SPDX-License-Identifier: BSL-1.0
#include <strata/core/error.hpp>

#include <doctest/doctest.h>

#include <type_traits>

namespace strata::test {

static_assert(std::is_base_of_v<std::exception, Error>);
static_assert(std::is_base_of_v<Error, FileError> && std::is_base_of_v<Error, DataError> && std::is_base_of_v<Error, DeviceError>);
static_assert(std::is_nothrow_copy_constructible_v<std::exception> && !std::is_convertible_v<std::string, Error>, "an error is never made by accident");

TEST_CASE("an error says its text, through any of its bases") {
    const std::string text = "strata: label 12 in a data set of 10 classes; check the labels";
    CHECK_THROWS_AS(throw FileError(text), FileError);
    try {
        throw DataError(text);
    } catch (const std::exception& e) {
        CHECK(std::string(e.what()) == text);
    }
    try {
        raise<DeviceError>(text);
        FAIL("raise returns to nobody");
    } catch (const FileError&) {
        FAIL("a device's error is none of files");
    } catch (const Error& e) {
        CHECK(std::string(e.what()) == text);
    }
}

TEST_CASE("a copy outlives what it was copied from") {
    Error copy{""};
    {
        const Error first(std::string(100, 'x'));
        copy = first;
    }
    CHECK(std::string(copy.what()) == std::string(100, 'x'));
}

}  // namespace strata::test
