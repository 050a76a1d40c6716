// SPDX-License-Identifier: BSL-1.0
/// All of optim.
#pragma once

#include <strata/optim/adam.hpp>
#include <strata/optim/clip.hpp>
#include <strata/optim/loss_scale.hpp>
#include <strata/optim/optimiser.hpp>
#include <strata/optim/schedule.hpp>
#include <strata/optim/setting.hpp>
#include <strata/optim/sgd.hpp>
