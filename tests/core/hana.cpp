// SPDX-License-Identifier: BSL-1.0
#include <strata/core/hana.hpp>

#include <doctest/doctest.h>

#include <string>
#include <type_traits>
#include <vector>

namespace strata::test {

struct Inner {
    BOOST_HANA_DEFINE_STRUCT(Inner, (int, a), (double, b));
};
struct Outer {
    BOOST_HANA_DEFINE_STRUCT(Outer, (Inner, first), (std::vector<int>, second), (float, third));
};
struct Empty {
    BOOST_HANA_DEFINE_STRUCT(Empty);
};

TEST_CASE("fields come by name, in their order, and can be written") {
    Outer o{{1, 2.5}, {3, 4}, 5};
    std::string names;
    for_each_field(o, [&](const char* name, auto& field) {
        names += std::string(name) + " ";
        if constexpr (std::is_same_v<std::remove_reference_t<decltype(field)>, float>) field = 50;
        if constexpr (std::is_same_v<std::remove_reference_t<decltype(field)>, std::vector<int>>) field.push_back(9);
    });
    CHECK(names == "first second third ");
    CHECK(o.third == 50);
    CHECK(o.second == std::vector<int>{3, 4, 9});
}

TEST_CASE("fields of a constant record can be read") {
    const Inner i{7, 0.5};
    double sum = 0;
    for_each_field(i, [&](const char*, const auto& field) { sum += static_cast<double>(field); });
    CHECK(sum == 7.5);
}

struct Longest {
    BOOST_HANA_DEFINE_STRUCT(Longest, (int, the_scale_that_is_learnt_for_each_of_the_feature));
};
static_assert(longest_field_name<Longest>() == 48 && longest_field_name<Inner>() < 10 && longest_field_name<Empty>() == 0);
TEST_CASE("a name of 48 characters comes whole") {
    Longest l{1};
    std::string names;
    for_each_field(l, [&](const char* name, auto&&) { names += name; });
    CHECK(names == "the_scale_that_is_learnt_for_each_of_the_feature");
}

TEST_CASE("a record without fields has none") {
    Empty e;
    int n = 0;
    for_each_field(e, [&](const char*, auto&&) { ++n; });
    CHECK(n == 0);
}

constexpr int summed() {
    Inner i{3, 4};
    double sum = 0;
    for_each_field(i, [&](const char*, auto&& field) { sum += static_cast<double>(field); });
    return static_cast<int>(sum);
}
static_assert(summed() == 7, "while compiling too");

}  // namespace strata::test
