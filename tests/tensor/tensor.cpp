// SPDX-License-Identifier: BSL-1.0
#include <strata/tensor/tensor.hpp>

#include <doctest/doctest.h>

#include <numeric>
#include <ranges>
#include <string>
#include <vector>

#include "../support/elsewhere.hpp"

namespace strata::test {

using M = Tensor<float, 3, 4>;
static_assert(Expression<M> && std::is_same_v<M::Shape, Shape<3, 4>> && std::is_same_v<M::Type, float> && M::size == 12 && M::rank == 2);
static_assert(Tensor<float>::size == 1 && Tensor<float>::rank == 0);
static_assert(std::is_same_v<Tensor<int, 2>, TensorOn<Host, int, 2>>);
static_assert(std::is_same_v<detail::Wrapped<M>, TensorLeaf<float, Shape<3, 4>>>, "in an expression it is its memory's address and its shape");
static_assert(!std::is_convertible_v<float, M> && !std::is_convertible_v<std::span<const float>, M>, "nor does M(1.5f) compile: tests/fail/tensor_of_number.cpp");

TEST_CASE("a tensor begins as zeros, on memory that vectors like") {
    const M t;
    for (float x : t) CHECK(x == 0);
    CHECK(reinterpret_cast<std::uintptr_t>(t.data()) % 64 == 0);
    const Tensor<bool, 5> mask;
    for (bool b : mask) CHECK(b == false);
}

TEST_CASE("elements are row-major, by index, iterator, pointer and span") {
    M t;
    std::iota(t.begin(), t.end(), 0.0f);
    CHECK(t(0, 0) == 0);
    CHECK(t(0, 3) == 3);
    CHECK(t(2, 1) == 9);
    t(1, 2) = 60;
    CHECK(t.data()[6] == 60);
    CHECK(t.span().size() == 12);
    CHECK(t.span()[6] == 60);
    CHECK(t.end() - t.begin() == M::size);
    Tensor<int, 2, 3, 4, 5> deep;
    std::iota(deep.begin(), deep.end(), 0);
    CHECK(deep(1, 2, 3, 4) == 119);
    CHECK(deep(1, 0, 2, 3) == 73);
    Tensor<float> number;
    number() = 3;
    CHECK(*number.data() == 3);
}

TEST_CASE("from lists and spans; another number of elements is an error that says both") {
    const Tensor<int, 2, 3> t{1, 2, 3, 4, 5, 6};
    CHECK(t(1, 0) == 4);
    const std::vector<int> values{6, 5, 4, 3, 2, 1};
    const Tensor<int, 2, 3> s{std::span<const int>(values)};
    CHECK(s(0, 0) == 6);
    CHECK(s(1, 2) == 1);
    try {
        const Tensor<int, 2, 3> few{1, 2, 3, 4};
        FAIL("four values for six elements");
    } catch (const DataError& e) {
        const std::string text = e.what();
        CHECK(text.find("strata: ") == 0);
        CHECK(text.find("4") != text.npos);
        CHECK(text.find("6") != text.npos);
    }
    CHECK_THROWS_AS((Tensor<int, 2>{1, 2, 3}), DataError);
}

TEST_CASE("full") {
    for (double x : Tensor<double, 17>::full(2.5)) CHECK(x == 2.5);
}

TEST_CASE("copies are apart, moves keep the memory") {
    M a = M::full(1);
    M b = a;
    b(0, 0) = 9;
    CHECK(a(0, 0) == 1);
    a = b;
    CHECK(a(0, 0) == 9);
    b(0, 0) = 4;
    CHECK(a(0, 0) == 9);
    const float* memory = a.data();
    const M c = std::move(a);
    CHECK(c.data() == memory);
    CHECK(c(2, 3) == 1);
    b = *&b;
    CHECK(b(0, 0) == 4);
}

using Far = TensorOn<Elsewhere, float, 2, 3>;
static_assert(std::is_same_v<Far::Place, Elsewhere> && std::is_same_v<detail::Wrapped<Far>, TensorLeaf<float, Shape<2, 3>, Elsewhere>>);
static_assert(std::ranges::range<M> && !std::ranges::range<Far> && !std::ranges::range<const Far>, "no one walks over what is out of reach");
using Near = Tensor<float, 2, 3>;
static_assert(std::is_constructible_v<Near, const Far&> && std::is_constructible_v<Far, const Near&>);
static_assert(std::is_same_v<decltype(std::declval<const Far&>().to_host()), Near>);

TEST_CASE("a tensor at another place comes from the host and goes there") {
    const Near numbers{1, 2, 3, 4, 5, 6};
    Far far(numbers);
    CHECK(far.data() != numbers.data());
    const Near back = far.to_host();
    CHECK(back(0, 2) == 3);
    CHECK(back(1, 1) == 5);
    CHECK(Near(far)(1, 2) == 6);
    CHECK(back.to_host()(1, 2) == 6);
    CHECK(Far{6, 5, 4, 3, 2, 1}.to_host()(0, 1) == 5);
    for (float x : Far().to_host()) CHECK(x == 0);
    for (float x : Far::full(2.5f).to_host()) CHECK(x == 2.5f);
    CHECK_THROWS_AS((Far{1, 2, 3}), DataError);
}

}  // namespace strata::test
