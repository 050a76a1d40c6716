// SPDX-License-Identifier: BSL-1.0
#include <strata/kernel/cuda/convolution.cuh>

#include "../host/slide.cpp"
