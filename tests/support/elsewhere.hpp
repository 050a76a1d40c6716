// SPDX-License-Identifier: BSL-1.0
/// A place whose memory plays that of a device: apart from the host's in type.
#pragma once

#include <strata/device/buffer.hpp>
#include <strata/exec/host.hpp>

namespace strata::test {

struct Elsewhere {};
template <class T>
class ElsewhereMemory {
  public:
    ElsewhereMemory() = default;
    explicit ElsewhereMemory(long elements, Elsewhere = {}) : own_(elements) {}
    explicit ElsewhereMemory(const Buffer<T>& host, Elsewhere = {}) : own_(host) {}
    ElsewhereMemory(const ElsewhereMemory& other, Elsewhere) : own_(other.own_) {}
    T* data() { return own_.data(); }
    const T* data() const { return own_.data(); }
    long size() const { return own_.size(); }
    Elsewhere place() const { return {}; }
    Buffer<T> to_host() const { return own_; }

  private:
    Buffer<T> own_;
};

}  // namespace strata::test

template <class T>
struct strata::MemoryOf<strata::test::Elsewhere, T> {
    using type = strata::test::ElsewhereMemory<T>;
};
template <class Real>
struct strata::PolicyOn<strata::test::Elsewhere, Real> : PolicyOn<Host, Real> {};
template <class P>
class strata::Runner<strata::test::Elsewhere, P> : public Runner<Host, P> {
  public:
    explicit Runner(Pool* pool = nullptr, test::Elsewhere = {}) : Runner<Host, P>(pool) {}
};
