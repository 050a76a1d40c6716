// SPDX-License-Identifier: BSL-1.0
#include <strata/core/macros.hpp>
#include <strata/core/shape.hpp>

#include <cstdio>

long second(long size);

int main() {
    const long size = second(strata::Shape<2, 3, 4>::size);
    std::printf("strata %d.%d.%d: %ld\n", STRATA_VERSION_MAJOR, STRATA_VERSION_MINOR, STRATA_VERSION_PATCH, size);
    return size == 24 ? 0 : 1;
}
