// SPDX-License-Identifier: BSL-1.0
/// The same layers several times over, each time with parameters of their own.
#pragma once

namespace strata {

/// x -> L_n(... L_1(x)), Times times.   Parameters and paths are those of the stack written out: Repeat<3, Dense<8>, Tanh> holds what
/// Sequential<Dense<8>, Tanh, Dense<8>, Tanh, Dense<8>, Tanh> does.
/// It is a loop: traced and compiled once whatever Times, a turn reading its own parameters; training keeps what each turn's derivative needs.
/// No kernel reaches over the end of a turn. A first turn that changes the shape is written out, and so is a Repeat within a Repeat.
/// So are those after a program's sixteenth.
template <int Times, class... L>
struct Repeat {};

}  // namespace strata
