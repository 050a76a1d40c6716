// SPDX-License-Identifier: BSL-1.0
// Compiled without exceptions: its inline functions, which end the program at an error, must not take the place of those that throw.
#define RUN run_noexcept
#include "run.inc"
