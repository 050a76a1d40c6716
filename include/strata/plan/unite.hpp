// SPDX-License-Identifier: BSL-1.0
/// Second thoughts of the fuser: groups that one kernel can compute after all, which what was placed later made plain.
#pragma once

#include <strata/plan/plan.hpp>
#include <strata/plan/space.hpp>

namespace strata::detail {

/// The pass over a fuser's groups: each is made one with a group just before it where all nodes of both fit and they read the same memory or
/// one another.
template <class F, int N>
struct Uniter {
    static constexpr int reach = 8;  ///< how far back it looks: time stays linear in the depth of a stack

    F& f;
    bool in_place[N] = {};  ///< written over what others read: parameters, moments, states, what a turn hands on; its group stays where it is
    int member[N] = {};
    bool column[N] = {};

    /// Whether anything was tried: who reads what has to be counted anew.
    constexpr bool run() {
        for (int i = 0; i < f.g.sinks; ++i) {
            const Region to = f.g.sink[i].region;
            if (to != Region::output && to != Region::gradient) in_place[f.source(f.g.sink[i].node)] = true;
        }
        bool tried = false;
        for (int b = 1; b < f.plan.groups; ++b)
            for (int a = b - 1; a >= 0 && a >= b - reach; --a) {
                if (!may_unite(a, b)) continue;
                tried = true;
                if (const int at = bring_near(a, b); at >= 0 && compute(at, b)) a = b = at;  // another may join them now
            }
        return tried;
    }

  private:
    constexpr bool may_unite(int a, int b) {
        const Group &one = f.plan.group[a], &other = f.plan.group[b];
        if (one.members == 0 || other.members == 0 || !alike(one, other) || !meet(a, b)) return false;
        for (int at = a; at <= b; ++at) {
            if (f.plan.group[at].segment != other.segment) return false;
            for (int m = f.plan.group[at].first; m >= 0; m = f.plan.node[m].next)
                if (in_place[m]) return false;
        }
        return true;
    }
    /// A first look: equal extents, or those of the other's rows.
    static constexpr bool alike(const Group& a, const Group& b) {
        if (same_space(a.dims, b.dims)) return a.anchor == Kind::map || b.anchor == Kind::map;
        return a.anchor == Kind::map && b.anchor == Kind::map &&
               ((a.rows && is_row_space(b.dims, a.dims, a.rows)) || (b.rows && is_row_space(a.dims, b.dims, b.rows)));
    }
    constexpr bool meet(int a, int b) {
        ++f.walk, ++f.reader;
        for (int m = f.plan.group[b].first; m >= 0; m = f.plan.node[m].next) f.mark_reads(m);
        return f.reads_marked(a) || reads(b, a, a);
    }
    /// Whether group `at` reads what groups [from, to] compute.
    constexpr bool reads(int at, int from, int to) {
        ++f.walk;
        for (int m = f.plan.group[at].first; m >= 0; m = f.plan.node[m].next)
            if (f.reads(m, [this, from, to](int s) {
                    const NodePlan& p = f.plan.node[s];
                    return f.g.node[s].kind == Kind::pack ? p.ready > from : p.group >= from && p.group <= to;
                }))
                return true;
        return false;
    }
    /// Moves group a behind all that it need not be before, up to b, so that the two can be one there; its new place, or -1 where one between has to come
    /// after a and before b.
    constexpr int bring_near(int a, int b) {
        bool after[reach] = {};
        for (int c = a + 1; c <= b; ++c) {
            bool follows = c < b && reads(c, a, a);
            for (int d = a + 1; d < c; ++d) follows = follows || (after[d - a] && reads(c, d, d));
            if (follows && c == b) return -1;
            if (c < b) after[c - a] = follows;
        }
        int to = a;
        for (int c = a + 1; c < b; ++c) {
            if (after[c - a]) continue;
            const Group moved = f.plan.group[c];
            for (int d = c; d > to; --d) f.plan.group[d] = f.plan.group[d - 1];
            f.plan.group[to++] = moved;
        }
        for (int at = a; to > a && at < b; ++at)
            for (int m = f.plan.group[at].first; m >= 0; m = f.plan.node[m].next) set_group(m, at);
        return to;
    }
    constexpr void set_group(int id, int at) {
        NodePlan& p = f.plan.node[id];
        p.group = at;
        p.ready = p.column ? at + 1 : at;
    }

    /// Puts the nodes of groups a and b into a, in an order in which each finds what it needs; or changes nothing.
    constexpr bool compute(int a, int b) {
        const Group one = f.plan.group[a], other = f.plan.group[b];
        const bool shaped_by_one = one.anchor != Kind::map || (other.anchor == Kind::map && one.dims.size() > other.dims.size());
        const int first = take(one, 0), count = take(other, first);
        clear(a, shaped_by_one ? one : other);
        clear(b, other);
        int left = count;
        if (const Group& group = f.plan.group[a]; group.anchor != Kind::map && is_there(group.node, a)) {
            f.put(group.node, a);
            --left;
        }
        while (left > 0) {
            const int m = next(count, a);
            if (m < 0) break;
            f.put(m, a);
            --left;
        }
        if (left == 0) return true;
        give_back(a, one, 0, first);
        give_back(b, other, first, count);
        return false;
    }
    /// A member that can be computed now: folds of rows are had before sums over leading axes, which may turn out to be such folds.
    constexpr int next(int count, int at) {
        for (const bool columns : {false, true})
            for (int i = 0; i < count; ++i)
                if (const int m = member[i]; f.plan.node[m].group < 0 && column[m] == columns && is_there(m, at) && (f.fits(m, at) || begins_rows(m, at))) return m;
        return -1;
    }
    constexpr bool begins_rows(int id, int at) const {
        const Node& n = f.g.node[id];
        const Group& group = f.plan.group[at];
        if (n.kind != Kind::reduce || column[id] || group.anchor != Kind::map || group.rows) return false;
        const Dims& from = f.g.node[n.in[0]].dims;
        return same_space(from, group.dims) && !f.has_columns(at, folded_axes(from, n.dims));
    }
    constexpr int take(const Group& from, int count) {
        for (int m = from.first; m >= 0; m = f.plan.node[m].next) {
            column[m] = f.plan.node[m].column;
            member[count++] = m;
        }
        return count;
    }
    constexpr void clear(int at, const Group& like) {
        Group& group = f.plan.group[at];
        for (int m = group.first, next = -1; m >= 0; m = next) {
            next = f.plan.node[m].next;
            f.plan.node[m].group = f.plan.node[m].next = -1;
        }
        group = like;
        group.first = group.last = -1;
        group.members = 0;
        group.rows = 0;
    }
    constexpr void give_back(int at, const Group& group, int from, int to) {
        f.plan.group[at] = group;
        for (int i = from; i < to; ++i) {
            NodePlan& p = f.plan.node[member[i]];
            p.next = i + 1 < to ? member[i + 1] : -1;
            p.column = column[member[i]];
            set_group(member[i], at);
        }
    }
    /// Whether all that node `id` reads is computed when group `at` gets to it.
    constexpr bool is_there(int id, int at) { return ++f.walk, is_there_from(id, at); }
    constexpr bool is_there_from(int id, int at) {
        const Node& n = f.g.node[id];
        for (int k = 0; k < n.arity; ++k) {
            bool through = false;
            const int s = f.source(n.in[k], through);
            const NodePlan& p = f.plan.node[s];
            if (f.g.node[s].kind == Kind::pack) {
                if (p.ready > at) return false;
            } else if (p.floating) {
                if (!f.met(s) && !is_there_from(s, at)) return false;
            } else if (!F::outside(f.g.node[s]) && (p.group < 0 || p.group > at || (p.group == at && (p.column || through || is_table(n, k))))) {
                return false;
            }
        }
        return true;
    }
};

}  // namespace strata::detail
