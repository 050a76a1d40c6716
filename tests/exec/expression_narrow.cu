// SPDX-License-Identifier: BSL-1.0
#include "../support/place.cuh"

#include "expression_narrow.cpp"
