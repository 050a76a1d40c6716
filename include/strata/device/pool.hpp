// SPDX-License-Identifier: BSL-1.0
/// A small pool of threads for pieces of work that do not depend on each other.
#pragma once

#include <pthread.h>
#include <sched.h>
#include <unistd.h>

#include <atomic>
#include <ctime>
#include <type_traits>

namespace strata {

/// Threads that wait for work, of which the caller is one.
/// An item's work is the same on whichever thread it runs, so results do not depend on their number.
/// Idle threads spin for a tenth of a millisecond (a piece of work then starts within a microsecond), then sleep (about 50 us to wake).
class Pool {
public:
    /// `threads` counts the caller; 1 starts none; 0 or less takes one for each processor that this process may use.
    /// If the system grants fewer threads, there are fewer.
    explicit Pool(int threads = 0);
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;
    ~Pool();

    int threads() const noexcept { return workers_ + 1; }

    /// Calls f(item) once for each item in [0, items), spread over the threads, and returns when all are done.   Needs: f does not throw.
    /// Allocates nothing. Within an item, and while another thread uses this pool, the items run on the calling thread.
    template <class F>
    void for_each(int items, F&& f) noexcept {
        using Function = std::remove_reference_t<F>;
        for_each(items, [](const void* function, int item) noexcept { (*static_cast<Function*>(const_cast<void*>(function)))(item); }, __builtin_addressof(f));
    }
    /// The same of a plain function, which is given `data`.
    [[gnu::noinline]] void for_each(int items, void (*job)(const void* data, int item) noexcept, const void* data) noexcept {
        if (items <= 1 || workers_ == 0 || inside() || busy_.exchange(true, std::memory_order_acquire)) {
            for (int item = 0; item < items; ++item) job(data, item);
            return;
        }
        job_ = job;
        function_ = data;
        run(items);
        busy_.store(false, std::memory_order_release);
    }

private:
    void run(int items) noexcept;
    void work() noexcept;
    void drain() noexcept;
    static void* start(void* pool) noexcept;
    /// Whether this thread runs an item of some pool.
    static bool& inside() noexcept {
        thread_local bool value = false;
        return value;
    }
    template <class Ready>
    bool spin(Ready ready) const noexcept;

    int workers_ = 0;
    long spin_ns_ = 0;
    pthread_t* handles_ = nullptr;
    // The job. Read only by a thread that holds one of its items, so it stays until that item is done.
    void (*job_)(const void*, int) noexcept = nullptr;
    const void* function_ = nullptr;
    int items_ = 0;
    std::atomic<bool> busy_{false}, stop_{false};
    // A cache line each: who takes an item must not slow who waits for the next job.
    alignas(64) std::atomic<int> left_{0};      // items nobody has taken
    alignas(64) std::atomic<int> finished_{0};  // items done
    alignas(64) std::atomic<int> jobs_{0};      // changes with each job; what sleepers watch
};

inline Pool::Pool(int threads) {
    cpu_set_t allowed;
    const int processors = sched_getaffinity(0, sizeof allowed, &allowed) == 0 ? CPU_COUNT(&allowed) : static_cast<int>(sysconf(_SC_NPROCESSORS_ONLN));
    if (threads <= 0) threads = processors > 0 ? processors : 1;
    spin_ns_ = threads <= processors ? 100'000 : 0;  // more threads than processors: who spins keeps another from its work
    if (threads == 1) return;
    handles_ = new pthread_t[static_cast<unsigned>(threads - 1)];
    while (workers_ < threads - 1 && pthread_create(&handles_[workers_], nullptr, start, this) == 0) ++workers_;
}

inline Pool::~Pool() {
    stop_.store(true, std::memory_order_relaxed);
    jobs_.fetch_add(1, std::memory_order_release);
    jobs_.notify_all();
    for (int i = 0; i < workers_; ++i) pthread_join(handles_[i], nullptr);
    delete[] handles_;
}

inline void Pool::run(int items) noexcept {
    items_ = items;
    finished_.store(0, std::memory_order_relaxed);
    left_.store(items, std::memory_order_release);
    jobs_.fetch_add(1, std::memory_order_release);
    jobs_.notify_all();
    drain();
    if (spin([&] { return finished_.load(std::memory_order_acquire) == items; })) return;
    for (int done; (done = finished_.load(std::memory_order_acquire)) != items;) finished_.wait(done, std::memory_order_acquire);
}

/// Takes items one after another until none is left.
inline void Pool::drain() noexcept {
    inside() = true;
    int done = 0, left = left_.load(std::memory_order_relaxed);
    while (left > 0) {
        if (!left_.compare_exchange_weak(left, left - 1, std::memory_order_acquire, std::memory_order_relaxed)) continue;
        job_(function_, items_ - left);
        ++done;
        left = left_.load(std::memory_order_relaxed);
    }
    inside() = false;
    if (done == 0) return;
    finished_.fetch_add(done, std::memory_order_release);
    finished_.notify_one();
}

inline void Pool::work() noexcept {
    while (true) {
        const int seen = jobs_.load(std::memory_order_acquire);
        if (stop_.load(std::memory_order_relaxed)) return;
        drain();
        if (!spin([&] { return jobs_.load(std::memory_order_acquire) != seen; })) jobs_.wait(seen, std::memory_order_acquire);
    }
}

inline void* Pool::start(void* pool) noexcept {
    static_cast<Pool*>(pool)->work();
    return nullptr;
}

/// Waits awake until `ready()`; false if the time for it ran out first.
template <class Ready>
bool Pool::spin(Ready ready) const noexcept {
    timespec begin{}, now{};
    for (int i = 0;; ++i) {
        if (ready()) return true;
        if (spin_ns_ == 0) return false;
        if (i % 64 == 0) {  // a look at the clock costs as much as some pauses
            clock_gettime(CLOCK_MONOTONIC, &now);
            if (i == 0) begin = now;
            if ((now.tv_sec - begin.tv_sec) * 1'000'000'000L + (now.tv_nsec - begin.tv_nsec) > spin_ns_) return false;
        }
#if defined(__x86_64__) || defined(__i386__)
        __builtin_ia32_pause();
#elif defined(__aarch64__)
        __asm__ __volatile__("yield");
#endif
    }
}

}  // namespace strata
