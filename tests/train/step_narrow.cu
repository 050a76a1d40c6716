// SPDX-License-Identifier: BSL-1.0
#include "../support/cuda.cuh"

#include "step_narrow.cpp"
