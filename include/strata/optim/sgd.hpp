// SPDX-License-Identifier: BSL-1.0
/// Stochastic gradient descent.
#pragma once

#include <strata/op/add.hpp>
#include <strata/op/subtract.hpp>
#include <strata/optim/optimiser.hpp>

namespace strata {

/// p -= rate g.
struct Sgd {
    double rate = 1e-2;
    static constexpr int moments = 0, scalars = 0;
    void settings(const SettingCheck& check) const { check("rate", rate, SettingRange::not_negative); }
    void numbers(long, double*) const {}
    static constexpr auto update(Expression auto p, Expression auto g) { return updated(p - strata::rate() * g); }
};

/// v = momentum v + g; p -= rate v.   Source: Polyak, 1964, in PyTorch's form.
struct Momentum {
    double rate = 1e-2;
    double momentum = 0.9;
    static constexpr int moments = 1, scalars = 1;
    void settings(const SettingCheck& check) const {
        check("rate", rate, SettingRange::not_negative);
        check("momentum", momentum, SettingRange::not_negative);
    }
    void numbers(long, double* out) const { out[0] = momentum; }
    static constexpr auto update(Expression auto p, Expression auto g, Expression auto v) {
        const auto next = own<0>() * v + g;
        return updated(p - strata::rate() * next, next);
    }
};

/// v = momentum v + g; p -= rate (g + momentum v).   Source: Nesterov, 1983, in PyTorch's form.
struct Nesterov {
    double rate = 1e-2;
    double momentum = 0.9;
    static constexpr int moments = 1, scalars = 1;
    void settings(const SettingCheck& check) const {
        check("rate", rate, SettingRange::not_negative);
        check("momentum", momentum, SettingRange::not_negative);
    }
    void numbers(long, double* out) const { out[0] = momentum; }
    static constexpr auto update(Expression auto p, Expression auto g, Expression auto v) {
        const auto next = own<0>() * v + g;
        return updated(p - strata::rate() * (g + own<0>() * next), next);
    }
};

}  // namespace strata
