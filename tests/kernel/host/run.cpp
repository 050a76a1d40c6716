// SPDX-License-Identifier: BSL-1.0
#include <strata/kernel/host/run.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <vector>

using strata::Pool;
using strata::Run;
using strata::host::spread;

static_assert(Run{}.count == 1 && Run{}.seed == 0 && Run{}.step == 0 && Run{}.pool == nullptr, "one sample on the calling thread");

namespace {
/// How often each of n items came.
std::vector<int> times(const Run& run, int n) {
    std::vector<std::atomic<int>> count(static_cast<std::size_t>(n));
    spread(run, n, [&](int i) { ++count[static_cast<std::size_t>(i)]; });
    return {count.begin(), count.end()};
}
}  // namespace

TEST_CASE("every item comes once, whatever the threads") {
    Run run;
    for (int threads : {0, 1, 2, 3, 5}) {
        Pool pool(threads == 0 ? 1 : threads);
        run.pool = threads == 0 ? nullptr : &pool;
        for (int n : {0, 1, 2, 7, 1000}) {
            CAPTURE(threads);
            CAPTURE(n);
            CHECK(times(run, n) == std::vector<int>(static_cast<std::size_t>(n), 1));
        }
    }
}
TEST_CASE("without a pool, and where there is one item, the caller does it all, in order") {
    Pool pool(3);
    Run run;
    const auto caller = pthread_self();
    std::vector<int> order;
    spread(run, 5, [&](int i) {
        CHECK(pthread_equal(pthread_self(), caller));
        order.push_back(i);
    });
    CHECK(order == std::vector<int>{0, 1, 2, 3, 4});
    run.pool = &pool;
    for (int again = 0; again < 100; ++again)
        spread(run, 1, [&](int i) {
            CHECK(i == 0);
            CHECK(pthread_equal(pthread_self(), caller));
        });
}
TEST_CASE("items that are spread again within an item all come") {
    Pool pool(3);
    Run run;
    run.pool = &pool;
    std::atomic<int> sum = 0;
    spread(run, 8, [&](int i) { spread(run, 4, [&](int j) { sum += 10 * i + j; }); });
    CHECK(sum == 4 * 280 + 8 * 6);
}
TEST_CASE("a callable that cannot be copied is called where it lies") {
    struct Once {
        std::atomic<int> calls = 0;
        Once() = default;
        Once(const Once&) = delete;
        void operator()(int) { ++calls; }
    };
    Pool pool(2);
    Run run;
    run.pool = &pool;
    Once once;
    spread(run, 9, once);
    CHECK(once.calls == 9);
}
