// SPDX-License-Identifier: BSL-1.0
/// How parameters begin: a function of shape, seed and stream, the same on every place.
#pragma once

#include <strata/core/philox.hpp>
#include <strata/core/shape.hpp>

namespace strata {

namespace detail {
/// Numbers that one output sees, and numbers that one input reaches.   Dense [in, out]; convolution [out, in, height, width].
struct Fans {
    double in, out;
};
constexpr Fans fans(const Dims& d) {
    if (d.rank == 2) return {static_cast<double>(d.extent[0]), static_cast<double>(d.extent[1])};
    double field = 1;
    for (int i = 2; i < d.rank; ++i) field *= d.extent[i];
    return {d.rank > 1 ? d.extent[1] * field : 1, d.rank > 0 ? d.extent[0] * field : 1};
}
template <class T>
[[gnu::noinline]] void fill_all(T* p, long n, T value) {
    STRATA_PLAIN_LOOP
    for (long i = 0; i < n; ++i) p[i] = value;
}
template <class T>
[[gnu::noinline]] void fill_uniform(T* p, long n, double bound, Seed seed, std::uint64_t stream) {
    STRATA_PLAIN_LOOP
    for (long i = 0; i < n; ++i) p[i] = static_cast<T>((2.0 * static_cast<double>(Philox::uniform(seed.value, stream, static_cast<std::uint64_t>(i))) - 1.0) * bound);
}
/// Source: Box & Muller, 1958.
template <class T>
[[gnu::noinline]] void fill_normal(T* p, long n, double deviation, Seed seed, std::uint64_t stream) {
    for (long i = 0; i < n; ++i) {
        const Philox r = Philox::at(seed.value, stream, static_cast<std::uint64_t>(i));
        const double u = (r.word[0] + 0.5) / 4294967296.0, v = r.word[1] / 4294967296.0;
        p[i] = static_cast<T>(deviation * __builtin_sqrt(-2.0 * __builtin_log(u)) * __builtin_cos(6.283185307179586 * v));
    }
}
}  // namespace detail

struct Zeros {
    template <class T>
    static void fill(T* p, const Dims& d, Seed, std::uint64_t) {
        detail::fill_all(p, d.size(), T(0));
    }
};
struct Ones {
    template <class T>
    static void fill(T* p, const Dims& d, Seed, std::uint64_t) {
        detail::fill_all(p, d.size(), T(1));
    }
};
/// Uniform in +-sqrt(6 / (in + out)).   Source: Glorot & Bengio, 2010.
struct GlorotUniform {
    template <class T>
    static void fill(T* p, const Dims& d, Seed seed, std::uint64_t stream) {
        detail::fill_uniform(p, d.size(), __builtin_sqrt(6.0 / (detail::fans(d).in + detail::fans(d).out)), seed, stream);
    }
};
/// Normal with deviation sqrt(2 / (in + out)).   Source: Glorot & Bengio, 2010.
struct GlorotNormal {
    template <class T>
    static void fill(T* p, const Dims& d, Seed seed, std::uint64_t stream) {
        detail::fill_normal(p, d.size(), __builtin_sqrt(2.0 / (detail::fans(d).in + detail::fans(d).out)), seed, stream);
    }
};
/// Uniform in +-sqrt(6 / in), for layers before a rectifier.   Source: He et al., 2015.
struct HeUniform {
    template <class T>
    static void fill(T* p, const Dims& d, Seed seed, std::uint64_t stream) {
        detail::fill_uniform(p, d.size(), __builtin_sqrt(6.0 / detail::fans(d).in), seed, stream);
    }
};
/// Normal with deviation sqrt(2 / in).   Source: He et al., 2015.
struct HeNormal {
    template <class T>
    static void fill(T* p, const Dims& d, Seed seed, std::uint64_t stream) {
        detail::fill_normal(p, d.size(), __builtin_sqrt(2.0 / detail::fans(d).in), seed, stream);
    }
};
/// Uniform in +-1 / sqrt(in): what PyTorch's layers start from.
struct FanInUniform {
    template <class T>
    static void fill(T* p, const Dims& d, Seed seed, std::uint64_t stream) {
        detail::fill_uniform(p, d.size(), 1.0 / __builtin_sqrt(detail::fans(d).in), seed, stream);
    }
};
/// Normal with a given deviation in thousandths, as Normal<20> for 0.02.
template <int Thousandths>
struct Normal {
    template <class T>
    static void fill(T* p, const Dims& d, Seed seed, std::uint64_t stream) {
        detail::fill_normal(p, d.size(), Thousandths / 1000.0, seed, stream);
    }
};
/// Uniform in +- a bound in thousandths.
template <int Thousandths>
struct Uniform {
    template <class T>
    static void fill(T* p, const Dims& d, Seed seed, std::uint64_t stream) {
        detail::fill_uniform(p, d.size(), Thousandths / 1000.0, seed, stream);
    }
};

}  // namespace strata
