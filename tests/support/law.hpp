// SPDX-License-Identifier: BSL-1.0
/// What holds for every op, whatever it computes.
#pragma once

#include "check.hpp"

namespace strata::test {

/// Calls f(a, b, c) for the elements of three tuples of tensors, pairwise.
template <class F, class... A>
void side_by_side(F f, const std::tuple<A...>& first, const auto& second, const auto& third) {
    [&]<std::size_t... I>(std::index_sequence<I...>) { (f(std::get<I>(first), std::get<I>(second), std::get<I>(third)), ...); }(std::index_sequence_for<A...>{});
}

/// Of f, an op of operands of shapes S with elements in [low, high):
/// its derivative is linear in what comes from above; float computes what double does, forwards and backwards, within 1e-5 (f being well-conditioned).
template <class... S, class F>
void check_laws(const char* name, F f, double low = -2, double high = 2) {
    CAPTURE(name);
    std::tuple<TensorFor<double, S>...> exact;
    std::tuple<TensorFor<float, S>...> rough;
    unsigned seed = 0;
    const auto fill = [&](auto& x, auto& y) {
        scatter(y, ++seed, low, high);
        for (long i = 0; i < y.size; ++i) x.data()[i] = static_cast<double>(y.data()[i]);
    };
    std::apply([&](auto&... x) { std::apply([&](auto&... y) { (fill(x, y), ...); }, rough); }, exact);
    std::apply(
        [&](const auto&... x) {
            using Y = ResultOf<decltype(f(x...))>;
            const auto down = [&](const Y& dy) { return gradient(sum(f(x...) * dy), x...); };
            Y p = scattered<Y>(101), q = scattered<Y>(102), both;
            for (long i = 0; i < Y::size; ++i) {
                p.data()[i] = static_cast<double>(static_cast<float>(p.data()[i]));
                both.data()[i] = 3 * p.data()[i] - 0.5 * q.data()[i];
            }
            const auto of_p = down(p), of_q = down(q), of_both = down(both);
            side_by_side(
                [](const auto& a, const auto& b, const auto& sum_of) {
                    std::vector<double> wanted;
                    for (long i = 0; i < a.size; ++i) wanted.push_back(3 * a.data()[i] - 0.5 * b.data()[i]);
                    CHECK(unlike(sum_of, wanted, 1e-11) == "");
                },
                of_p, of_q, of_both);
            std::apply([](const auto&... g) { (
                [&] { for (double v : g) CHECK(v == 0); }(), ...); }, down(Y{}));

            std::apply(
                [&](const auto&... y) {
                    CHECK(unlike(computed(f(y...)), computed(f(x...)).span(), 1e-5) == "");
                    TensorFor<float, typename Y::Shape> dy;
                    for (long i = 0; i < Y::size; ++i) dy.data()[i] = static_cast<float>(p.data()[i]);
                    const auto in_float = gradient(sum(f(y...) * dy), y...);
                    side_by_side([](const auto& a, const auto& b, const auto&) { CHECK(unlike(a, b.span(), 1e-5) == ""); }, in_float, of_p, of_p);
                },
                rough);
        },
        exact);
}

}  // namespace strata::test
