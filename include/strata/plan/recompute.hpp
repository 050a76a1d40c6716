// SPDX-License-Identifier: BSL-1.0
/// Third thoughts of the fuser: cheap values that would be stored for other kernels alone, which can compute them again.
#pragma once

#include <strata/plan/plan.hpp>

namespace strata::detail {

/// The pass over a fuser's nodes: cheap values that only other groups read, from one array that is stored anyway, are computed where they are read.
template <class F, int N>
struct Recomputer {
    F& f;
    bool home[N] = {}, views[N] = {};  ///< read within its own group; read through a view, which needs memory

    constexpr void run() {
        for (int i = 0; i < f.g.nodes; ++i) {
            if (f.plan.node[i].group < 0) continue;
            ++f.walk;
            mark_reads(i, f.plan.node[i].group);
        }
        for (int i = f.g.nodes - 1; i >= 0; --i) {
            NodePlan& p = f.plan.node[i];
            const Node& n = f.g.node[i];
            if (!p.stored || f.sunk[i] || f.anchored[i] || n.kind != Kind::map || f.cost(n) >= 8 || home[i] || views[i]) continue;
            int arrays = 0;
            bool there = true;
            for (int k = 0; k < n.arity; ++k) {
                bool through = false;
                const int s = f.source(n.in[k], through);
                if (f.g.node[s].kind == Kind::constant) continue;
                if (f.g.node[s].dims.size() == n.dims.size()) ++arrays;
                there = there && !through && (F::outside(f.g.node[s]) || f.plan.node[s].stored);
            }
            if (!there || arrays > 1 || !found_by_readers(i)) continue;
            for (int k = 0; k < n.arity; ++k) f.use(n.in[k], p.last_use);
            remove(i);
            p.floating = true;
            p.stored = false;
        }
    }

  private:
    /// Whether every product or window that reads node i can address what i is computed from.
    constexpr bool found_by_readers(int i) {
        for (int m = i + 1; m < f.g.nodes; ++m) {
            const int at = f.plan.node[m].group;
            if (at < 0 || f.plan.group[at].anchor == Kind::map || f.addressable(f.plan.group[at], f.g.node[i])) continue;
            ++f.walk;
            if (f.reads(m, [i](int s) { return s == i; })) return false;
        }
        return true;
    }
    constexpr void mark_reads(int id, int at) {
        for (int k = 0; k < f.g.node[id].arity; ++k) {
            bool through = false;
            const int s = f.source(f.g.node[id].in[k], through);
            if (f.plan.node[s].floating && !f.met(s)) mark_reads(s, at);
            if (f.plan.node[s].group == at) home[s] = true;
            if (through) views[s] = true;
        }
    }
    constexpr void remove(int id) {
        Group& group = f.plan.group[f.plan.node[id].group];
        int before = -1;
        for (int m = group.first; m != id; m = f.plan.node[m].next) before = m;
        (before < 0 ? group.first : f.plan.node[before].next) = f.plan.node[id].next;
        if (group.last == id) group.last = before;
        --group.members;
        f.plan.node[id].group = f.plan.node[id].next = -1;
    }
};

}  // namespace strata::detail
