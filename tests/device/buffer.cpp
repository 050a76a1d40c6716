// SPDX-License-Identifier: BSL-1.0
#include <strata/device/buffer.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <type_traits>
#include <utility>

namespace st = strata;

TEST_CASE("zeros, aligned to 64 bytes, with 64 readable zero bytes behind") {
    for (long n : {0L, 1L, 15L, 16L, 17L, 1000L}) {
        const st::Buffer<float> b(n);
        CHECK(b.size() == n);
        CHECK(b.end() - b.begin() == n);
        CHECK(reinterpret_cast<std::uintptr_t>(b.data()) % 64 == 0);
        for (long i = 0; i < n + 16; ++i) CHECK(b.data()[i] == 0.0f);
    }
}
TEST_CASE("an empty one has no memory and may be cleared, copied and moved") {
    st::Buffer<double> none;
    CHECK(none.size() == 0);
    CHECK(none.begin() == none.end());
    none.clear();
    const st::Buffer<double> copy(none);
    CHECK(copy.size() == 0);
    none = st::Buffer<double>(3);
    CHECK(none.size() == 3);
}
TEST_CASE("copies are independent") {
    st::Buffer<int> a(5);
    for (int& x : a) x = 7;
    st::Buffer<int> b(a), c;
    c = a;
    a[2] = 8;
    CHECK(b[2] == 7);
    CHECK(c[2] == 7);
    CHECK(c.size() == 5);
    CHECK(b.data() != a.data());
    st::Buffer<int>& same = a;
    a = same;
    CHECK(a[2] == 8);
    CHECK(a[0] == 7);
}
TEST_CASE("a move hands the memory over") {
    st::Buffer<int> a(5);
    a[4] = 3;
    const int* memory = a.data();
    st::Buffer<int> b(std::move(a));
    CHECK(b.data() == memory);
    CHECK(a.size() == 0);
    CHECK(a.data() == nullptr);
    st::Buffer<int> c(2);
    c = std::move(b);
    CHECK(c.data() == memory);
    CHECK(c[4] == 3);
    static_assert(std::is_nothrow_move_constructible_v<st::Buffer<int>> && std::is_nothrow_move_assignable_v<st::Buffer<int>>);
}
TEST_CASE("clear makes everything zero again") {
    st::Buffer<double> a(9);
    for (double& x : a) x = -1;
    a.clear();
    for (double x : a) CHECK(x == 0);
}
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // these end a program that asks for as much
TEST_CASE("more than there is: std::bad_alloc") { CHECK_THROWS_AS(st::Buffer<char>(1L << 62), std::bad_alloc); }
#endif
