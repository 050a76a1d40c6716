// SPDX-License-Identifier: BSL-1.0
#include <strata/op/select.hpp>

#include <strata/op/compare.hpp>
#include <strata/op/logical.hpp>

#include "../support/check.hpp"

namespace strata::test {

using M = Leaf<bool, 4, 1>;
static_assert(std::is_same_v<ShapeIn<decltype(select(M{}, Leaf<float, 5>{}, 0))>, Shape<4, 5>>);
static_assert(std::is_same_v<TypeIn<decltype(select(M{}, Leaf<double, 5>{}, 0))>, double>);
static_assert(std::is_same_v<TypeIn<decltype(select(M{}, 1, Leaf<float, 5>{}))>, float>);
static_assert(refused<decltype(select(Leaf<bool, 3>{}, Leaf<float, 5>{}, 0))>);
static_assert(std::is_same_v<TypeIn<decltype(select(M{}, Leaf<bool, 5>{}, M{}))>, bool>, "masks chosen from are a mask");
static_assert(std::is_same_v<TypeIn<decltype(select(M{}, true, M{}))>, bool> && refused<decltype(select(M{}, 0.5, M{}))>);

template <class T, class Mask, class... S>
void check_case(const Golden& golden, const std::string& name) {
    const auto mask = golden_tensor<Mask>(golden, name + ".x0");
    std::tuple<TensorFor<T, S>...> x;
    int k = 1;
    const auto load = [&]<class X>(X& t) { t = golden_tensor<X>(golden, name + ".x" + std::to_string(k++)); };
    std::apply([&](auto&... t) { (load(t), ...); }, x);
    auto& [a, b] = x;
    const auto choose = [&](const auto& p, const auto& q) { return select(mask, p, q); };
    CHECK(unlike(computed(choose(a, b)), golden.values(name + ".y"), 0) == "");
    const auto dy = golden_tensor<Tensor<T, 4, 5>>(golden, name + ".dy");
    const auto gradients = gradient(sum(choose(a, b) * dy), a, b);
    CHECK(unlike(std::get<0>(gradients), golden.values(name + ".dx1"), tolerance<T>) == "");
    CHECK(unlike(std::get<1>(gradients), golden.values(name + ".dx2"), tolerance<T>) == "");
    if constexpr (std::is_same_v<T, double>) check_differences(choose, dy, gradients, a, b);
}

TEST_CASE("select: golden values and gradients") {
    const Golden golden{"ops_map.txt"};
    check_case<float, Tensor<bool, 4, 5>, Shape<4, 5>, Shape<4, 5>>(golden, "select.same");
    check_case<double, Tensor<bool, 4, 5>, Shape<4, 5>, Shape<4, 5>>(golden, "select.same");
    check_case<float, Tensor<bool, 4, 1>, Shape<4, 5>, Shape<5>>(golden, "select.row");
    check_case<double, Tensor<bool, 4, 1>, Shape<4, 5>, Shape<5>>(golden, "select.row");
}

template <class T, int N>
void check_size() {
    CAPTURE(N);
    Tensor<bool, N> mask;
    Tensor<T, N> a, b;
    for (int i = 0; i < N; ++i) {
        mask(i) = i % 3 != 0;
        a(i) = static_cast<T>(i);
        b(i) = static_cast<T>(-i - 1);
    }
    const auto y = computed(select(mask, a, b));
    for (int i = 0; i < N; ++i) CHECK(y(i) == (mask(i) ? a(i) : b(i)));
}

TEST_CASE("select: any number of elements of any type") {
    check_size<float, 1>();
    check_size<float, 17>();
    check_size<double, 33>();
    check_size<double, 7>();
    check_size<std::int32_t, 15>();
    check_size<std::int32_t, 100>();
}

struct MaskedBody {
    static constexpr auto body(const auto& m, const auto& a) { return select(m, a, true); }
};
inline constexpr Composed<MaskedBody> masked{};

TEST_CASE("select: of masks and true or false") {
    const auto check = []<int N>(std::integral_constant<int, N>) {
        Tensor<bool, N> m, a, b;
        Tensor<float, N> x;
        for (int i = 0; i < N; ++i) {
            m(i) = i % 2 == 0;
            a(i) = i % 3 == 0;
            b(i) = i % 5 == 0;
            x(i) = static_cast<float>(i);
        }
        const Tensor<bool, N> y = select(m, a, b), t = select(m, true, b), f = select(m, a, false);
        const Tensor<float, N> z = select(select(m, x > 3, b), x * 2, -1);
        const Tensor<bool, N> c = masked(!m, a && b), same = m == true;
        for (int i = 0; i < N; ++i) {
            CHECK(y(i) == (m(i) ? a(i) : b(i)));
            CHECK(t(i) == (m(i) || b(i)));
            CHECK(f(i) == (m(i) && a(i)));
            CHECK(z(i) == ((m(i) ? x(i) > 3 : b(i)) ? x(i) * 2 : -1));
            CHECK(c(i) == (m(i) || (a(i) && b(i))));
            CHECK(same(i) == m(i));
        }
    };
    check(std::integral_constant<int, 3>{}), check(std::integral_constant<int, 37>{});
}

TEST_CASE("select: the operand not chosen may be anything, and gets no gradient") {
    const Tensor<float, 3> x{1, -1, 4};
    const auto bad = Tensor<float, 3>::full(static_cast<float>(nan));
    CHECK(unlike(computed(select(x > -9, x, bad)), std::vector<double>{1, -1, 4}, 0) == "");
    const auto [dx, dbad] = gradient(sum(select(x > 0, x * 3, bad * x)), x, bad);
    CHECK(dbad(0) == 0);
    CHECK(dbad(1) == -1);
}

}  // namespace strata::test
