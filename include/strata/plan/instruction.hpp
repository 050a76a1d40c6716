// SPDX-License-Identifier: BSL-1.0
/// What the code of a kernel consists of: loops, operands and a flat list of numbered instructions.
#pragma once

#include <strata/plan/plan.hpp>

namespace strata {

/// Loops of a kernel, outermost first: up to four over rows, three within a row, and the one that lies in vector lanes.
inline constexpr int max_loops = 8, first_inner = 4, lane_loop = 7;

/// What an instruction does. Operands a, b, c are instructions, `operand` is memory.
enum class Do : unsigned char { load, number, apply, store, fold, column, tile, gather };
/// Where a load's values come from.
enum class Source : unsigned char { memory, index, random, scratch };

struct Instruction {
    Do what{};
    DType type{};
    int op{};       ///< of apply; the fold of fold and column
    int in[3]{};    ///< -1: none
    int operand{};  ///< -1: none
    int section{};  ///< 2 l: on the row, before pass l over it; 2 l + 1: in pass l
    double value{};  ///< of number
    long bits{};     ///< the same as an integer, which any compiler takes as a template argument
    static constexpr Instruction make(Do what, DType type, int section) {
        Instruction x{};
        x.what = what;
        x.type = type;
        x.op = x.operand = x.in[0] = x.in[1] = x.in[2] = -1;
        x.section = section;
        return x;
    }
};
/// Where padding lies around an operand: only the turns [low, high) of a loop find an element, the first of them where the array begins.
struct Border {
    int loop{};  ///< 1 + the loop; 0: no border
    int low{}, high{};
};
struct Operand {
    Source source{};
    DType type{};
    Region region{};
    int index{};      ///< array of the region; the stream of random
    long offset{};    ///< bytes
    Turn turn{};      ///< of the stream, of what is random
    bool padded{};    ///< whole vectors may be read and written past the batch count
    bool written{};
    long elements{};  ///< of the whole array (a column sum's result, a scratch row)
    long stride[max_loops]{};
    Border border[max_borders]{};
    long row{};  ///< of a table: elements between its rows, one of which a gather's first operand chooses
    int rows{};  ///< how many there are; 0: no table
};
struct Loops {
    int extent[max_loops]{};  ///< capacities
    int bounded{};    ///< the loop that the batch count bounds, or -1
    int unit{};       ///< its turns for each sample
    bool vertical{};  ///< lanes hold different rows, not parts of one
};

/// The code of a group; anchor facts for products and windows are read from the graph.
template <int I, int O>
struct Code {
    Instruction instruction[I]{};
    Operand operand[O]{};
    int instructions{};
    int operands{};
    int sections{};
    Loops loops{};
    bool rows{};  ///< has folds
};
inline constexpr int max_instructions = 320, max_operands = 48;
using AnyCode = Code<max_instructions, max_operands>;

}  // namespace strata
