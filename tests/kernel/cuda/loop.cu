// SPDX-License-Identifier: BSL-1.0
#include <strata/kernel/cuda/loop.cuh>

#include "../host/loop.cpp"
