// SPDX-License-Identifier: BSL-1.0
#include <strata/kernel/cuda/passes.cuh>

#include <doctest/doctest.h>

#include <strata/op.hpp>

#include "../../support/steps.hpp"

namespace strata::test {
namespace {

template <class F, class... I>
using StepOf = StepIn<Traced<F, float, 1, true, I...>>;
constexpr auto norm = [](auto x, auto scale) {
    const auto centred = x - mean_keep(x, axis<-1>);
    return results(centred * rsqrt(mean_keep(square(centred), axis<-1>)) * scale);
};
using Norm = StepOf<decltype(norm), In<float, 64, 100>, In<float, 100>>;
template <bool Keeps, cuda::RowsOwn How>
using NormPasses = cuda::Passes<Norm, 1, Keeps, How, cuda::NoSums>;

// x, which three passes read, is kept where that is asked for; scale, one row for all, is shared where there is room.
template <class P>
constexpr int kept = []<int... K>(std::integer_sequence<int, K...>) { return (0 + ... + (P::template kept<K> ? 1 : 0)); }(typename P::Operands{});
static_assert(kept<NormPasses<true, cuda::RowsOwn::shared>> == 1 && kept<NormPasses<false, cuda::RowsOwn::shared>> == 0);
static_assert(NormPasses<true, cuda::RowsOwn::shared>::shared_bytes == 400 && NormPasses<true, cuda::RowsOwn::memory>::shared_bytes == 0);

// So many blocks as are asked for, fewer where each reads much of its own, but enough for a device.
static_assert(cuda::blocks_for(5, 0, 1) == 5 && cuda::blocks_for(100000, 0, 1) == 2112);
static_assert(cuda::blocks_for(1000, 1000, 48 * 200000) == 200 && cuda::blocks_for(1000, 1000, 48) == 132 && cuda::blocks_for(100, 1000, 48) == 100);

}  // namespace

TEST_CASE("what passes keep or share is what they would read again") {
    check_program<Traced<decltype(norm), float, 1, true, In<float, 64, 100>, In<float, 100>>>(1e-5);
    check_program<Traced<decltype(norm), float, 1, true, In<float, 3, 100>, In<float, 100>>>(1e-5);
    check_program<Traced<decltype(norm), float, 1, true, In<float, 64, 37>, In<float, 37>>>(1e-5);
    check_program<Traced<decltype(norm), double, 1, true, In<double, 64, 36>, In<double, 36>>>(1e-5);
}

}  // namespace strata::test
