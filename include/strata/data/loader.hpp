// SPDX-License-Identifier: BSL-1.0
/// Batches in a seeded order, made ready by a thread of their own while the one before is at work.
#pragma once

#include <algorithm>
#include <array>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <new>
#include <numeric>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include <strata/core/error.hpp>
#include <strata/core/philox.hpp>
#include <strata/core/shape.hpp>
#include <strata/data/augment.hpp>
#include <strata/data/shuffle.hpp>

namespace strata::data {

/// Where the next batch begins: with it, training resumes exactly.
struct LoaderState {
    long epoch = 0;
    long position = 0;  ///< in samples
    friend bool operator==(const LoaderState&, const LoaderState&) = default;
};

struct LoaderOptions {
    Seed seed{};
    bool shuffle = true;
    int batch = 0;           ///< samples in a batch, up to the capacity; 0: the capacity
    bool drop_last = false;  ///< leave out the last samples of an epoch when they do not fill a batch
    LoaderState from{};      ///< where the first batch begins
};

/// A batch, valid until the next call of next(): samples [count][sample_size], row-major, 64-byte aligned; labels [count], or of a set that has values
/// in their place targets [count][target_size]; what it has not is null.
struct LoadedBatch {
    int count = 0;
    const float* samples = nullptr;
    const std::int32_t* labels = nullptr;
    const float* targets = nullptr;
};

/// A data set whose samples have a class each; others have values, copy_target(i, float*) and target_size.
template <class Set>
concept Labelled = requires(const Set& s) { s.label(0L); };

/// What a Loader goes through: samples, each with a class or with values. It is held by value, a copy for each Loader, and a trainer makes one for each fit
/// and each evaluation: let it be a cheap handle, with a shared_ptr to what it reads, as data::Dataset is.
template <class Set>
concept DataSet = requires(const Set& s, float* out) {
    s.size();
    s.copy_sample(0L, out);
    Set::sample_size;
} && (Labelled<Set> || requires(const Set& s, float* out) {
    s.copy_target(0L, out);
    Set::target_size;
});

namespace detail {
struct AlignedDelete {
    void operator()(float* p) const { ::operator delete (p, std::align_val_t{64}); }
};
using AlignedFloats = std::unique_ptr<float, AlignedDelete>;
inline AlignedFloats aligned_floats(std::size_t n) {
    AlignedFloats out(static_cast<float*>(::operator new (n * sizeof(float), std::align_val_t{64})));
    std::fill_n(out.get(), n, 0.0f);
    return out;
}
}  // namespace detail

/// Goes through a data set epoch after epoch in batches of up to Capacity samples. The order depends on seed and epoch only.
///     Loader loader(train, batch<64>, {.seed = Seed{42}});
///     while (const LoadedBatch* b = loader.next()) ...      // one epoch; the next call begins the next
/// Set: size(), copy_sample(i, float*), sample_size, label(i) or copy_target(i, float*) and target_size, readable from another thread; id(i) if samples have
/// numbers of their own.
/// Augment: augment(id, epoch, float*), const and callable from another thread. What either throws, next() throws at that batch.
/// Cost: two buffers of up to 512 KiB (or one batch) each; nothing is allocated after construction.
template <class Set, int Capacity, class Augment = NoAugmentation>
class Loader {
    static constexpr long target_size = [] {
        if constexpr (Labelled<Set>)
            return 0L;
        else
            return static_cast<long>(Set::target_size);
    }();
    static constexpr long sample_bytes = (Set::sample_size + target_size) * static_cast<long>(sizeof(float));
    /// A buffer holds several small batches, so that the two threads meet rarely.
    static constexpr long buffer_batches = std::clamp((1L << 19) / (sample_bytes * Capacity), 1L, 64L);
    static constexpr long buffer_samples = buffer_batches * Capacity;

public:
    static constexpr int capacity = Capacity;

    /// Throws: DataError when an epoch would hold no batch, a batch more samples than the capacity, no batch begins at `from`, or the system grants
    /// no thread.
    Loader(Set set, Batch<Capacity>, LoaderOptions options = {}, Augment augment = {})
        : set_(std::move(set)), options_(options), augment_(std::move(augment)), order_(static_cast<std::size_t>(set_.size())) {
        if (options.batch < 0 || options.batch > Capacity)
            throw DataError("strata: a loader of batches of " + std::to_string(options.batch) + " samples has a capacity of " + std::to_string(Capacity) +
                            "; give a batch of 1 to " + std::to_string(Capacity) + ", or 0 for all of it");
        if (set_.size() == 0) throw DataError("strata: a data set has no samples; give one that has some");
        if (samples() == 0)
            throw DataError("strata: a loader of batches of " + std::to_string(size()) + " without the last, smaller one gets " + std::to_string(set_.size()) +
                            " samples, not enough for one batch; give more samples or smaller batches");
        for (Buffer& b : buffers_) {
            b.samples = detail::aligned_floats(static_cast<std::size_t>(buffer_samples * Set::sample_size));
            if constexpr (Labelled<Set>)
                b.labels.resize(static_cast<std::size_t>(buffer_samples));
            else
                b.targets = detail::aligned_floats(static_cast<std::size_t>(buffer_samples * target_size));
        }
        check(options.from);
        state_ = options.from;
        start();
    }
    Loader(const Loader&) = delete;
    Loader& operator=(const Loader&) = delete;
    ~Loader() { stop(); }

    /// Samples of a batch, samples and batches of an epoch.
    long size() const { return options_.batch == 0 ? Capacity : options_.batch; }
    long samples() const { return options_.drop_last ? set_.size() / size() * size() : set_.size(); }
    long batches() const { return (samples() + size() - 1) / size(); }
    const Set& set() const { return set_; }

    /// The next batch, or nullptr at the end of an epoch.   Throws: what data set or augmentation threw for this batch; until restore,
    /// again.
    const LoadedBatch* next() {
        if (held_ && used_ == buffers_[current_].count && !buffers_[current_].error) release();
        if (state_.position == samples()) {
            state_ = {state_.epoch + 1, 0};
            return nullptr;
        }
        Buffer& buffer = buffers_[current_];
        if (!held_) {
            std::unique_lock lock(mutex_);
            changed_.wait(lock, [&] { return buffer.full; });
            held_ = true;
        }
        if (used_ == buffer.count) std::rethrow_exception(buffer.error);
        const long count = std::min<long>(size(), buffer.count - used_);
        batch_ = {.count = static_cast<int>(count), .samples = buffer.samples.get() + used_ * Set::sample_size};
        if constexpr (Labelled<Set>)
            batch_.labels = buffer.labels.data() + used_;
        else
            batch_.targets = buffer.targets.get() + used_ * target_size;
        used_ += count;
        state_.position += count;
        return &batch_;
    }
    /// Where the next call of next() reads.
    LoaderState state() const { return state_; }
    /// Goes on from where `state` was taken, by a loader of the same data, options and size of batches.
    /// Throws: DataError when no batch begins there.
    void restore(LoaderState state) {
        check(state);
        if (state == state_ && !held_) return;  // what is being made ready is what is asked for
        stop();
        state_ = state;
        start();
    }

private:
    struct Buffer {
        detail::AlignedFloats samples, targets;
        std::vector<std::int32_t> labels;
        long count = 0;
        std::exception_ptr error;  ///< thrown by the sample after the first count, rounded down to whole batches
        bool full = false;         ///< the consumer's when true, the thread's when false; guarded by mutex_, and guards the rest
    };

    void check(LoaderState state) const {
        if (state.epoch < 0 || state.position < 0 || state.position > samples() ||
            (state.position % size() != 0 && state.position != samples()))
            throw DataError("strata: a loader is asked to go on at epoch " + std::to_string(state.epoch) + ", sample " +
                            std::to_string(state.position) + ", where no batch of " + std::to_string(size()) + " out of " +
                            std::to_string(samples()) +
                            " samples begins; restore with the data and the batch that the state was taken with");
    }
    void start() {
        for (Buffer& b : buffers_) b.full = false, b.count = 0, b.error = nullptr;
        stopping_ = held_ = false;
        used_ = 0;
        current_ = 0;
        try {
            thread_ = std::thread([this, at = state_]() mutable { work(at); });
        } catch (const std::system_error& e) {
            throw DataError(std::string("strata: no thread to load data with: ") + e.what() + "; let the program have more of them (ulimit -u), or a Trainer fewer (TrainerOptions::threads)");
        }
    }
    void stop() {
        {
            const std::lock_guard lock(mutex_);
            stopping_ = true;
        }
        changed_.notify_all();
        thread_.join();
    }
    void release() {
        {
            const std::lock_guard lock(mutex_);
            buffers_[current_].full = false;
        }
        changed_.notify_all();
        held_ = false;
        used_ = 0;
        current_ ^= 1u;
    }

    void work(LoaderState at) {
        for (std::size_t turn = 0;; turn ^= 1u) {
            if (at.position == samples()) at = {at.epoch + 1, 0};
            Buffer& buffer = buffers_[turn];
            {
                std::unique_lock lock(mutex_);
                changed_.wait(lock, [&] { return !buffer.full || stopping_; });
                if (stopping_) return;
            }
            fill(buffer, at);
            at.position += buffer.count;
            const bool failed = buffer.error != nullptr;
            {
                const std::lock_guard lock(mutex_);
                buffer.full = true;
            }
            changed_.notify_all();
            if (failed) return;
        }
    }
    void fill(Buffer& buffer, LoaderState at) {
        if (at.epoch != ordered_) {
            std::iota(order_.begin(), order_.end(), 0);
            if (options_.shuffle) shuffle(order_, options_.seed, at.epoch);
            ordered_ = at.epoch;
        }
        const long count = std::min(buffer_samples / size() * size(), samples() - at.position);
        long k = 0;
        try {
            for (; k < count; ++k) {
                const long i = order_[static_cast<std::size_t>(at.position + k)];
                float* values = buffer.samples.get() + k * Set::sample_size;
                set_.copy_sample(i, values);
                if constexpr (requires { set_.id(i); })
                    augment_(set_.id(i), at.epoch, values);
                else
                    augment_(i, at.epoch, values);
                if constexpr (Labelled<Set>)
                    buffer.labels[static_cast<std::size_t>(k)] = set_.label(i);
                else
                    set_.copy_target(i, buffer.targets.get() + k * target_size);
            }
        } catch (...) {
            buffer.error = std::current_exception();
            k -= k % size();
        }
        buffer.count = k;
    }

    const Set set_;
    const LoaderOptions options_;
    const Augment augment_;
    // The thread's own:
    std::vector<std::int32_t> order_;
    long ordered_ = -1;
    // Shared, by way of Buffer::full:
    std::array<Buffer, 2> buffers_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool stopping_ = false;
    // The consumer's own:
    LoaderState state_;
    LoadedBatch batch_;
    std::size_t current_ = 0;
    long used_ = 0;
    bool held_ = false;
    std::thread thread_;
};

}  // namespace strata::data
