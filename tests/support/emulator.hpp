// SPDX-License-Identifier: BSL-1.0
/// Runs a plan's code one element at a time, in double, on memory as the plan laid it out: what the kernels make of a plan, without compiling
/// them, so that thousands of random graphs can be run. Rows go backwards: nothing may depend on their order. In a launch of several steps blocks
/// and what stands side by side go backwards too, or, `forwards`, not.
#pragma once

#include <string>

#include <strata/plan/code.hpp>
#include <strata/plan/launch.hpp>
#include <strata/plan/layout.hpp>
#include <strata/plan/memory.hpp>

#include "interpreter.hpp"

namespace strata::test {

inline void set_element(void* base, DType type, long i, double v) {
    switch (type) {
        case DType::f32: static_cast<float*>(base)[i] = static_cast<float>(v); break;
        case DType::f64: static_cast<double*>(base)[i] = v; break;
        case DType::i32: static_cast<std::int32_t*>(base)[i] = static_cast<std::int32_t>(v); break;
        case DType::boolean: static_cast<bool*>(base)[i] = v != 0; break;
        default: throw std::logic_error("the emulator writes no such numbers");
    }
}

/// The passes of Program, called at run time, and their result run.
template <int N, int S>
class Emulator {
  public:
    Graph<N, S> graph;
    Policy policy;
    CallTable calls;
    const OpFacts* facts;
    Plan<N, N> plan;

    Emulator(const Graph<N, S>& g, const OpFacts* f, int ops, CallTable c, const Policy& p, int capacity)
        : graph(with_copies(g, Graph<N, S>{})), policy(p), calls(c), facts(f), plan(fuse(graph, f, ops, p)) {
        plan.capacity = capacity;
        arrange(graph, plan, policy);
        join_launches(graph, plan, f, policy);
        place(graph, plan, policy);
    }
    /// Runs all groups. The arena starts as NaN.   Throws std::logic_error where code reaches past its operand.
    void run(const Binding& binding, void* const* output, bool forwards = false) {
        run_ = &binding;
        output_ = output;
        arena_.assign(static_cast<std::size_t>(plan.arena) + 64, static_cast<char>(0xff));
        for (int i = 0; i < plan.launches; ++i) {
            const LaunchPlan& l = plan.launch[i];
            const int steps = l.end - l.first;
            first_ = 0;
            count_ = run_->count;
            in_block_ = l.join == LaunchKind::samples;
            if (!in_block_) {
                for (int k = 0; k < steps; ++k) run_group(forwards ? l.first + k : l.end - 1 - k);
                continue;
            }
            for (int at = l.first; at < l.end; ++at) clear_columns(at);
            const int blocks = (plan.capacity + l.samples - 1) / l.samples;
            for (int k = 0; k < blocks; ++k) {
                first_ = (forwards ? k : blocks - 1 - k) * l.samples;
                count_ = run_->count - first_ < l.samples ? run_->count - first_ : l.samples;
                block_.assign(static_cast<std::size_t>(l.block), static_cast<char>(0xff));
                for (int at = l.first; at < l.end && count_ > 0; ++at) run_group(at);
            }
        }
    }

  private:
    const Binding* run_ = nullptr;
    void* const* output_ = nullptr;
    std::vector<char> arena_, block_;
    int first_ = 0, count_ = 0;  ///< samples at work
    bool in_block_ = false;
    AnyCode code_{};
    std::vector<double> row_, full_, fold_place_;
    std::vector<std::vector<double>> scratch_;

    void* base(Region region, int index, long offset) {
        if (region == Region::block) {
            if (!in_block_) throw std::logic_error("a value of a block is used by a launch that has none");
            return block_.data() + offset - long{first_} * index;
        }
        if (region == Region::arena) {
            if (offset < 0 || offset > plan.arena) throw std::logic_error("an operand lies outside the arena");
            return arena_.data() + offset;
        }
        if (region == Region::input) return static_cast<char*>(const_cast<void*>(run_->input[index])) + offset;
        if (region == Region::output) return static_cast<char*>(output_[index]) + offset;
        return static_cast<char*>(const_cast<void*>(run_->region[static_cast<int>(region)])) + offset;
    }
    void* base(const Operand& o) { return base(o.region, o.index, o.offset); }

    int turns(int loop) const { return code_.loops.bounded == loop ? count_ * code_.loops.unit : code_.loops.extent[loop]; }
    long begin(int loop) const { return code_.loops.bounded == loop ? long{first_} * code_.loops.unit : 0; }
    void clear_columns(int at) {
        const AnyCode code = encode(graph, plan, facts, policy, at);
        for (int i = 0; i < code.instructions; ++i)
            if (const Instruction& x = code.instruction[i]; x.what == Do::column)
                for (long e = 0; e < code.operand[x.operand].elements; ++e) set_element(base(code.operand[x.operand]), code.operand[x.operand].type, e, 0);
    }
    long address(const Operand& o, const long* at) const {
        long a = 0;
        for (int l = 0; l < max_loops; ++l) a += at[l] * o.stride[l];
        for (const Border& b : o.border)
            if (b.loop > 0) a -= b.low * o.stride[b.loop - 1];
        return a;
    }
    static double* scratch_at(std::vector<double>& v, long i) {
        if (i < 0 || i >= static_cast<long>(v.size())) throw std::logic_error("code reaches past a scratch row");
        return &v[static_cast<std::size_t>(i)];
    }
    double load(const Instruction& x, const long* at) {
        const Operand& o = code_.operand[x.operand];
        long a = address(o, at);
        if (o.source == Source::scratch) {
            a = at[4] * o.stride[4] + at[5] * o.stride[5] + at[6] * o.stride[6] + (code_.loops.vertical ? 0 : at[7] * o.stride[7]);
            return *scratch_at(scratch_[static_cast<std::size_t>(x.operand)], a);
        }
        if (o.source == Source::index) return static_cast<double>(a);
        if (o.source == Source::random)
            return static_cast<double>(Philox::uniform(run_->seed, run_->step * 65536u + static_cast<std::uint64_t>(o.index), static_cast<std::uint64_t>(a)));
        for (const Border& b : o.border)
            if (b.loop > 0 && (at[b.loop - 1] < b.low || at[b.loop - 1] >= b.high)) return 0;
        check(o, a);
        return element(base(o), x.type, a);
    }
    void check(const Operand& o, long a) const {
        const long room = o.padded ? o.elements * policy.lanes : o.elements;
        if (a < 0 || a >= room) throw std::logic_error("code reaches past its operand");
        if (o.region == Region::block && (a * size_of(o.type) < long{first_} * o.index || a * size_of(o.type) >= long{first_ + count_} * o.index))
            throw std::logic_error("code reaches past its samples");
    }
    void store(const Operand& o, int operand, const long* at, double v) {
        if (o.source == Source::scratch) {
            const long a = at[4] * o.stride[4] + at[5] * o.stride[5] + at[6] * o.stride[6] + (code_.loops.vertical ? 0 : at[7] * o.stride[7]);
            *scratch_at(scratch_[static_cast<std::size_t>(operand)], a) = v;
            return;
        }
        const long a = address(o, at);
        check(o, a);
        set_element(base(o), o.type, a, v);
    }
    /// Makes `code` the one that runs.
    void take(const AnyCode& code) {
        code_ = code;
        row_.assign(static_cast<std::size_t>(code_.instructions), 0);
        full_ = fold_place_ = row_;
        scratch_.assign(static_cast<std::size_t>(code_.operands), {});
    }
    double value(int i) const { return code_.instruction[i].section % 2 == 0 || code_.instruction[i].what == Do::fold ? row_[static_cast<std::size_t>(i)] : full_[static_cast<std::size_t>(i)]; }

    /// One instruction at a place. `tile`: the anchor's value there; `first`: the place begins its column sum.
    void step(int i, const long* at, double tile, bool first) {
        const Instruction& x = code_.instruction[i];
        double& to = x.section % 2 == 0 ? row_[static_cast<std::size_t>(i)] : full_[static_cast<std::size_t>(i)];
        for (int in : x.in)
            if (in >= 0 && code_.instruction[in].what == Do::fold && code_.instruction[in].section >= x.section) throw std::logic_error("a fold is read before its pass ends");
        switch (x.what) {
            case Do::load: to = load(x, at); break;
            case Do::number: to = x.value; break;
            case Do::tile: to = tile; break;
            case Do::gather: {
                const Operand& o = code_.operand[x.operand];
                const double row = value(x.in[0]);
                const bool there = row >= 0 && row < o.rows;
                const long a = address(o, at) + (there ? static_cast<long>(row) * o.row : 0);
                if (there) check(o, a);
                to = there ? element(base(o), x.type, a) : is_floating(x.type) ? std::numeric_limits<double>::quiet_NaN() : 0;
                break;
            }
            case Do::apply: {
                double in[3] = {};
                bool masked = false;
                for (int k = 0; k < 3; ++k)
                    if (x.in[k] >= 0) in[k] = value(x.in[k]);
                masked = code_.instruction[x.in[0]].type == DType::boolean;
                to = calls[x.op](in, masked);
                break;
            }
            case Do::store: store(code_.operand[x.operand], x.operand, at, value(x.in[0])); break;
            case Do::column: {
                const Operand& o = code_.operand[x.operand];
                const long a = address(o, at);
                check(o, a);
                set_element(base(o), o.type, a, (first ? 0 : element(base(o), o.type, a)) + value(x.in[0]));
                break;
            }
            case Do::fold: {
                const Fold f = static_cast<Fold>(x.op);
                double& r = row_[static_cast<std::size_t>(i)];
                const double v = value(x.in[0]);
                const long along = ((at[4] * code_.loops.extent[5] + at[5]) * code_.loops.extent[6] + at[6]) * (code_.loops.vertical ? 1 : code_.loops.extent[7]) +
                                   (code_.loops.vertical ? 0 : at[7]);
                double& best = fold_place_[static_cast<std::size_t>(i)];
                if (f == Fold::argmax) {
                    if (v > best) best = v, r = static_cast<double>(along);
                } else {
                    r = interpret::fold(f, r, v);
                }
                break;
            }
        }
    }

    void run_loops() {
        long n[max_loops];
        for (int l = 0; l < max_loops; ++l) n[l] = turns(l);
        for (int k = 0; k < code_.operands; ++k) {
            scratch_[static_cast<std::size_t>(k)].clear();
            bool column = false;
            for (int i = 0; i < code_.instructions; ++i) column = column || (code_.instruction[i].what == Do::column && code_.instruction[i].operand == k);
            if (column && !in_block_)
                for (long i = 0; i < code_.operand[k].elements; ++i) set_element(base(code_.operand[k]), code_.operand[k].type, i, 0);
        }
        const bool vertical = code_.loops.vertical;
        const long down = vertical ? n[7] : 1, across = vertical ? 1 : n[7], rows = n[0] * n[1] * n[2] * n[3] * down;
        const double inf = std::numeric_limits<double>::infinity();
        for (long r = rows - 1; r >= 0; --r) {
            long at[max_loops] = {};
            long rest = r / down;
            for (int l = 3; l >= 0; --l) at[l] = rest % n[l] + begin(l), rest /= n[l];
            for (int k = 0; k < code_.operands; ++k)
                if (code_.operand[k].source == Source::scratch)
                    scratch_[static_cast<std::size_t>(k)].assign(static_cast<std::size_t>(code_.operand[k].elements), std::numeric_limits<double>::quiet_NaN());
            const double junk = std::numeric_limits<double>::quiet_NaN();
            for (double& v : row_) v = junk;
            for (int section = 0; section < code_.sections; ++section) {
                if (section % 2 == 0) {
                    at[4] = at[5] = at[6] = 0;
                    at[7] = (vertical ? r % down : 0) + begin(7);
                    for (int i = 0; i < code_.instructions; ++i)
                        if (code_.instruction[i].section == section) step(i, at, 0, false);
                    continue;
                }
                for (int i = 0; i < code_.instructions; ++i)
                    if (code_.instruction[i].section == section && code_.instruction[i].what == Do::fold) {
                        const Fold f = static_cast<Fold>(code_.instruction[i].op);
                        row_[static_cast<std::size_t>(i)] = f == Fold::min ? inf : f == Fold::max ? -inf : 0;
                        fold_place_[static_cast<std::size_t>(i)] = -inf;
                    }
                for (at[4] = 0; at[4] < n[4]; ++at[4])
                    for (at[5] = 0; at[5] < n[5]; ++at[5])
                        for (at[6] = 0; at[6] < n[6]; ++at[6])
                            for (long lane = 0; lane < across; ++lane) {
                                at[7] = (vertical ? r % down : lane) + begin(7);
                                for (double& v : full_) v = junk;
                                for (int i = 0; i < code_.instructions; ++i)
                                    if (code_.instruction[i].section == section) step(i, at, 0, false);
                            }
            }
        }
    }

    /// A place of an anchor's result goes through the code.
    void result(long block, long row, long column, double tile) {
        for (int k = 0; k < code_.operands; ++k)
            if (code_.operand[k].border[0].loop > 0) throw std::logic_error("code on a result reads padding");
        const long at[max_loops] = {block, row, 0, 0, 0, 0, 0, column};
        for (int i = 0; i < code_.instructions; ++i) {
            const Instruction& x = code_.instruction[i];
            const bool along = x.what == Do::column && code_.operand[x.operand].stride[7] == 0;
            step(i, at, tile, !in_block_ && (along ? column == 0 : row == 0));
        }
    }
    struct Operands {
        View view{};
        void* base = nullptr;
        DType type{};
    };
    Operands anchor_operand(int id) {
        const View v = view_of(graph, plan, id, policy.lanes);
        if (!v.valid) throw std::logic_error("an anchor's operand has no view");
        const NodePlan& p = plan.node[v.root];
        if (graph.node[v.root].kind != Kind::leaf && !p.stored) throw std::logic_error("an anchor's operand has no place");
        return {v, base(p.region, p.index, p.offset + v.offset * size_of(graph.node[v.root].type)), graph.node[v.root].type};
    }
    /// Rows of a product's left operand that its kernel computes itself.
    std::vector<double> run_prologue(int at, int rows_begin, int rows, int k, long& pitch) {
        const AnyCode own = code_;
        take(encode_prologue(graph, plan, facts, policy, at));
        const std::size_t out = static_cast<std::size_t>(code_.operands - 1);
        pitch = code_.operand[out].stride[1];
        std::vector<double> all(static_cast<std::size_t>(rows * pitch), std::numeric_limits<double>::quiet_NaN());
        for (long r = rows - 1; r >= rows_begin; --r) {
            scratch_[out].assign(static_cast<std::size_t>(pitch), std::numeric_limits<double>::quiet_NaN());
            for (long c = 0; c < k; ++c) result(0, r, c, std::numeric_limits<double>::quiet_NaN());
            for (long c = 0; c < k; ++c) all[static_cast<std::size_t>(r * pitch + c)] = scratch_[out][static_cast<std::size_t>(c)];
        }
        take(own);
        return all;
    }
    void run_contract(int at, const Node& n, bool swapped) {
        const bool computed = has_prologue(graph, plan, at);
        const Operands a = computed ? Operands{} : anchor_operand(n.in[0]), b = anchor_operand(n.in[1]);
        const Dims da = extents_in_run(graph.node[n.in[0]].dims, run_->count, plan.capacity), db = extents_in_run(graph.node[n.in[1]].dims, run_->count, plan.capacity);
        const Dims d = extents_in_run(n.dims, run_->count, plan.capacity);
        if (d.rank > 3) throw std::logic_error("a product of more than three axes");
        const bool ta = n.attributes.value[0] != 0, tb = n.attributes.value[1] != 0;
        const int batches = d.rank > 2 ? d.extent[0] : 1, m = d.extent[d.rank - 2], cols = d.extent[d.rank - 1], k = da.extent[da.rank - (ta ? 2 : 1)];
        const long ab = da.rank > 2 ? a.view.stride[0] : 0, am = a.view.stride[da.rank - (ta ? 1 : 2)], ak = a.view.stride[da.rank - (ta ? 2 : 1)];
        const long bb = db.rank > 2 ? b.view.stride[0] : 0, bk = b.view.stride[db.rank - (tb ? 1 : 2)], bn = b.view.stride[db.rank - (tb ? 2 : 1)];
        const int unit = d.rank == 2 && n.dims.bounded() ? capacity(n.dims.extent[0]) / plan.capacity : 0;
        if (in_block_ && (unit == 0 || swapped)) throw std::logic_error("a product that is none of samples runs on some");
        const int begin = first_ * unit, rows = in_block_ ? (first_ + count_) * unit : swapped ? cols : m, columns = swapped ? m : cols;
        long pitch = 0;
        const std::vector<double> left = computed ? run_prologue(at, begin, in_block_ ? rows : m, k, pitch) : std::vector<double>{};
        const auto left_at = [&](long batch, long i, long q) {
            return computed ? left[static_cast<std::size_t>(i * pitch + q)] : element(a.base, a.type, batch * ab + i * am + q * ak);
        };
        for (long batch = 0; batch < batches; ++batch)
            for (long r = begin; r < rows; ++r)
                for (long c = 0; c < columns; ++c) {
                    const long i = swapped ? c : r, j = swapped ? r : c;
                    double sum = 0;
                    for (long q = 0; q < k; ++q) sum += left_at(batch, i, q) * element(b.base, b.type, batch * bb + q * bk + j * bn);
                    result(batch, r, c, sum);
                }
    }
    /// An image as a sliding kernel of that layout reads it.
    Value image(int id, bool innermost) {
        const Operands o = anchor_operand(id);
        const Dims& cap = graph.node[id].dims;
        Value v{extents_in_run(cap, run_->count, plan.capacity), {}};
        v.at.assign(static_cast<std::size_t>(v.dims.size()), 0);
        long s[max_rank] = {};
        detail::own_strides(cap, innermost && cap.bounded(), policy.lanes, s);
        each_place(v.dims, [&](const int* i) { v[place_of(v.dims, i)] = element(o.base, o.type, i[0] * s[0] + i[1] * s[1] + i[2] * s[2] + i[3] * s[3]); });
        return v;
    }
    void run_slide(const Group& group, const Node& n) {
        const bool weight = n.kind == Kind::convolution && static_cast<Convolve>(n.attributes.value[0]) == Convolve::weight;
        const bool innermost = weight ? plan.node[view_of(graph, plan, n.in[0], policy.lanes).root].lanes : plan.node[group.node].lanes;
        std::vector<Value> values;
        std::vector<const Value*> in;
        for (int k = 0; k < n.arity; ++k) values.push_back(image(n.in[k], innermost));
        for (const Value& v : values) in.push_back(&v);
        const Dims to = extents_in_run(n.dims, run_->count, plan.capacity);
        const Value y = n.kind == Kind::convolution ? interpret::convolution(n, values[0], values[1], to) : interpret::window(n, in, to);
        if (weight) {  // the kernel writes operand 0 as it is
            if (code_.instructions != 2 || code_.instruction[0].what != Do::tile || code_.instruction[1].what != Do::store)
                throw std::logic_error("a weight gradient's kernel runs no code on its result");
            for (long i = 0; i < to.size(); ++i) set_element(base(code_.operand[0]), code_.operand[0].type, i, y[i]);
            return;
        }
        const long lanes = detail::round_up(capacity(n.dims.extent[0]), policy.lanes), used = detail::round_up(to.extent[0], policy.lanes);
        const long width = to.extent[3], channels = to.extent[1];
        for (long c = 0; c < channels; ++c)
            for (long oy = 0; oy < to.extent[2]; ++oy)
                for (long ox = 0; ox < width; ++ox)
                    for (long b = 0; b < (innermost ? used : to.extent[0]); ++b) {
                        const int index[max_rank] = {static_cast<int>(b), static_cast<int>(c), static_cast<int>(oy), static_cast<int>(ox)};
                        const double v = b < to.extent[0] ? y[place_of(to, index)] : std::numeric_limits<double>::quiet_NaN();
                        if (innermost)
                            result(0, c, (oy * width + ox) * lanes + b, v);
                        else
                            result(b, c, oy * width + ox, v);
                    }
    }
    /// A scatter takes its operands as they lie.
    void run_scatter(const Node& n) {
        Value in[2];
        for (int k = 0; k < 2; ++k) {
            const Operands o = anchor_operand(n.in[k]);
            in[k].dims = extents_in_run(graph.node[n.in[k]].dims, run_->count, plan.capacity);
            if (plan.node[o.view.root].lanes) throw std::logic_error("an operand of a scatter does not lie in rows");
            for (long i = 0; i < in[k].dims.size(); ++i) in[k].at.push_back(element(o.base, o.type, i));
        }
        const Value y = interpret::scatter(n, in[0], in[1], extents_in_run(n.dims, run_->count, plan.capacity));
        if (code_.instructions != 2 || code_.instruction[0].what != Do::tile || code_.instruction[1].what != Do::store)
            throw std::logic_error("a scatter's kernel runs no code on its result");
        for (long i = 0; i < y.dims.size(); ++i) set_element(base(code_.operand[0]), code_.operand[0].type, i, y[i]);
    }
    void run_group(int at) {
        take(encode(graph, plan, facts, policy, at));
        const Group& group = plan.group[at];
        const Node& n = graph.node[group.node];
        if (group.anchor == Kind::map)
            run_loops();
        else if (group.anchor == Kind::contract)
            run_contract(at, n, plan.node[group.node].lanes);
        else if (group.anchor == Kind::scatter)
            run_scatter(n);
        else
            run_slide(group, n);
    }
};

}  // namespace strata::test
