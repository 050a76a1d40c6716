// SPDX-License-Identifier: BSL-1.0
#define RUN run_native
#include "run.inc"
