// SPDX-License-Identifier: BSL-1.0
/// Clipping by the global norm of the gradient.
#pragma once

#include <strata/op/add.hpp>
#include <strata/op/divide.hpp>
#include <strata/op/minimum.hpp>
#include <strata/op/sqrt.hpp>
#include <strata/op/square.hpp>
#include <strata/op/sum.hpp>
#include <strata/optim/optimiser.hpp>

namespace strata {

/// The optimiser O on g min(1, norm / (|g| + 1e-6)), |g| over all parameters.   Source: Pascanu et al., 2013, in PyTorch's form.
template <class O>
struct Clipped : O {
    double norm = 1;
    static constexpr int scalars = O::scalars + 1;
    constexpr Clipped(const O& optimiser, double largest) : O(optimiser), norm(largest) {}
    void settings(const SettingCheck& check) const {
        if constexpr (requires { O::settings(check); }) O::settings(check);
        check("norm", norm, SettingRange::positive);
    }
    void numbers(long step, double* out) const {
        O::numbers(step, out);
        out[O::scalars] = norm;
    }
    static constexpr auto update(Expression auto p, Expression auto g, Expression auto... moments) {
        const auto length = sqrt(sum_keep(square(g), axes<>));
        return O::update(p, g * minimum(own<O::scalars>() / (length + 1e-6), 1.0), moments...);
    }
};
/// clip(Adam{}, 1.0): Adam on gradients of norm at most 1.
template <class O>
constexpr Clipped<O> clip(const O& optimiser, double norm) {
    return {optimiser, norm};
}

}  // namespace strata
