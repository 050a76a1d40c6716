// SPDX-License-Identifier: BSL-1.0
/// Running a program on a device: the steps of the host's table, several of them a launch where the plan says so, in order on a stream of its own, after
/// what a user has put into the default stream.
#pragma once

#include <cstring>
#include <memory>

#include <strata/device/cuda.cuh>
#include <strata/exec/host.hpp>
#include <strata/kernel/cuda/network.cuh>

namespace strata {

template <class Real>
struct PolicyOn<Cuda, Real> {
    static constexpr Policy value = [] {
        Policy p;
        p.lanes = 32;
        p.batch_innermost = false;
        p.narrow = 128;
        p.beside = true;
        p.narrow_factors = true;
        p.after_weights = true;
        p.has_tf32 = true;
        return p;
    }();
};

/// A program with the memory that it needs beside the arrays that it is given. Its launches are recorded when it is run for the second time on the
/// same arrays, and replayed from then on: count, seed, step and scalars are read from the device's memory.
/// Steps that are given to cuBLASLt (STRATA_CUBLAS) are recorded for one count; another is recorded anew.
template <class P>
class CudaProgram {
  public:
    explicit CudaProgram(Cuda at = {})
        : at_(cuda::resolved(at)), library_(at_), facts_(1, at_), arena_(P::plan.arena, cuda::Unset{}, at_), scalars_(scalars, at_), workspace_(workspace, cuda::Unset{}, at_), tickets_(tickets, at_),
          stream_(at_, cudaStreamDefault) {}

    /// Puts all steps into the stream.   Needs: scalars in the host's memory, all other arrays but the arena in the device's.   Throws CudaError,
    /// too where an array is in the memory of another device.
    void run(const Run& r, const Bindings& b) {
        const cuda::Facts facts{r.count, r.seed, r.step};
        run(facts, b);
    }
    /// The same.   Needs: facts and scalars as they are until the stream has read them, if they are page-locked.
    void run(const cuda::Facts& facts, Bindings b) {
        const cuda::Guard guard(at_);
        const cudaStream_t s = stream_.get();
        cuda::check(cudaMemcpyAsync(facts_.data(), &facts, sizeof facts, cudaMemcpyHostToDevice, s), "cudaMemcpyAsync");
        auto& scalar = b.region[static_cast<int>(Region::scalar)];
        if (scalars > 0) cuda::check(cudaMemcpyAsync(scalars_.data(), scalar, scalars * sizeof(typename P::Real), cudaMemcpyHostToDevice, s), "cudaMemcpyAsync");
        scalar = scalars_.data();
        b.region[static_cast<int>(Region::arena)] = arena_.data();
        const bool again = runs_ > 0 && b == bound_ && (library < 2 || facts.count == count_);
        count_ = facts.count;
        if (!again) {
            check_devices(b);
            recording_.clear();
            bound_ = b;
            runs_ = 0;
        }
        if (runs_ == 1) {  // apart from the default stream, which could not be used by another thread meanwhile
            const cuda::Stream apart(at_);
            recording_.record(apart, [&] { launch(b, apart.get()); });
        }
        if (recording_)
            recording_.launch(stream_);
        else
            launch(b, s);
        if (runs_ < 2) ++runs_;
    }
    /// Puts the steps of the last run into the stream once more, launch by launch, with that run's count and numbers. Can be recorded.   Needs: a run before.
    void again() { launch(bound_, stream_.get()); }
    const cuda::Stream& stream() const { return stream_; }
    /// Kernels launched in a run, as they were recorded; 0 before the second run.
    long launched() const { return recording_.nodes(); }
    Cuda place() const { return at_; }

  private:
    void check_devices(const Bindings& b) const {
        for (const Region r : {Region::parameter, Region::state, Region::gradient, Region::moment}) cuda::check_device(b.region[static_cast<int>(r)], at_, "a model or training step");
        for (const void* x : b.input) cuda::check_device(x, at_, "a tensor");
        for (const void* y : b.output) cuda::check_device(y, at_, "a tensor");
    }
    /// Launches everything in order, loops in their turns.
    void launch(const Bindings& b, cudaStream_t stream) {
        const cuda::Launch launch{stream, facts_.data(), workspace_.data(), tickets_.data(), count_, library_.get()};
        for (int first = 0, end = 0; first < P::plan.launches; first = end) {
            const Segment& segment = segment_of(first);
            while (end < P::plan.launches && &segment_of(end) == &segment) ++end;
            const int turns = segment.turns == 0 ? 1 : segment.turns;
            for (int turn = 0; turn < turns; ++turn)
                for (int k = first; k < end; ++k) launch_one(launch, k, b, segment.reverse ? turns - 1 - turn : turn);
        }
    }
    static const Segment& segment_of(int launch) { return P::graph.segment[P::plan.group[P::plan.launch[launch].first].segment]; }
    static void launch_one(const cuda::Launch& launch, int k, const Bindings& b, int turn) {
        void* base[most_addresses];
        int sample[most_addresses], n = 0;
        for (int s = P::plan.launch[k].first; s < P::plan.launch[k].end; ++s)
            for (int i = 0; i < steps[s].count; ++i, ++n) {
                const Address& a = steps[s].at[i];
                const bool kept = !a.stream && a.region == Region::block;
                sample[n] = kept ? a.index : 0;
                base[n] = kept ? reinterpret_cast<void*>(a.offset) : resolved(a, b, turn);
            }
        table[k].launch(launch, base, sample);
    }
    static constexpr long count_scalars() {
        long n = 0;
        for (int i = 0; i < P::graph.nodes; ++i)
            if (const Node& x = P::graph.node[i]; x.kind == Kind::leaf && static_cast<Region>(x.attributes.value[0]) == Region::scalar && x.attributes.value[1] >= n) n = x.attributes.value[1] + 1;
        return n;
    }

  public:
    static constexpr long scalars = count_scalars();

  private:
    /// Where a step's operands are.
    struct Operands {
        const Address* at;
        int count;
    };
    template <int S>
    using AddressesOf = Addresses<P, S - S % detail::steps_at_once>;
    template <class I>
    struct Steps;
    template <int... S>
    struct Steps<std::integer_sequence<int, S...>> {
        static constexpr Operands each[sizeof...(S) == 0 ? 1 : sizeof...(S)] = {Operands{AddressesOf<S>::list.at[S % detail::steps_at_once], AddressesOf<S>::list.count[S % detail::steps_at_once]}...};
    };
    static constexpr const auto& steps = Steps<std::make_integer_sequence<int, P::kernels>>::each;
    static constexpr int most_addresses = [] {
        int most = 1;
        for (int k = 0; k < P::plan.launches; ++k) {
            int n = 0;
            for (int s = P::plan.launch[k].first; s < P::plan.launch[k].end; ++s) n += steps[s].count;
            most = n > most ? n : most;
        }
        return most;
    }();

    struct Entry {
        void (*launch)(const cuda::Launch&, void* const*, const int*);
        long workspace;
        int tickets;
    };
    template <int L, class I, LaunchKind Join = P::plan.launch[L].join>
    struct Joined;
    template <int L, int... I>
    struct Joined<L, std::integer_sequence<int, I...>, LaunchKind::alone> {
        using type = cuda::Alone<typename P::template StepType<P::plan.launch[L].first>>;
    };
    template <int L, int... I>
    struct Joined<L, std::integer_sequence<int, I...>, LaunchKind::samples> {
        using type = cuda::Through<P::capacity, P::plan.launch[L].samples, static_cast<int>(P::plan.launch[L].block), typename P::template StepType<P::plan.launch[L].first + I>...>;
    };
    template <int L, int... I>
    struct Joined<L, std::integer_sequence<int, I...>, LaunchKind::beside> {
        using type = cuda::Beside<typename P::template StepType<P::plan.launch[L].first + I>...>;
    };
    template <int L>
    using KernelOf = typename Joined<L, std::make_integer_sequence<int, P::plan.launch[L].end - P::plan.launch[L].first>>::type;
    template <class I>
    struct Table;
    template <int... L>
    struct Table<std::integer_sequence<int, L...>> {
        static constexpr Entry entry[sizeof...(L) == 0 ? 1 : sizeof...(L)] = {Entry{&KernelOf<L>::launch, KernelOf<L>::workspace, KernelOf<L>::tickets}...};
    };
    static constexpr const auto& table = Table<std::make_integer_sequence<int, P::plan.launches>>::entry;
    static constexpr long most_workspace() {
        long most = 0;
        for (const Entry& e : table) most = e.workspace > most ? e.workspace : most;
        return most;
    }
    static constexpr int most_tickets() {
        int most = 0;
        for (const Entry& e : table) most = e.tickets > most ? e.tickets : most;
        return most;
    }
    /// 0: all kernels are ours; 1: some steps are given to a library; 2: and what is launched for some of those depends on the count.
    template <class K>
    static constexpr int library_of() {
        if constexpr (requires { K::counts; })
            return K::counts ? 2 : 1;
        else
            return 0;
    }
    template <int... S>
    static constexpr int most_library(std::integer_sequence<int, S...>) {
        int most = 0;
        ((most = library_of<KernelOf<S>>() > most ? library_of<KernelOf<S>>() : most), ...);
        return most;
    }
    static constexpr int library = most_library(std::make_integer_sequence<int, P::plan.launches>{});
    struct NoLibrary {
        explicit NoLibrary(Cuda) {}
        static cublasLtContext* get() { return nullptr; }
    };
#ifdef STRATA_CUBLAS
    using Library = std::conditional_t<(library > 0), cuda::CublasLt, NoLibrary>;
#else
    using Library = NoLibrary;
#endif
    static constexpr long workspace = most_workspace();
    static constexpr int tickets = most_tickets();

    Cuda at_;
    cuda::Recording recording_;
    Bindings bound_;
    int runs_ = 0;  ///< on these arrays, up to 2
    int count_ = 0;
    Library library_;
    cuda::Memory<cuda::Facts> facts_;
    cuda::Memory<char> arena_;
    cuda::Memory<typename P::Real> scalars_;
    cuda::Memory<char> workspace_;
    cuda::Memory<unsigned> tickets_;
    cuda::Stream stream_;  ///< last: it waits for its work when it ends, before the memory goes
};

/// Inputs and outputs may be the host's arrays or the device's; parameters, states, gradients and moments are the device's, scalars the host's.
template <class P>
class Runner<Cuda, P> {
  public:
    explicit Runner(Pool* = nullptr, Cuda at = {}) : staging_(places.bytes, cuda::Unset{}, cuda::resolved(at)), program_(staging_.size() > 0 ? staging_.place() : cuda::resolved(at)) {}

    /// Runs all steps and waits for them; outputs are in place then.   Throws CudaError.
    void run(const Run& r, const Bindings& b) {
        const cuda::Guard guard(program_.place());
        Bindings on = staged(b);
        for (int i = 0; i < places.count; ++i)
            if (const Port& p = places.at[i]; !p.output) {
                cuda::check_device(b.input[p.index], program_.place(), "an input");
                cuda::check(cudaMemcpyAsync(staging_.data() + p.offset, b.input[p.index], p.in_run(r.count), cudaMemcpyDefault, program_.stream().get()), "cudaMemcpyAsync");
            }
        program_.run(r, on);
        give(r, b);
        program_.stream().wait();
    }
    /// Puts all steps behind those that were started before, and does not wait for them. The host's inputs and scalars are read before it returns and
    /// travel while earlier runs compute: up to two are on their way, the third waits for the first to arrive.
    /// Needs: until finish() has returned, inputs on the device as they are, and outputs there; those in pageable memory of the host make it wait.
    void start(const Run& r, const Bindings& b) {
        const cuda::Guard guard(program_.place());
        if (way_ == nullptr) way_ = std::make_unique<Way>(program_.place());
        make_room();
        Slot& slot = way_->slot[way_->next];
        way_->next = 1 - way_->next;
        const cuda::Stream& stream = program_.stream();
        Bindings on = staged(b);
        bool here[places.count + 1] = {};
        for (int i = 0; i < places.count; ++i) {
            const Port& p = places.at[i];
            if (p.output) continue;
            const std::size_t bytes = p.in_run(r.count);
            here[i] = cuda::check_device(b.input[p.index], program_.place(), "an input");
            if (here[i]) {
                cuda::check(cudaMemcpyAsync(staging_.data() + p.offset, b.input[p.index], bytes, cudaMemcpyDeviceToDevice, stream.get()), "cudaMemcpyAsync");
            } else {
                std::memcpy(slot.host.data() + p.offset, b.input[p.index], bytes);
                cuda::check(cudaMemcpyAsync(slot.device.data() + p.offset, slot.host.data() + p.offset, bytes, cudaMemcpyHostToDevice, way_->stream.get()), "cudaMemcpyAsync");
            }
        }
        way_->stream.mark(slot.sent);
        stream.wait_for(slot.sent);
        for (int i = 0; i < places.count; ++i)
            if (const Port& p = places.at[i]; !p.output && !here[i])
                cuda::check(cudaMemcpyAsync(staging_.data() + p.offset, slot.device.data() + p.offset, p.in_run(r.count), cudaMemcpyDeviceToDevice, stream.get()), "cudaMemcpyAsync");
        slot.facts[0] = cuda::Facts{r.count, r.seed, r.step};
        if (program_.scalars > 0) std::memcpy(slot.scalars.data(), b.region[static_cast<int>(Region::scalar)], static_cast<std::size_t>(slot.scalars.size()) * sizeof(typename P::Real));
        on.region[static_cast<int>(Region::scalar)] = slot.scalars.data();
        program_.run(slot.facts[0], on);
        give(r, b);
        stream.mark(slot.done);
    }
    /// Waits until at most one run is on its way; the outputs of those before it are in place then.
    void make_room() {
        if (way_ != nullptr) way_->slot[way_->next].done.wait();
    }
    /// Waits for all that was started; outputs are in place then.   Throws CudaError where some of it failed.
    void finish() {
        const cuda::Guard guard(program_.place());
        program_.stream().wait();
    }
    const CudaProgram<P>& program() const { return program_; }

  private:
    /// An array that comes from outside or goes there.
    struct Port {
        int index{};
        bool output{};
        long offset{}, bytes{};  ///< in the staging memory; at the capacity
        int of{};                ///< 0, or the capacity by which `bytes` is divided
        std::size_t in_run(int count) const { return static_cast<std::size_t>(of == 0 ? bytes : bytes / of * count); }
    };
    struct Ports {
        Port at[2 * Bindings::most]{};
        int count{};
        long bytes{};
        constexpr void enter(int index, bool output, const Node& n) {
            for (int i = 0; i < count; ++i)
                if (at[i].index == index && at[i].output == output) return;
            Port& p = at[count++];
            p.index = index;
            p.output = output;
            p.offset = bytes;
            p.bytes = n.dims.size() * size_of(n.type);
            p.of = n.dims.bounded() ? P::capacity : 0;
            bytes += detail::round_up(p.bytes, 256);
        }
    };
    static constexpr Ports ports() {
        Ports p;
        for (int i = 0; i < P::graph.nodes; ++i)
            if (const Node& n = P::graph.node[i]; n.kind == Kind::leaf && static_cast<Region>(n.attributes.value[0]) == Region::input) p.enter(n.attributes.value[1], false, n);
        for (int i = 0; i < P::graph.sinks; ++i)
            if (P::graph.sink[i].region == Region::output) p.enter(P::graph.sink[i].index, true, P::graph.node[P::graph.sink[i].node]);
        return p;
    }
    static constexpr Ports places = ports();

    Bindings staged(const Bindings& b) {
        Bindings on = b;
        for (int i = 0; i < places.count; ++i) {
            const Port& p = places.at[i];
            char* here = staging_.data() + p.offset;
            if (p.output)
                on.output[p.index] = here;
            else
                on.input[p.index] = here;
        }
        return on;
    }
    /// Copies what was computed to where it is wanted.
    void give(const Run& r, const Bindings& b) {
        for (int i = 0; i < places.count; ++i)
            if (const Port& p = places.at[i]; p.output && b.output[p.index] != nullptr) {
                cuda::check_device(b.output[p.index], program_.place(), "an output");
                cuda::check(cudaMemcpyAsync(b.output[p.index], staging_.data() + p.offset, p.in_run(r.count), cudaMemcpyDefault, program_.stream().get()), "cudaMemcpyAsync");
            }
    }

    /// Inputs of one run on their way to the device.
    struct Slot {
        explicit Slot(Cuda at) : host(places.bytes, at), facts(1, at), scalars(CudaProgram<P>::scalars, at), device(places.bytes, cuda::Unset{}, at), sent(at), done(at) {}
        cuda::Pinned<char> host;
        cuda::Pinned<cuda::Facts> facts;
        cuda::Pinned<typename P::Real> scalars;
        cuda::Memory<char> device;
        cuda::Event sent, done;
    };
    struct Way {
        explicit Way(Cuda at) : slot{Slot(at), Slot(at)}, stream(at) {}
        Slot slot[2];
        int next = 0;
        cuda::Stream stream;
    };
    std::unique_ptr<Way> way_;  ///< from the first start on
    cuda::Memory<char> staging_;
    CudaProgram<P> program_;  ///< last: it waits for its work when it ends, before the memory goes
};

}  // namespace strata
