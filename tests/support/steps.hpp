// SPDX-License-Identifier: BSL-1.0
/// Programs of expressions over numbered inputs, run step by step by the real kernels (of the place Here) on guarded memory and held to the interpreter.
#pragma once

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "guarded.hpp"
#include "here.hpp"
#include "interpreter.hpp"

namespace strata::test {

/// An input of a program: In<float, -5, 7> is up to 5 samples of 7.
template <class T, int... D>
using In = Ref<Shape<D...>, T>;

/// The results of one program.
template <class... E>
constexpr auto results(const E&... e) {
    return detail::make_operands(detail::wrap(e)...);
}

namespace detail {
using strata::detail::nodes_of;
using strata::detail::Operands;
template <class E>
struct AllOf;
template <class... E>
struct AllOf<Operands<E...>> {
    using List = OpsOf<E...>;
    static constexpr int count = sizeof...(E), nodes = (0 + ... + nodes_of<E>);
};
}  // namespace detail

/// What a program is traced from: F, a lambda without captures, makes results(...) of the inputs I.   Innermost: whether convolutions may
/// keep the batch in lanes.
template <class F, class R, int Capacity, bool Innermost, class... I>
struct Traced {
    using Real = R;
    using All = detail::AllOf<decltype(F{}(I{}...))>;
    using List = typename All::List;
    static constexpr int capacity = Capacity, results = All::count, inputs = sizeof...(I);
    static constexpr Policy policy = [] {
        Policy p = PolicyOn<Here, R>::value;
        p.batch_innermost = p.batch_innermost && Innermost;
        return p;
    }();
    static constexpr auto graph() {
        Builder<2 * All::nodes + 2 * inputs + 16, results> b;
        b.facts = Ops<List>::facts;
        b.real = dtype_of<R>;
        int id[results] = {};
        const auto make = [&]<int... K>(std::integer_sequence<int, K...>) {
            return F{}(I{b.leaf(Region::input, K, 0, dtype_of<typename I::Type>, I::Shape::dims())}...);
        };
        strata::detail::lower_operands<List>(b, make(std::make_integer_sequence<int, inputs>{}), id);
        for (int i = 0; i < results; ++i) b.sink(id[i], Region::output, i);
        return b.graph;
    }
};

namespace detail {
using AnyGraph = Graph<160, 8>;
/// A program without its type.
struct Task {
    AnyGraph graph;
    CallTable calls;
    int capacity;
    long arena;
    void (*run)(const Run&, const Bindings&, int times);
};
inline long bytes_of(const Node& n) { return n.dims.size() * size_of(n.type); }

/// Numbers whose sums and products are exact in float: eighths in (-2, 2); integers in [-9, 9].
inline void fill(const Node& n, int index, int count, int capacity, void* to) {
    const long filled = extents_in_run(n.dims, count, capacity).size();
    std::uint64_t state = 0x9E3779B97F4A7C15u * static_cast<unsigned>(index + 1);
    for (long i = 0; i < filled; ++i) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        const int r = static_cast<int>(state >> 40) % 31 - 15;
        if (n.type == DType::f32) static_cast<float*>(to)[i] = static_cast<float>(r) / 8;
        if (n.type == DType::f64) static_cast<double*>(to)[i] = r / 8.0;
        if (n.type == DType::i32) static_cast<std::int32_t*>(to)[i] = r * 9 / 15;
        if (n.type == DType::boolean) static_cast<bool*>(to)[i] = r % 3 == 0;
    }
}

/// Runs of one task, alike but for the threads.
class Trial {
  public:
    Trial(const Task& task, int count, double most) : task_(task), count_(count), most_(most) {
        for (int i = 0; i < task_.graph.nodes; ++i)
            if (task_.graph.node[i].kind == Kind::leaf) give(task_.graph.node[i]);
        for (int s = 0; s < task_.graph.sinks; ++s) out_.push_back(memory(bytes_of(task_.graph.node[task_.graph.sink[s].node]), huge));
        arena_ = memory(task_.arena, not_a_number);
        wanted_ = interpret_graph(task_.graph, task_.calls, task_.capacity, reference_);
    }
    /// Empty, or what is wrong.
    std::string run() {
        static Pool two(2), three(3), five(5);
        std::vector<std::vector<char>> first;
        for (Pool* pool : {static_cast<Pool*>(nullptr), &two, &three, &five}) {
            if (!on_host && pool != nullptr) break;
            for (auto& m : out_) m->wipe();
            arena_->wipe();
            const std::string on = " with " + std::to_string(pool == nullptr ? 1 : pool->threads()) + " threads";
            for (int times : {1, 4}) {  // on what the first run left behind, with all threads awake
                many(pool, on_host ? times : times / 2 + 1);
                for (std::size_t s = 0; s < out_.size(); ++s) {
                    const std::string wrong = fault(static_cast<int>(s));
                    if (wrong != "") return wrong + on;
                    std::vector<char> bytes(out_[s]->at, out_[s]->at + out_[s]->bytes);
                    if (first.size() == s) first.push_back(bytes);
                    if (bytes != first[s]) return "output " + std::to_string(s) + " has other bits" + on;
                }
                if (!arena_->intact()) return "the arena was left" + on;
                for (const auto& m : in_)
                    if (!m->intact()) return "an input's surroundings were written" + on;
            }
        }
        return "";
    }

  private:
    /// Bytes from an address that is aligned to 64 to the end of a page, as near as that allows, filled with one value.
    struct Memory {
        Guarded<char> all;
        long bytes;
        int filling;
        char* at;
        Memory(long n, int with) : all(static_cast<std::size_t>((n + 63) / 64 * 64)), bytes(n), filling(with), at(all.data()) { wipe(); }
        void wipe() { std::memset(at, filling, all.size()); }
        bool untouched_from(long first) const {
            for (const char* p = at + first; p < at + static_cast<long>(all.size()); ++p)
                if (*p != static_cast<char>(filling)) return false;
            return all.intact();
        }
        bool intact() const { return untouched_from(bytes); }
    };
    static constexpr int not_a_number = 0xff, huge = 0x5a;  // in floats; computing on NaNs would write the former
    static std::unique_ptr<Memory> memory(long bytes, int filling) { return std::make_unique<Memory>(bytes, filling); }

    void give(const Node& n) {
        const int index = n.attributes.value[1];
        in_.push_back(memory(bytes_of(n), not_a_number));
        fill(n, index, count_, task_.capacity, in_.back()->at);
        reference_.input[index] = bindings_.input[index] = in_.back()->at;
        reference_.count = count_;
        reference_.seed = 11, reference_.step = 5;
    }
    void many(Pool* pool, int times) {
        Run r{count_, 11, 5, pool};
        for (std::size_t s = 0; s < out_.size(); ++s) bindings_.output[s] = out_[s]->at;
        bindings_.region[static_cast<int>(Region::arena)] = arena_->at;
        task_.run(r, bindings_, times);
    }
    std::string fault(int s) const {
        const Node& n = task_.graph.node[task_.graph.sink[s].node];
        const Value& w = wanted_[static_cast<std::size_t>(task_.graph.sink[s].node)];
        const Memory& m = *out_[static_cast<std::size_t>(s)];
        const std::string of = "output " + std::to_string(s);
        for (long i = 0; i < w.dims.size(); ++i) {
            const double is = element(m.at, n.type, i), off = std::abs(is - w[i]);
            if (!(off <= most_ * std::fmax(1, std::abs(w[i]))) && !(is == w[i]) && !(std::isnan(is) && std::isnan(w[i])))
                return of + " at " + std::to_string(i) + ": " + std::to_string(is) + ", not " + std::to_string(w[i]);
        }
        if (!m.untouched_from(w.dims.size() * size_of(n.type))) return of + " was written past the batch or its end";
        return "";
    }

    const Task& task_;
    int count_;
    double most_;
    std::vector<std::unique_ptr<Memory>> in_, out_;
    std::unique_ptr<Memory> arena_;
    Binding reference_;
    Bindings bindings_;
    std::vector<Value> wanted_;
};
inline std::string fault_of(const Task& task, int count, double most) { return Trial(task, count, most).run(); }

template <class T>
Task task_of() {
    using P = Program<T>;
    constexpr const auto& g = P::traced;
    Task t{};
    for (int i = 0; i < g.nodes; ++i) t.graph.node[i] = g.node[i];
    for (int i = 0; i < g.sinks; ++i) t.graph.sink[i] = g.sink[i];
    t.graph.nodes = g.nodes, t.graph.sinks = g.sinks;
    t.calls = Calls<typename T::List>::at;
    t.capacity = T::capacity, t.arena = P::plan.arena;
    t.run = &Runs<Here>::template run<P>;
    return t;
}
}  // namespace detail

/// Step S of the program of T.
template <class T, int S = 0>
using StepIn = typename Program<T>::template StepType<S>;
/// Runs the program of T for each of some batch counts, with 1, 2, 3 and 5 threads, again and again: right within `most` max(1, |x|) everywhere, the
/// same bits whatever the threads, and nothing else touched.
template <class T>
void check_program(double most = 0, std::initializer_list<int> counts = {T::capacity}) {
    const auto task = detail::task_of<T>();
    for (int count : counts) {
        CAPTURE(count);
        CHECK(detail::fault_of(task, count, most) == "");
    }
}

}  // namespace strata::test
