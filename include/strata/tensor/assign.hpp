// SPDX-License-Identifier: BSL-1.0
/// The knot: tensors are assigned expressions, which only the executor, further right in the house, can run. exec/assign.hpp unties it.
#pragma once

#include <strata/device/place.hpp>

namespace strata {

/// Executor<Place>::assign(expression, result) computes an expression into memory; place_of(expression) tells where its tensors are.
template <class Place>
struct Executor;

}  // namespace strata
