// SPDX-License-Identifier: BSL-1.0
// A program with exceptions beside an object without: its errors are caught.
#define RUN run_throws
#include "run.inc"

#include <cstdio>
#include <vector>

void run_noexcept(const float*, float*);

int main() {
    std::vector<float> x(8 * 144, 0.5f), y(41), z(41);
    run_noexcept(x.data(), y.data());
    run_throws(x.data(), z.data());
    try {
        run_throws(nullptr, z.data());
    } catch (const st::DataError& e) {
        return y == z ? 0 : (std::puts("other results"), 1);
    }
    return std::puts("no error"), 1;
}
