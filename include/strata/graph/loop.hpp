// SPDX-License-Identifier: BSL-1.0
/// Loops: parts of a graph that run several times over, each turn on memory of its own. A graph is a row of segments; some of them are the
/// body of a loop. What a body hands to its next turn goes through a stack of places, one a turn.
#pragma once

#include <strata/core/dtype.hpp>
#include <strata/core/shape.hpp>

namespace strata {

/// Where something lies in turn i of a loop: at place (i + phase) mod `places`, these `stride` apart.
struct Turn {
    int phase{};
    int places{};    ///< 0: at the same place in every turn
    long stride{};
    friend constexpr bool operator==(const Turn&, const Turn&) = default;
};

/// A part of a graph. It may read what earlier segments that run once computed, and its mirror's values, each turn those of the same number.
struct Segment {
    int turns{};     ///< of a loop; 0: runs once
    bool reverse{};  ///< from the last turn to the first
    int mirror{};    ///< the segment whose derivative this one is; 0: none
};

/// What a loop carries from turn to turn: turn i finds it at place i and leaves it at place i + 1, or the other way round in reverse.
struct Stack {
    Dims dims{};
    DType type{};
    int places{};  ///< places; two that take turns suffice where no mirror reads them
};

/// A loop as it was traced.
struct Loop {
    int turns{}, segment{}, stack{};
    int begin{};   ///< what its first turn is given
    int first{};   ///< the leaf that a turn finds
    int result{};  ///< what a turn hands on
    int last{};    ///< the leaf that is the last turn's result
};

/// From one turn's stream of random numbers to the next one's: further than the steps of any training reach.
inline constexpr long streams_of_turn = 1L << 48;

/// Loops of one program. A loop within another is written out.
inline constexpr int max_loops_traced = 16, max_segments = 4 * max_loops_traced + 2, max_stacks = 2 * max_loops_traced;

}  // namespace strata
