// SPDX-License-Identifier: BSL-1.0
#include <strata/device/pool.hpp>

#include <atomic>
#include <cstdlib>
#include <new>
#include <set>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

using strata::Pool;

TEST_CASE("each item runs once, whatever the number of threads and items") {
    for (int threads : {1, 2, 3, 8}) {
        Pool pool(threads);
        CHECK(pool.threads() == threads);
        for (int items : {0, 1, 2, 7, 64, 1000}) {
            std::vector<int> calls(static_cast<std::size_t>(items));  // plain ints: a second call on another thread is a race that tsan sees
            pool.for_each(items, [&](int item) { ++calls[static_cast<std::size_t>(item)]; });
            for (int c : calls) REQUIRE(c == 1);
        }
        pool.for_each(-3, [](int) { FAIL("no item of a negative number"); });
    }
}

TEST_CASE("what items write is seen by the caller, and by the next job's items") {
    Pool pool(3);
    std::vector<long> a(64, 1), b(64, 0);
    for (int turn = 0; turn < 2000; ++turn) {
        pool.for_each(64, [&](int i) { b[static_cast<std::size_t>(i)] = a[static_cast<std::size_t>(63 - i)] + 1; });
        pool.for_each(64, [&](int i) { a[static_cast<std::size_t>(i)] = b[static_cast<std::size_t>(63 - i)]; });
    }
    for (long v : a) REQUIRE(v == 2001);
}

TEST_CASE("zero takes the processors of the process; one starts no thread") {
    CHECK(Pool(0).threads() >= 1);
    CHECK(Pool(-1).threads() == Pool(0).threads());
    Pool alone(1);
    const auto self = std::this_thread::get_id();
    alone.for_each(10, [&](int) { REQUIRE(std::this_thread::get_id() == self); });
}

TEST_CASE("work is really spread: two items that wait for each other end") {
    Pool pool(2);
    std::atomic<int> here{0};
    pool.for_each(2, [&](int) {
        here.fetch_add(1);
        while (here.load() < 2) std::this_thread::yield();
    });
    CHECK(here.load() == 2);
}

TEST_CASE("a call within an item runs inline on its thread") {
    Pool pool(2), other(2);
    std::vector<int> calls(8 * 16);
    pool.for_each(8, [&](int i) {
        const auto self = std::this_thread::get_id();
        (i % 2 ? pool : other).for_each(16, [&, i](int j) {
            ++calls[static_cast<std::size_t>(i * 16 + j)];
            if (std::this_thread::get_id() != self) std::abort();
        });
    });
    for (int c : calls) REQUIRE(c == 1);
}

TEST_CASE("several threads use one pool at once") {
    Pool pool(2);
    std::vector<std::thread> callers;
    std::atomic<long> total{0};
    for (int t = 0; t < 4; ++t)
        callers.emplace_back([&] {
            for (int turn = 0; turn < 300; ++turn) {
                int calls[16] = {};
                pool.for_each(16, [&](int i) { ++calls[i]; });
                for (int c : calls) total += c;
            }
        });
    for (auto& c : callers) c.join();
    CHECK(total == 4 * 300 * 16);
}

TEST_CASE("threads that fell asleep wake, and a pool ends while they sleep") {
    Pool pool(3);
    for (int turn = 0; turn < 5; ++turn) {
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
        std::atomic<int> here{0};
        pool.for_each(2, [&](int) {
            here.fetch_add(1);
            while (here.load() < 2) std::this_thread::yield();  // ends only if a sleeper woke
        });
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
}

TEST_CASE("pools come and go") {
    for (int i = 0; i < 200; ++i) {
        Pool pool(1 + i % 4);
        int sum[8] = {};
        pool.for_each(i % 9, [&](int item) { sum[item % 8] += 1; });
    }
}

TEST_CASE("sums of fixed pieces have the same bits for any number of threads") {
    auto sum = [](int threads) {
        Pool pool(threads);
        std::vector<float> part(37);
        pool.for_each(37, [&](int i) {
            float s = 0;
            for (int k = 1; k < 1000; ++k) s += 1.0f / static_cast<float>(i * 1000 + k);
            part[static_cast<std::size_t>(i)] = s;
        });
        float s = 0;
        for (float p : part) s += p;
        return s;
    };
    const float one = sum(1);
    CHECK(sum(2) == one);
    CHECK(sum(3) == one);
}
