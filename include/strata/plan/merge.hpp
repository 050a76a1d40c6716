// SPDX-License-Identifier: BSL-1.0
/// Fewer, longer loops: neighbours whose operands go on without a jump become one.
#pragma once

#include <strata/plan/instruction.hpp>

namespace strata {

namespace detail {

/// The pass on one kernel's code.
struct LoopMerger {
    AnyCode& code;
    int lanes;

    constexpr bool mergeable(int a, int b) const {
        if (code.loops.bounded == b) return false;
        if (long{code.loops.extent[a]} * code.loops.extent[b] > 1L << 30) return false;  // loops count in int
        for (int k = 0; k < code.operands; ++k) {
            const Operand& o = code.operand[k];
            if (o.stride[a] != o.stride[b] * code.loops.extent[b]) return false;
            for (const Border& border : o.border)
                if (border.loop == 1 + b) return false;
        }
        return true;
    }
    constexpr void join(int a, int b) {  // into b
        if (code.loops.bounded == a) {
            code.loops.bounded = b;
            code.loops.unit *= code.loops.extent[b];
        }
        for (int k = 0; k < code.operands; ++k) {
            code.operand[k].stride[a] = 0;
            for (Border& border : code.operand[k].border)
                if (border.loop == 1 + a) border = Border{1 + b, border.low * code.loops.extent[b], border.high * code.loops.extent[b]};
        }
        code.loops.extent[b] *= code.loops.extent[a];
        code.loops.extent[a] = 1;
    }
    constexpr void merge() {
        bool padded = code.loops.bounded == lane_loop;
        bool folds = false;
        for (int k = 0; k < code.operands; ++k) {
            const Operand& o = code.operand[k];
            if (o.stride[lane_loop] != 0 && o.source != Source::scratch) padded = padded && o.padded && o.source == Source::memory;
        }
        for (int i = 0; i < code.instructions; ++i) folds = folds || code.instruction[i].what == Do::fold || code.instruction[i].what == Do::column;
        if (padded && !folds) {  // whole vectors of padding may be computed: a plain flat loop
            code.loops.extent[lane_loop] = static_cast<int>(round_up(code.loops.extent[lane_loop], lanes));
            code.loops.bounded = -1;
        }
        // Inner loops among themselves, and with the lanes where these lie within the row.
        const int inner_end = code.loops.vertical ? lane_loop - 1 : lane_loop;
        join_within(first_inner, inner_end);
        join_within(0, first_inner - 1);
        if (!code.rows && code.loops.extent[lane_loop] >= 1 && only_full())
            for (int a = first_inner - 1; a >= 0; --a)
                if (code.loops.extent[a] != 1 || code.loops.bounded == a) {
                    if (mergeable(a, lane_loop)) join(a, lane_loop);
                    break;
                }
    }
    /// Joins what can be joined among loops [first, last]; the rest moves inwards.
    constexpr void join_within(int first, int last) {
        for (bool again = true; again;) {
            again = false;
            for (int b = last; b > first; --b)
                for (int a = b - 1; a >= first; --a) {
                    if (code.loops.extent[a] == 1 && code.loops.bounded != a) continue;
                    if (code.loops.extent[b] == 1 && code.loops.bounded != b ? swap_in(a, b) : mergeable(a, b)) {
                        join(a, b);
                        again = true;
                    }
                    break;
                }
        }
    }
    /// Loop b has one turn: a takes its place.
    constexpr bool swap_in(int a, int b) {
        for (int k = 0; k < code.operands; ++k) {
            code.operand[k].stride[b] = code.operand[k].stride[a];
            for (Border& border : code.operand[k].border)
                if (border.loop == 1 + a) border.loop = 1 + b;
        }
        return true;
    }
    constexpr bool only_full() const {
        for (int i = 0; i < code.instructions; ++i)
            if (code.instruction[i].what == Do::column || (code.instruction[i].section % 2 == 0 && code.instruction[i].what == Do::store)) return false;
        return true;
    }
};

}  // namespace detail

/// Joins loops of `code`, a plain loop nest, for vectors of `lanes` elements.
constexpr void merge_loops(AnyCode& code, int lanes) { detail::LoopMerger{code, lanes}.merge(); }

}  // namespace strata
