// SPDX-License-Identifier: BSL-1.0
/// Adam and AdamW.
#pragma once

#include <strata/op/add.hpp>
#include <strata/op/divide.hpp>
#include <strata/op/sqrt.hpp>
#include <strata/op/square.hpp>
#include <strata/op/subtract.hpp>
#include <strata/optim/optimiser.hpp>

namespace strata {

namespace detail {
/// beta^n by squaring, so that a step's numbers do not depend on a library.
constexpr double power(double base, long n) {
    double r = 1;
    for (; n > 0; n /= 2, base *= base)
        if (n % 2) r *= base;
    return r;
}
}  // namespace detail

/// m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g^2; p -= rate (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps).
/// Source: Kingma & Ba, 2015.
struct Adam {
    double rate = 1e-3;
    double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;
    static constexpr int moments = 2, scalars = 7;
    void settings(const SettingCheck& check) const {
        check("rate", rate, SettingRange::not_negative);
        check("beta1", beta1, SettingRange::below_one);
        check("beta2", beta2, SettingRange::below_one);
        check("epsilon", epsilon, SettingRange::not_negative);
    }
    void numbers(long step, double* out) const {
        out[0] = beta1;
        out[1] = 1 - beta1;
        out[2] = beta2;
        out[3] = 1 - beta2;
        out[4] = 1 / (1 - detail::power(beta1, step));
        out[5] = 1 / __builtin_sqrt(1 - detail::power(beta2, step));
        out[6] = epsilon;
    }
    static constexpr auto update(Expression auto p, Expression auto g, Expression auto m, Expression auto v) {
        const auto m2 = own<0>() * m + own<1>() * g;
        const auto v2 = own<2>() * v + own<3>() * square(g);
        return updated(p - (strata::rate() * own<4>()) * m2 / (sqrt(v2) * own<5>() + own<6>()), m2, v2);
    }
};

/// Adam with p (1 - rate decay) in p's place.   Source: Loshchilov & Hutter, 2019.
struct AdamW {
    double rate = 1e-3;
    double decay = 1e-2;
    double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;
    static constexpr int moments = 2, scalars = 8;
    void settings(const SettingCheck& check) const {
        check("rate", rate, SettingRange::not_negative);
        check("beta1", beta1, SettingRange::below_one);
        check("beta2", beta2, SettingRange::below_one);
        check("epsilon", epsilon, SettingRange::not_negative);
        check("decay", decay, SettingRange::not_negative);
    }
    void numbers(long step, double* out) const {
        Adam{rate, beta1, beta2, epsilon}.numbers(step, out);
        out[7] = decay;
    }
    static constexpr auto update(Expression auto p, Expression auto g, Expression auto m, Expression auto v) {
        const auto m2 = own<0>() * m + own<1>() * g;
        const auto v2 = own<2>() * v + own<3>() * square(g);
        return updated(p * (1.0 - strata::rate() * own<7>()) - (strata::rate() * own<4>()) * m2 / (sqrt(v2) * own<5>() + own<6>()), m2, v2);
    }
};

}  // namespace strata
