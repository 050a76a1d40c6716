// SPDX-License-Identifier: BSL-1.0
/// Learning-rate schedules: plain functions of the step, as a factor on the optimiser's rate.
#pragma once

#include <strata/optim/setting.hpp>

namespace strata {

/// 1 throughout.
struct ConstantRate {
    double operator()(long /*step*/) const noexcept { return 1; }
};
/// factor^(step / every), the quotient rounded down.   Steps count from 0.
struct StepDecay {
    long every = 1000;
    double factor = 0.1;
    void settings(const SettingCheck& check) const {
        check("every", static_cast<double>(every), SettingRange::positive);
        check("factor", factor, SettingRange::not_negative);
    }
    double operator()(long step) const noexcept {
        double f = 1;
        for (long i = step / every; i > 0; --i) f *= factor;
        return f;
    }
};
/// Linear over `warm_up` steps, from 1 / warm_up at step 0 to 1, then half a cosine from 1 to `least` at step `total`.   Source: Loshchilov & Hutter, 2017.
struct Cosine {
    long total = 10000;
    long warm_up = 0;
    double least = 0;
    void settings(const SettingCheck& check) const {
        check("total", static_cast<double>(total), SettingRange::positive);
        check("warm_up", static_cast<double>(warm_up), SettingRange::not_negative);
        check("least", least, SettingRange::not_negative);
    }
    double operator()(long step) const noexcept {
        if (step < warm_up) return static_cast<double>(step + 1) / static_cast<double>(warm_up);
        if (step >= total) return least;
        const double turn = static_cast<double>(step - warm_up) / static_cast<double>(total - warm_up > 0 ? total - warm_up : 1);
        return least + (1 - least) * 0.5 * (1 + __builtin_cos(3.141592653589793 * turn));
    }
};

}  // namespace strata
