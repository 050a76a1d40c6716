// SPDX-License-Identifier: BSL-1.0
/// SIMD for host kernels: numbers, their memory, their functions. Everything is inlined into the loop that uses it.
///
///     for (int i = 0; i < n; i += w) store(y + i, math::max(load<float, w>(x + i) * 0.5f + 1.f, 0.f));
#pragma once

#include <strata/core/math.hpp>
#include <strata/kernel/host/pack.hpp>
#include <strata/kernel/host/pack_math.hpp>
#include <strata/kernel/host/pack_memory.hpp>
#include <strata/kernel/host/pack_narrow.hpp>
