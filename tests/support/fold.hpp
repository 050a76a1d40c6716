// SPDX-License-Identifier: BSL-1.0
/// Folds over axes, held to a fold of the numbers that belong together.
#pragma once

#include "check.hpp"

namespace strata::test {

/// Of::fold<A>(x), which keeps its axes, against Of::reference of each place's numbers, in T.
template <class Of, class A, class T, int... D>
void check_fold() {
    constexpr Dims dims{sizeof...(D), {D...}};
    constexpr unsigned mask = A::mask(dims.rank);
    CAPTURE(mask);
    CAPTURE(dims[dims.rank - 1]);
    CAPTURE(dims[0]);
    const auto x = scattered<Tensor<T, D...>>(static_cast<unsigned>(dims.size()));
    const auto y = computed(Of::template fold<A>(x));
    std::vector<std::vector<double>> parts(static_cast<std::size_t>(y.size));
    for (long i = 0; i < x.size; ++i) {
        long rest = i, stride = 1, at = 0;
        for (int a = dims.rank - 1; a >= 0; --a) {
            if (!(mask >> a & 1u)) {
                at += rest % dims[a] * stride;
                stride *= dims[a];
            }
            rest /= dims[a];
        }
        parts[static_cast<std::size_t>(at)].push_back(static_cast<double>(x.data()[i]));
    }
    std::vector<double> wanted;
    for (const auto& part : parts) wanted.push_back(Of::reference(part));
    CHECK(unlike(y, wanted, 10 * tolerance<T>) == "");
}
/// Extents below, at and above a vector, on each side of the folded axes; on a device a few of them, and rows longer than a block.
template <class Of>
void check_folds() {
    if constexpr (on_host) {
        check_fold<Of, Axes<>, float, 1>();
        check_fold<Of, Axes<>, float, 100>();
        check_fold<Of, Axes<1>, float, 3, 7>();
        check_fold<Of, Axes<1>, float, 1, 16>();
        check_fold<Of, Axes<1>, double, 15, 100>();
        check_fold<Of, Axes<0>, float, 7, 3>();
        check_fold<Of, Axes<0>, double, 16, 15>();
        check_fold<Of, Axes<1, 2>, float, 2, 3, 5, 7>();
        check_fold<Of, Axes<0, 2>, float, 17, 3, 16>();
    } else {
        check_fold<Of, Axes<1>, float, 3, 300>();
    }
    check_fold<Of, Axes<1>, float, 17, 33>();
    check_fold<Of, Axes<0>, float, 33, 17>();
    check_fold<Of, Axes<1>, float, 3, 7, 15>();
    check_fold<Of, Axes<0, 2, 3>, double, 2, 3, 5, 7>();
}

}  // namespace strata::test
