// SPDX-License-Identifier: BSL-1.0
/// Memory between two pages that may not be touched: a kernel that reads or writes past its operand dies at once.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstring>

namespace strata::test {

/// `size` elements that end (or begin) at a forbidden page. Both ends are guarded; the side that is not flush has less than 64 + page bytes of slack,
/// filled with NaN-like bytes (0xff) that `intact` checks.
template <class T> class Guarded {
public:
    explicit Guarded(std::size_t size, bool flush_end = true) : size_(size) {
        const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
        const std::size_t bytes = (size * sizeof(T) + 63) / 64 * 64;
        inner_ = (bytes + page - 1) / page * page;
        total_ = inner_ + 2 * page;
        base_ = static_cast<char*>(mmap(nullptr, total_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
        mprotect(base_, page, PROT_NONE);
        mprotect(base_ + page + inner_, page, PROT_NONE);
        begin_ = base_ + page;
        std::memset(begin_, 0xff, inner_);
        data_ = reinterpret_cast<T*>(flush_end ? begin_ + inner_ - size * sizeof(T) : begin_);
    }
    Guarded(const Guarded&) = delete;
    ~Guarded() { munmap(base_, total_); }

    T* data() { return data_; }
    T& operator[](std::size_t i) { return data_[i]; }
    const T& operator[](std::size_t i) const { return data_[i]; }
    std::size_t size() const { return size_; }
    /// The slack still holds what it was filled with.
    bool intact() const {
        const char *from = reinterpret_cast<const char*>(data_), *to = from + size_ * sizeof(T);
        for (const char* p = begin_; p < begin_ + inner_; ++p)
            if ((p < from || p >= to) && *p != static_cast<char>(0xff)) return false;
        return true;
    }

private:
    std::size_t size_, inner_ = 0, total_ = 0;
    char *base_ = nullptr, *begin_ = nullptr;
    T* data_ = nullptr;
};

} // namespace strata::test
