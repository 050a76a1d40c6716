// SPDX-License-Identifier: BSL-1.0
#include "../support/cuda.cuh"

#include <strata/exec/cuda_expression.cuh>

#include "loss_scale.cpp"
