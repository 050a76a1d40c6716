// SPDX-License-Identifier: BSL-1.0
/// Where the programs here run: on the host, or (ON_CUDA) on a device.
#pragma once

#ifdef ON_CUDA
#include <strata/cuda.cuh>
using Place = strata::Cuda;
#else
#include <strata/strata.hpp>
using Place = strata::Host;
#endif
