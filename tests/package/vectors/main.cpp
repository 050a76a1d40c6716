// SPDX-License-Identifier: BSL-1.0
// One program of objects that were compiled for different vectors: the linker must not take one's kernels for the other's.
#include <cmath>
#include <cstdio>
#include <vector>

void run_native(const float*, float*);
void run_plain(const float*, float*);

int main() {
    std::vector<float> x(8 * 144), native(41), plain(41);
    for (int i = 0; i < 8 * 144; ++i) x[static_cast<std::size_t>(i)] = static_cast<float>(i % 29) * 0.05f - 0.5f;
    run_native(x.data(), native.data());
    run_plain(x.data(), plain.data());
    run_native(x.data(), native.data());
    int wrong = 0;
    for (std::size_t i = 0; i < native.size(); ++i)
        if (!(std::fabs(native[i] - plain[i]) < 1e-4f)) ++wrong, std::printf("result %d: %g and %g\n", static_cast<int>(i), static_cast<double>(native[i]), static_cast<double>(plain[i]));
    return wrong == 0 ? 0 : 1;
}
