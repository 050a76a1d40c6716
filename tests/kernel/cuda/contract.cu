// SPDX-License-Identifier: BSL-1.0
#include <strata/kernel/cuda/contract.cuh>

#include "../host/contract.cpp"
