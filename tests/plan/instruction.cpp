// SPDX-License-Identifier: BSL-1.0
#include <strata/plan/instruction.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "../support/emulator.hpp"
#include "../support/random_graph.hpp"
#include "../support/zero.hpp"

namespace strata::test {
namespace {

using List = Ops<grow::List>;
/// How many operands an op of the list takes.
template <class... O>
constexpr int arity_in(OpList<O...>, int op) {
    const int arity[] = {O::arity...};
    return arity[op];
}
constexpr bool on_row(const Instruction& x) { return x.section % 2 == 0; }

/// Whether instruction x finds the value of an earlier one: row values are there from their section on, a fold's after its pass, others in
/// their own pass alone.
constexpr bool finds(const Instruction& x, const Instruction& from) {
    if (from.what == Do::store || from.what == Do::column) return false;
    if (from.what == Do::fold) return x.section > from.section;
    if (on_row(from)) return x.section >= from.section;
    return x.section == from.section;
}
/// The first rule of code that this one breaks, or nothing.
std::string ill_formed(const AnyCode& code, bool anchored) {
    bool used[max_operands] = {}, written[max_operands] = {};
    int section = 0;
    for (int i = 0; i < code.instructions; ++i) {
        const Instruction& x = code.instruction[i];
        if (x.section < section || x.section >= code.sections) return "sections out of order";
        section = x.section;
        int arity = 0;
        for (const int in : x.in) arity += in >= 0;
        for (int k = 0; k < arity; ++k)
            if (x.in[k] >= i || !finds(x, code.instruction[x.in[k]])) return "a value that is not there yet, or no more";
        const int wanted = x.what == Do::apply ? arity_in(grow::List{}, x.op) : x.what == Do::load || x.what == Do::number || x.what == Do::tile ? 0 : 1;
        if (arity != wanted) return "an instruction of " + std::to_string(arity) + " operands";
        const bool memory = x.what == Do::load || x.what == Do::store || x.what == Do::column || x.what == Do::gather;
        if (memory != (x.operand >= 0) || x.operand >= code.operands) return "an instruction and memory that do not belong together";
        if (x.operand >= 0) {
            used[x.operand] = true;
            written[x.operand] = written[x.operand] || x.what == Do::store || x.what == Do::column;
        }
        if (x.what == Do::number && __builtin_bit_cast(double, x.bits) != x.value) return "a number in other bits";
        if (x.what == Do::tile && !anchored) return "the tile of no anchor";
        if (x.what == Do::fold && (anchored || on_row(x))) return "a fold of no pass";
    }
    for (int k = 0; k < code.operands; ++k) {
        const Operand& o = code.operand[k];
        if (!used[k] || o.written != written[k]) return "an operand that is not what instructions make of it";
        if (o.source == Source::memory && o.elements < 1) return "an operand without elements";
        for (int l = 0; l < max_loops; ++l)
            if (!anchored && code.loops.extent[l] == 1 && code.loops.bounded != l && o.stride[l] != 0) return "a stride along no loop";
        for (const Border& b : o.border)
            if (b.loop > 0 && (anchored || b.low < 0 || b.low >= b.high || b.high > code.loops.extent[b.loop - 1])) return "a border outside its loop";
    }
    return "";
}
/// Whether the loops of a map's code take in as many places as its group has, but for lanes filled up.
bool covers(const AnyCode& code, const Dims& d, int lanes) {
    long turns = 1;
    for (const int e : code.loops.extent) {
        if (e < 1) return false;
        turns *= e;
    }
    return turns == d.size() || (d.bounded() && code.loops.bounded < 0 && turns == detail::stored_elements(d, true, lanes));
}
template <class F>
void each_code(int graphs, F f) {
    for (int i = 0; i < graphs; ++i) {
        Recipe recipe;
        recipe.images = i % 4 == 3;
        recipe.choices = i % 5 == 2;
        recipe.gradients = i % 3 == 1;
        recipe.capacity = i % 4 == 3 ? 8 : 1 + i % 4;
        recipe.nodes = 3 + i % 10;
        Policy policy;
        policy.lanes = i % 5 == 0 ? 4 : 8;
        policy.fuse = i % 7 != 0;
        policy.recompute = i % 3 != 0;
        const Emulator<random_nodes, random_sinks> e(random_graph(static_cast<std::uint64_t>(i) * 13 + 5, recipe), List::facts, random_op_count, Calls<grow::List>::at, policy,
                                                     recipe.capacity);
        for (int at = 0; at < e.plan.groups; ++at) {
            CAPTURE(i);
            CAPTURE(at);
            f(e, at, encode(e.graph, e.plan, e.facts, e.policy, at));
        }
    }
}
}  // namespace

// Loops over rows, loops within a row, lanes.
static_assert(first_inner > 0 && first_inner < lane_loop && lane_loop == max_loops - 1);

TEST_CASE("what code is made of begins as zeros; an instruction that is made names nothing") {
    CHECK(begins_as_zeros<Instruction>());
    CHECK(begins_as_zeros<Operand>());
    CHECK(begins_as_zeros<Border>());
    CHECK(begins_as_zeros<Loops>());
    CHECK(begins_as_zeros<Code<3, 2>>());
    constexpr Instruction x = Instruction::make(Do::store, DType::i32, 5);
    CHECK((x.what == Do::store && x.type == DType::i32 && x.section == 5));
    CHECK((x.op == -1 && x.operand == -1 && x.in[0] == -1 && x.in[1] == -1 && x.in[2] == -1));
}
TEST_CASE("the rules can be broken") {
    AnyCode code;
    code.operands = 1;
    code.operand[0].elements = 4;
    code.sections = 2;
    for (int& e : code.loops.extent) e = 1;
    code.instructions = 2;
    code.instruction[0] = Instruction::make(Do::number, DType::f64, 1);
    code.instruction[1] = Instruction::make(Do::store, DType::f64, 1);
    code.instruction[1].in[0] = 0;
    code.instruction[1].operand = 0;
    CHECK(ill_formed(code, false) == "an operand that is not what instructions make of it");
    code.operand[0].written = true;
    CHECK(ill_formed(code, false) == "");
    code.instruction[0].section = 0;
    CHECK(ill_formed(code, false) == "");
    code.instruction[0].what = Do::tile;
    CHECK(ill_formed(code, false) == "the tile of no anchor");
    code.instruction[0].what = Do::fold;
    code.instruction[0].in[0] = 0;
    CHECK(ill_formed(code, false) != "");
    code.instruction[1].in[0] = 1;
    CHECK(ill_formed(code, false) != "");
}
TEST_CASE("the code of every group of random graphs keeps the rules, and its loops take in the group") {
    int codes = 0, passes = 0, prologues = 0, longest = 0;
    each_code(4000, [&](const auto& e, int at, const AnyCode& code) {
        const Group& group = e.plan.group[at];
        ++codes;
        passes += code.sections > 2;
        longest = std::max(longest, code.instructions);
        CHECK(ill_formed(code, group.anchor != Kind::map) == "");
        if (group.anchor == Kind::map) CHECK(covers(code, group.dims, e.policy.lanes));
        if (code.loops.bounded >= 0) CHECK(code.loops.extent[code.loops.bounded] == code.loops.unit * e.plan.capacity);
        if (!has_prologue(e.graph, e.plan, at)) return;
        ++prologues;
        CHECK(ill_formed(encode_prologue(e.graph, e.plan, e.facts, e.policy, at), true) == "");
    });
    CHECK(codes > 10000);
    CHECK(passes > 800);
    CHECK(prologues > 3);
    CHECK(longest > 160);  // folds over folds, and all that each pass computes again
    CHECK(longest < max_instructions - 64);
}

}  // namespace strata::test
