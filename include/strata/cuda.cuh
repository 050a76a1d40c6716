// SPDX-License-Identifier: BSL-1.0
/// The library on CUDA devices, and all that is on the host: the place Cuda for tensors' programs, models and training. Needs nvcc.
#pragma once

#include <strata/exec/cuda.cuh>
#include <strata/exec/cuda_expression.cuh>
#include <strata/exec/device_view.cuh>
#include <strata/strata.hpp>
