// SPDX-License-Identifier: BSL-1.0
#define RUN run_plain
#include "run.inc"
