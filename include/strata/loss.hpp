// SPDX-License-Identifier: BSL-1.0
/// All of loss.
#pragma once

#include <strata/loss/bce.hpp>
#include <strata/loss/cross_entropy.hpp>
#include <strata/loss/mse.hpp>
#include <strata/loss/target.hpp>
