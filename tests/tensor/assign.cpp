// SPDX-License-Identifier: BSL-1.0
#include <strata/tensor/assign.hpp>

#include <doctest/doctest.h>

#include <strata/tensor/tensor.hpp>

namespace strata {

/// A place whose executor notes what it was asked for.
struct Noted : Host {};
template <class T>
struct MemoryOf<Noted, T> {
    using type = Buffer<T>;
};
template <>
struct Executor<Noted> {
    static inline int calls = 0;
    template <class E>
    static Noted place_of(const E&) {
        return {};
    }
    template <class E, class T, int... D>
    static void assign(const E& e, TensorOn<Noted, T, D...>& to) {
        static_assert(std::is_same_v<E, TensorLeaf<T, Shape<D...>, Noted>>, "the executor gets trees, not tensors");
        ++calls;
        for (long i = 0; i < to.size; ++i) to.data()[i] = -e.data[i];
    }
};

namespace test {

TEST_CASE("a tensor leaves expressions to its place's executor, on birth and on assignment") {
    const TensorOn<Noted, int, 3> x{1, 2, 3}, z{7, 8, 9};
    TensorOn<Noted, int, 3> y(x.expression());
    CHECK(Executor<Noted>::calls == 1);
    CHECK(y(2) == -3);
    y = z.expression();
    CHECK(Executor<Noted>::calls == 2);
    CHECK(y(0) == -7);
}

TEST_CASE("of a tensor it is a copy, for which nobody is asked") {
    const int before = Executor<Noted>::calls;
    TensorOn<Noted, int, 3> a({4, 5, 6});
    TensorOn<Noted, int, 3> b = a;
    b = a;
    CHECK(b(1) == 5);
    const Tensor<int, 3> from{7, 8, 9};
    CHECK(TensorOn<Noted, int, 3>(from)(2) == 9);
    CHECK(Executor<Noted>::calls == before);
}

}  // namespace test
}  // namespace strata
