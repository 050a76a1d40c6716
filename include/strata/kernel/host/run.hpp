// SPDX-License-Identifier: BSL-1.0
/// What every kernel on the host is given besides its type.
#pragma once

#include <cstdint>

#include <strata/device/pool.hpp>

namespace strata {

/// The run-time facts of one run of a program.
struct Run {
    int count = 1;            ///< samples in the batch
    std::uint64_t seed = 0;
    std::uint64_t step = 0;
    Pool* pool = nullptr;     ///< null: the calling thread alone
    char* workspace = nullptr;  ///< 64-byte aligned, of as many bytes as the program's steps ask for (the host's only)
};

namespace host {
/// Spreads `items` independent pieces over the pool. What an item does never depends on the number of threads.
/// Not inlined, or a compiler would copy an item's body to each of the calls.
[[gnu::noinline]] inline void spread(const Run& run, int items, void (*job)(const void* data, int item) noexcept, const void* data) noexcept {
    if (run.pool == nullptr || items == 1)
        for (int i = 0; i < items; ++i) job(data, i);
    else
        run.pool->for_each(items, job, data);
}
template <class F>
void spread(const Run& run, int items, F&& f) noexcept {
    using Function = std::remove_reference_t<F>;
    spread(run, items, [](const void* data, int item) noexcept { (*static_cast<Function*>(const_cast<void*>(data)))(item); }, __builtin_addressof(f));
}
}  // namespace host
}  // namespace strata
