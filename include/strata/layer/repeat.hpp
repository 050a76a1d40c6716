// SPDX-License-Identifier: BSL-1.0
/// The same layers several times over, each time with parameters of their own.
#pragma once

namespace strata {

/// x -> L_n(... L_1(x)), Times times.   Repeat<3, Dense<8>, Tanh> is Sequential<Dense<8>, Tanh, Dense<8>, Tanh, Dense<8>, Tanh> written shorter:
/// parameters, paths and programs are the same.   Cost: that of the written-out stack, in time to compile too.
template <int Times, class... L>
struct Repeat {};

}  // namespace strata
