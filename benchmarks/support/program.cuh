// SPDX-License-Identifier: BSL-1.0
/// Strata's programs as systems of a benchmark, and numbers in a device's memory.
#pragma once

#include <cuda_bf16.h>
#include <cuda_fp16.h>

#include <cmath>
#include <cstring>
#include <memory>

#include <strata/exec/cuda_expression.cuh>
#include <strata/op/cast.hpp>

#include "bench.cuh"

namespace bench {

namespace st = strata;

/// A number as a T, rounded to the nearest, and a T as a number.
template <class T>
T rounded(double x) {
    if constexpr (std::is_same_v<T, st::bf16>)
        return T::from_bits(__bfloat16_as_ushort(__double2bfloat16(x)));
    else if constexpr (std::is_same_v<T, st::f16>)
        return T::from_bits(__half_as_ushort(__double2half(x)));
    else
        return static_cast<T>(x);
}
template <class T>
double value(T x) {
    if constexpr (std::is_same_v<T, st::bf16>)
        return __bfloat162float(__ushort_as_bfloat16(x.bits));
    else if constexpr (std::is_same_v<T, st::f16>)
        return __half2float(__ushort_as_half(x.bits));
    else
        return static_cast<double>(x);
}

/// Numbers of an operand in the device's memory, with the host's copy as they are there.
template <class T>
struct Numbers {
    std::vector<T> here;
    st::cuda::Memory<T> there;
    explicit Numbers(long n, std::uint64_t seed, double scale = 1, double shift = 0) : here(static_cast<std::size_t>(n)) {
        for (long i = 0; i < n; ++i) here[static_cast<std::size_t>(i)] = rounded<T>(uniform(static_cast<std::uint64_t>(i), seed) * scale + shift);
        there = st::cuda::Memory<T>(here.data(), n);
    }
    double operator[](long i) const { return value(here[static_cast<std::size_t>(i)]); }
    long size() const { return there.size(); }
    template <int... D>
    st::TensorLeaf<T, st::Shape<D...>, st::Cuda> as(st::Shape<D...> = {}) const {
        return {there.data()};
    }
};

/// An operand as f32: the library reads narrower ones as they lie in memory.
template <class X>
auto widened(const X& x) {
    if constexpr (std::is_same_v<typename X::Type, float>)
        return x;
    else
        return st::cast<float>(x);
}
/// A result in f32 as one in T: rounded, where that is narrower.
template <class T, class E>
auto narrowed(const E& e) {
    if constexpr (std::is_same_v<T, float>)
        return e;
    else
        return st::cast<T>(e);
}
/// The program of an expression, whose result goes to `to`.   Trace: what the program is made of, if not of the expression's value.
template <class E, class T = float, class Trace = st::detail::ExpressionTrace<E, T, st::Cuda>>
class Ready {
  public:
    using Plan = st::Program<Trace>;
    Ready(const E& e, T* to) {
        void* out[] = {to};
        const st::detail::Bound<Plan, E> bound(e, out, 1);
        program_.run(st::Run{}, bound.bindings());
        program_.stream().wait();
    }
    void again() { program_.again(); }
    const st::cuda::Stream& stream() const { return program_.stream(); }

  private:
    st::CudaProgram<Plan> program_;
};
template <class T, class E>
auto ready(const E& e, T* to) {
    return std::make_shared<Ready<st::detail::Wrapped<E>, T>>(st::detail::wrap(e), to);
}

struct Wanted {
    double value, scale;
};
/// The largest of |got - wanted| at `samples` places, by `scale`; infinite where a number is none.
template <class T, class F>
double error_of(const st::cuda::Memory<T>& got, int samples, F wanted) {
    const st::Buffer<T> here = got.to_host();
    double worst = 0;
    for (int s = 0; s < samples; ++s) {
        const long i = samples >= here.size() ? s % here.size() : static_cast<long>((uniform(static_cast<std::uint64_t>(s), 99) + 1) / 2 * static_cast<double>(here.size()));
        const Wanted w = wanted(i);
        const double apart = std::fabs(value(here[i]) - w.value) / w.scale;
        worst = apart <= worst ? worst : apart == apart ? apart : 1e300;
    }
    return worst;
}
}  // namespace bench
