// SPDX-License-Identifier: BSL-1.0
/// A group becomes code: loops, operands and a flat list of numbered instructions, all of it small constants that a kernel type is
/// made of. A list, not a tree: trees lose sharing.
#pragma once

#include <strata/core/error.hpp>
#include <strata/plan/fuse.hpp>
#include <strata/plan/instruction.hpp>
#include <strata/plan/merge.hpp>
#include <strata/plan/plan.hpp>

namespace strata {

namespace detail {

/// Elements between rows of a product's left operand that is computed within the product.
constexpr long prologue_pitch(const Dims& d, const Policy& policy) { return round_up(capacity(d.extent[d.rank - 1]), policy.lanes); }

template <class G, class P>
struct Coder {
    const G& g;
    const P& plan;
    const OpFacts* facts;
    Policy policy;
    int at;  // the group
    const Group& group;
    AnyCode code{};
    // Which group axis (from the end) each loop runs over, or -1.
    int axis_of_loop[max_loops] = {-1, -1, -1, -1, -1, -1, -1, -1};
    unsigned inner = 0;  // axes (from the end) of the inner and lane loops
    struct Memo {
        int node, section, slot;
    };
    Memo memo[2 * max_instructions]{};
    int memos = 0;
    struct Level {
        int node, level;
    };
    Level level_memo[2 * max_instructions]{};
    int level_memos = 0;
    int kept[32]{};  // dear values that a later pass reads back: nodes, and the operand of each
    int kept_operand[32] = {};
    int keeps = 0;

    constexpr Coder(const G& graph, const P& p, const OpFacts* f, const Policy& pol, int group_at)
        : g(graph), plan(p), facts(f), policy(pol), at(group_at), group(p.group[group_at]) {
        for (int& e : code.loops.extent) e = 1;
        code.loops.bounded = -1;
        code.loops.unit = 1;
    }

    constexpr int source(int id) const {
        while (is_view(g.node[id]) && move_of(g.node[id]) == Move::broadcast) id = g.node[id].in[0];
        return id;
    }
    /// Whether a node is computed here (member, or floating) rather than read.
    constexpr bool here(int id) const {
        const Node& n = g.node[id];
        if (n.kind == Kind::leaf || n.kind == Kind::constant || n.kind == Kind::index || n.kind == Kind::pack || is_view(n)) return false;
        return plan.node[id].group == at || plan.node[id].floating;
    }
    constexpr bool on_row(const Dims& d) const {
        for (int i = 0; i < max_rank; ++i)
            if ((inner >> i & 1u) && extent_from_end(d, i) != 1) return false;
        return true;
    }
    constexpr int cost(const Node& n) const { return n.op < 0 ? 1 : facts[n.op].cost; }

    // --- loops -------------------------------------------------------------------------------------------------------------
    constexpr void vote(int id, int* votes) const {
        const Dims& d = g.node[id].dims;
        if (!same_space(d, group.dims)) return;
        const View v = view_of(g, plan, id, policy.lanes);
        for (int i = 0; i < d.rank; ++i)
            if (v.stride[d.rank - 1 - i] == 1 && extent_from_end(d, i) != 1) votes[i] += 1 + (plan.node[v.root].lanes ? 1 : 0);
    }
    constexpr void vote_reads(int id, int* votes) const {
        const Node& n = g.node[id];
        for (int k = 0; k < n.arity; ++k) {
            const int s = source(n.in[k]);
            if (here(s)) {
                if (plan.node[s].floating) vote_reads(s, votes);
            } else if (g.node[s].kind != Kind::constant && g.node[s].kind != Kind::index) {
                vote(s, votes);
            }
        }
    }
    constexpr void choose_loops() {
        if (group.anchor != Kind::map) {
            choose_result_loops();
            return;
        }
        int votes[max_rank] = {};
        for (int m = group.first; m >= 0; m = plan.node[m].next) {
            if (plan.node[m].stored) vote(m, votes);
            vote_reads(m, votes);
        }
        int lane = -1, along = 0;  // axes that rows run over: of more than the loops within a row, the lanes take one
        for (int i = 0; i < max_rank; ++i) along += extent_from_end(group.dims, i) != 1 && (group.rows >> i & 1u);
        for (int i = 0; i < max_rank; ++i)
            if (extent_from_end(group.dims, i) != 1 && (along <= lane_loop - first_inner || (group.rows >> i & 1u)) && (lane < 0 || votes[i] > votes[lane])) lane = i;
        const bool vertical = group.rows != 0 && lane >= 0 && !(group.rows >> lane & 1u);
        int outer_loop = 0, inner_loop = first_inner;
        for (int i = max_rank - 1; i >= 0; --i) {
            if (extent_from_end(group.dims, i) == 1 || i == lane) continue;
            int& loop = group.rows >> i & 1u ? inner_loop : outer_loop;
            if (loop == (group.rows >> i & 1u ? lane_loop : first_inner)) detail::refuse("strata: a kernel would need too many nested loops; merge axes with Reshape");
            axis_of_loop[loop++] = i;
        }
        axis_of_loop[lane_loop] = lane;
        code.loops.vertical = vertical;
        for (int l = 0; l < max_loops; ++l) {
            if (axis_of_loop[l] < 0) continue;
            const int e = extent_from_end(group.dims, axis_of_loop[l]);
            code.loops.extent[l] = capacity(e);
            if (e < 0) {
                code.loops.bounded = l;
                code.loops.unit = capacity(e) / plan.capacity;
            }
            if (vertical ? (group.rows >> axis_of_loop[l] & 1u) != 0 : l >= first_inner) inner |= 1u << axis_of_loop[l];
        }
    }
    /// Results of products and windows: a batch (or row block), a row, and places along it.
    constexpr void choose_result_loops() {
        const Dims& d = group.dims;
        const bool lanes = plan.node[group.node].lanes;
        if (group.anchor == Kind::scatter) return;
        if (group.anchor == Kind::contract) {
            axis_of_loop[0] = d.rank > 2 ? 2 : -1;
            axis_of_loop[1] = lanes ? 0 : 1;
            axis_of_loop[lane_loop] = lanes ? 1 : 0;
        } else {
            axis_of_loop[0] = lanes ? -1 : 3;
            axis_of_loop[1] = 2;
        }
    }
    constexpr void strides(const Dims& d, const View& v, Operand& o) const {
        if (group.anchor == Kind::scatter) return;
        if (group.anchor != Kind::map && group.anchor != Kind::contract) {
            // Rows are channels; a place along a row is (y, x, sample) or (y, x).
            o.stride[1] = extent_from_end(d, 2) == 1 ? 0 : v.stride[d.rank - 3];
            const bool whole = same_space(d, group.dims);
            o.stride[0] = whole && !plan.node[group.node].lanes ? v.stride[0] : 0;
            o.stride[lane_loop] = whole ? 1 : 0;
            return;
        }
        int borders = 0;
        for (int l = 0; l < max_loops; ++l) {
            const int a = axis_of_loop[l];
            if (a < 0 || a >= d.rank || d.extent[d.rank - 1 - a] == 1) continue;
            const int axis = d.rank - 1 - a;
            o.stride[l] = v.stride[axis];
            if (v.high[axis] > 0) o.border[borders++] = Border{1 + l, v.low[axis], v.high[axis]};
        }
    }

    // --- operands ----------------------------------------------------------------------------------------------------------
    constexpr int operand(const Operand& o) {
        for (int i = 0; i < code.operands; ++i) {
            const Operand& other = code.operand[i];
            bool same = other.source == o.source && other.region == o.region && other.index == o.index && other.offset == o.offset && other.turn == o.turn && other.type == o.type;
            same = same && other.row == o.row && other.rows == o.rows;
            for (int l = 0; l < max_loops; ++l) same = same && other.stride[l] == o.stride[l];
            for (int b = 0; b < max_borders; ++b)
                same = same && other.border[b].loop == o.border[b].loop && other.border[b].low == o.border[b].low && other.border[b].high == o.border[b].high;
            if (same) {
                code.operand[i].written = other.written || o.written;
                return i;
            }
        }
        if (code.operands == max_operands) detail::refuse("strata: a kernel would need too many operands; report this as a defect");
        code.operand[code.operands] = o;
        return code.operands++;
    }
    constexpr int memory(int id, bool written) {
        const View v = view_of(g, plan, id, policy.lanes);
        Operand o = array(v, written);
        strides(g.node[id].dims, v, o);
        return operand(o);
    }
    /// The table that gather `id` reads, walked along the gather's axes; along those of its indices it stands still.
    constexpr int table(int id) {
        const Node& n = g.node[id];
        const View t = view_of(g, plan, n.in[0], policy.lanes);
        Operand o = array(t, false);
        View v;
        const int axis = n.attributes.value[0], many = n.attributes.value[1];
        for (int i = 0; i < n.dims.rank; ++i) v.stride[i] = i < axis ? t.stride[i] : i < axis + many ? 0 : t.stride[i - many + 1];
        strides(n.dims, v, o);
        o.row = t.stride[axis];
        o.rows = g.node[n.in[0]].dims.extent[axis];
        return operand(o);
    }
    constexpr Operand array(const View& v, bool written) const {
        if (!v.valid) detail::refuse("strata: a reshape of a transposed value needs a copy here; put the reshape first");
        const Node& root = g.node[v.root];
        Operand o{};
        o.region = Region::arena;
        o.type = root.type;
        o.written = written;
        if (root.kind == Kind::index) {
            o.source = Source::index;
        } else {
            o.region = plan.node[v.root].region;
            o.index = plan.node[v.root].index;
            o.offset = plan.node[v.root].offset + v.offset * size_of(root.type);
            o.turn = plan.node[v.root].turn;
            o.padded = plan.node[v.root].lanes;
        }
        o.elements = root.dims.size();
        return o;
    }
    constexpr int random(int id) {
        View v;
        own_strides(g.node[id].dims, false, 1, v.stride);
        Operand o{};
        o.source = Source::random;
        o.region = Region::arena;
        o.index = g.node[id].attributes.value[1];
        if (const int turns = g.turns_of(id); turns > 1) o.turn = Turn{0, turns, streams_of_turn};
        strides(g.node[id].dims, v, o);
        return operand(o);
    }
    constexpr int scratch_row(int id) {
        for (int i = 0; i < keeps; ++i)
            if (kept[i] == id) return kept_operand[i];
        Operand o{};
        o.source = Source::scratch;
        o.region = Region::arena;
        o.type = g.node[id].type;
        o.index = id;
        o.written = true;
        long s = code.loops.vertical ? policy.lanes : 1;
        o.stride[lane_loop] = 1;
        if (!code.loops.vertical) s = round_up(code.loops.extent[lane_loop], policy.lanes);
        for (int l = lane_loop - 1; l >= first_inner; --l) {
            o.stride[l] = axis_of_loop[l] < 0 ? 0 : s;
            s *= code.loops.extent[l];
        }
        o.elements = s;
        kept[keeps] = id;
        return kept_operand[keeps++] = operand(o);
    }

    // --- levels ------------------------------------------------------------------------------------------------------------
    /// The pass over the row in which a value can be computed; for a row value, before which pass.
    constexpr int level(int id) {
        id = source(id);
        if (!here(id) || g.node[id].kind == Kind::random) return 0;
        for (int i = 0; i < level_memos; ++i)
            if (level_memo[i].node == id) return level_memo[i].level;
        int l = 0;
        const Node& n = g.node[id];
        if (id != group.node || group.anchor == Kind::map)
            for (int k = 0; k < n.arity; ++k) {
                const int k_level = level(n.in[k]);
                if (k_level > l) l = k_level;
            }
        if (n.kind == Kind::reduce && !plan.node[id].column) ++l;  // ready for the next pass
        level_memo[level_memos++] = Level{id, l};
        return l;
    }

    // --- instructions ------------------------------------------------------------------------------------------------------
    constexpr int push(const Instruction& i) {
        if (code.instructions == max_instructions) detail::refuse("strata: a kernel would need too many instructions; report this as a defect");
        code.instruction[code.instructions] = i;
        return code.instructions++;
    }
    /// The instruction that holds a value in pass `pass` (or on the row). A number goes to where its reader is: `for_row`.
    constexpr int instruct(int id, int pass, bool for_row = false) {
        int s = source(id);
        const Node& n = g.node[s];
        const bool row = group.anchor == Kind::map && (n.kind == Kind::constant ? for_row : on_row(n.dims));
        const bool mine = here(s);
        const int section = row ? 2 * (mine ? level(s) : 0) : 2 * pass + 1;
        for (int i = 0; i < memos; ++i)
            if (memo[i].node == s && (memo[i].section == section || (memo[i].section % 2 == 0 && row))) return memo[i].slot;
        Instruction x = Instruction::make(Do::load, n.type, section);
        if (n.kind == Kind::constant) {
            x.what = Do::number;
            x.value = n.value;
            x.bits = __builtin_bit_cast(long, n.value);
        } else if (!mine) {
            x.what = Do::load;
            x.operand = memory(s, false);
        } else if (group.anchor != Kind::map && s == group.node) {
            x.what = Do::tile;
        } else if (n.kind == Kind::random) {
            x.what = Do::load;
            x.operand = random(s);
        } else if (n.kind == Kind::gather) {
            x.what = Do::gather;
            x.operand = table(s);
            x.in[0] = instruct(n.in[1], row ? 0 : pass, row);
        } else if (n.kind == Kind::reduce) {
            detail::refuse("strata: a fold was read before it was made; report this as a defect");
        } else if (!row && level(s) < pass && cost(n) >= 8 && is_kept(s)) {
            x.what = Do::load;
            x.operand = scratch_row(s);
        } else {
            x.what = copies(n) ? Do::load : Do::apply;
            x.op = n.op;
            const int own_pass = row ? 0 : pass;
            for (int k = 0; k < n.arity; ++k) x.in[k] = instruct(n.in[k], own_pass, row);
            if (copies(n)) return remember(s, section, x.in[0]);
        }
        const int slot = push(x);
        remember(s, section, slot);
        if (x.what == Do::apply && !row && is_kept(s) && level(s) == pass) {
            Instruction keep = Instruction::make(Do::store, n.type, section);
            keep.in[0] = slot;
            keep.operand = scratch_row(s);
            push(keep);
        }
        return slot;
    }
    constexpr int remember(int node, int section, int slot) {
        memo[memos++] = Memo{node, section, slot};
        return slot;
    }
    /// A dear value of one pass that a later one uses too.
    constexpr bool is_kept(int id) {
        if (g.node[id].kind != Kind::map || cost(g.node[id]) < 8 || group.rows == 0 || plan.node[id].floating || g.node[id].type == DType::boolean) return false;
        long row = 1;
        for (int l = first_inner; l <= lane_loop; ++l) row *= l == lane_loop && code.loops.vertical ? policy.lanes : code.loops.extent[l];
        if (row > 4096 || on_row(g.node[id].dims)) return false;
        for (int m = plan.node[id].next; m >= 0; m = plan.node[m].next)
            for (int k = 0; k < g.node[m].arity; ++k)
                if (source(g.node[m].in[k]) == id && (g.node[m].kind != Kind::reduce || plan.node[m].column) && level(m) > level(id)) return true;
        return false;
    }
    constexpr void write(int id, int pass) {
        Instruction x = Instruction::make(Do::store, g.node[id].type, 0);
        x.in[0] = instruct(id, pass, on_row(g.node[id].dims));
        x.operand = memory(id, true);
        x.section = code.instruction[x.in[0]].section;
        if (code.instruction[x.in[0]].what == Do::fold) ++x.section;  // a copy of what is ready at the end of its pass
        if (code.instruction[x.in[0]].what == Do::number) x.section = on_row(g.node[id].dims) && group.anchor == Kind::map ? 0 : 2 * pass + 1;
        // A value that is the same all along the row but stored in full goes out within the pass.
        if (group.anchor == Kind::map && !on_row(g.node[id].dims)) x.section = 2 * pass + 1;
        push(x);
    }
    constexpr void run() {
        choose_loops();
        int passes = 0;
        for (int m = group.first; m >= 0; m = plan.node[m].next) {
            const int l = level(m);
            if (l > passes) passes = l;
        }
        for (int pass = 0; pass <= passes; ++pass) {
            for (int m = group.first; m >= 0; m = plan.node[m].next) {
                const Node& n = g.node[m];
                const bool row = group.anchor == Kind::map && on_row(n.dims) && n.kind != Kind::reduce;
                if (n.kind == Kind::reduce) {
                    if (level(n.in[0]) != pass) continue;
                    Instruction x = Instruction::make(Do::fold, n.type, 0);
                    x.op = n.attributes.value[0];
                    const Dims& from = g.node[n.in[0]].dims;
                    x.in[0] = instruct(n.in[0], pass, plan.node[m].column && on_row(from));
                    x.section = group.anchor == Kind::map && on_row(from) && plan.node[m].column ? 2 * pass : 2 * pass + 1;
                    if (plan.node[m].column) {
                        x.what = Do::column;
                        x.operand = memory(m, true);
                        push(x);
                    } else {
                        x.what = Do::fold;
                        code.rows = true;
                        const int slot = push(x);
                        remember(m, 2 * (pass + 1), slot);
                        if (plan.node[m].stored) {
                            Instruction out = Instruction::make(Do::store, n.type, 2 * (pass + 1));
                            out.in[0] = slot;
                            out.operand = memory(m, true);
                            push(out);
                        }
                    }
                } else if (level(m) == pass && plan.node[m].stored) {
                    write(m, pass);
                } else if (level(m) == pass && !row && is_kept(m)) {
                    instruct(m, pass);
                }
            }
        }
        sort();
        if (group.anchor == Kind::map) merge_loops(code, policy.lanes);
    }

    /// The code of a product's left operand alone, into rows of scratch memory.
    constexpr void run_prologue(int id) {
        axis_of_loop[1] = 1;
        axis_of_loop[lane_loop] = 0;
        Instruction x = Instruction::make(Do::store, g.node[id].type, 1);
        x.in[0] = instruct(id, 0);
        Operand o{};
        o.source = Source::scratch;
        o.region = Region::arena;
        o.type = g.node[id].type;
        o.written = true;
        o.stride[1] = prologue_pitch(g.node[id].dims, policy);
        o.stride[lane_loop] = 1;
        o.elements = o.stride[1];
        x.operand = operand(o);
        push(x);
        sort();
    }

    /// Puts sections one after the other and numbers the instructions anew.
    constexpr void sort() {
        AnyCode out = code;
        int moved[max_instructions] = {};
        int n = 0, top = 0;
        for (int i = 0; i < code.instructions; ++i)
            if (code.instruction[i].section > top) top = code.instruction[i].section;
        for (int s = 0; s <= top; ++s)
            for (int i = 0; i < code.instructions; ++i)
                if (code.instruction[i].section == s) {
                    moved[i] = n;
                    out.instruction[n++] = code.instruction[i];
                }
        for (int i = 0; i < n; ++i)
            for (int& in : out.instruction[i].in)
                if (in >= 0) in = moved[in];
        out.sections = top + 1;
        code = out;
    }
};

}  // namespace detail

/// The code of group `at`.
template <class G, class P>
constexpr AnyCode encode(const G& g, const P& plan, const OpFacts* facts, const Policy& policy, int at) {
    detail::Coder<G, P> coder(g, plan, facts, policy, at);
    coder.run();
    return coder.code;
}
/// The code of that operand.
template <class G, class P>
constexpr AnyCode encode_prologue(const G& g, const P& plan, const OpFacts* facts, const Policy& policy, int at) {
    detail::Coder<G, P> coder(g, plan, facts, policy, at);
    coder.run_prologue(g.node[plan.group[at].node].in[0]);
    return coder.code;
}
/// The same in arrays of exact size.
template <int I, int O>
constexpr Code<I, O> trimmed(const AnyCode& c) {
    Code<I, O> out;
    for (int i = 0; i < c.instructions; ++i) out.instruction[i] = c.instruction[i];
    for (int i = 0; i < c.operands; ++i) out.operand[i] = c.operand[i];
    out.instructions = c.instructions;
    out.operands = c.operands;
    out.sections = c.sections;
    out.loops = c.loops;
    out.rows = c.rows;
    return out;
}

}  // namespace strata
