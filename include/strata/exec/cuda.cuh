// SPDX-License-Identifier: BSL-1.0
/// Running a program on a device: the steps of the host's table, launched in order on a stream of its own.
#pragma once

#include <strata/device/cuda.cuh>
#include <strata/exec/host.hpp>
#include <strata/kernel/cuda/contract.cuh>
#include <strata/kernel/cuda/convolution.cuh>
#include <strata/kernel/cuda/loop.cuh>
#include <strata/kernel/cuda/scatter.cuh>
#include <strata/kernel/cuda/window.cuh>
#ifdef STRATA_CUBLAS
#include <strata/kernel/cuda/cublas.cuh>
#endif

namespace strata {

namespace cuda {
/// The family of a step.
template <class Step>
struct KernelFor;
template <class R, class N, class O, class A>
struct KernelFor<LoopStep<R, N, O, A>> : Loop<LoopStep<R, N, O, A>> {};
template <class R, class F, int B, int M, int N, int K, int Bd, int U, long AB, long AM, long AK, long BB, long BK, long BN, bool S, class O, class A, class BO, class BA>
struct KernelFor<ContractStep<R, F, B, M, N, K, Bd, U, AB, AM, AK, BB, BK, BN, S, O, A, BO, BA>> : Contract<ContractStep<R, F, B, M, N, K, Bd, U, AB, AM, AK, BB, BK, BN, S, O, A, BO, BA>> {};
#ifdef STRATA_CUBLAS
template <class R, class F, int B, int M, int N, int K, int Bd, int U, long AB, long AM, long AK, long BB, long BK, long BN, bool S, class O, class A, class BO, class BA>
    requires ByCublas<ContractStep<R, F, B, M, N, K, Bd, U, AB, AM, AK, BB, BK, BN, S, O, A, BO, BA>>::fits
struct KernelFor<ContractStep<R, F, B, M, N, K, Bd, U, AB, AM, AK, BB, BK, BN, S, O, A, BO, BA>> : ByCublas<ContractStep<R, F, B, M, N, K, Bd, U, AB, AM, AK, BB, BK, BN, S, O, A, BO, BA>> {};
#endif
template <class R, Convolve Role, int Cap, int U, bool BI, int C, int H, int W, int F, int KH, int KW, int SY, int SX, int PY, int PX, int DY, int DX, int G, class O, class A>
struct KernelFor<ConvolutionStep<R, Role, Cap, U, BI, C, H, W, F, KH, KW, SY, SX, PY, PX, DY, DX, G, O, A>>
    : Convolve2d<ConvolutionStep<R, Role, Cap, U, BI, C, H, W, F, KH, KW, SY, SX, PY, PX, DY, DX, G, O, A>> {};
template <class R, Fold F, bool Gr, int Cap, int U, bool BI, int C, int H, int W, int KY, int KX, int SY, int SX, int PY, int PX, class O, class A>
struct KernelFor<WindowStep<R, F, Gr, Cap, U, BI, C, H, W, KY, KX, SY, SX, PY, PX, O, A>> : Pool2d<WindowStep<R, F, Gr, Cap, U, BI, C, H, W, KY, KX, SY, SX, PY, PX, O, A>> {};
template <DType T, DType I, int B, int R, int C, int N, int Bd, int U>
struct KernelFor<ScatterStep<T, I, B, R, C, N, Bd, U>> : Scatter<ScatterStep<T, I, B, R, C, N, Bd, U>> {};
}  // namespace cuda

template <class Real>
struct PolicyOn<Cuda, Real> {
    static constexpr Policy value = [] {
        Policy p;
        p.lanes = 32;
        p.batch_innermost = false;
        p.narrow_factors = true;
        return p;
    }();
};

/// A program with the memory that it needs beside the arrays that it is given. Its launches are recorded when it is run for the second time on the
/// same arrays, and replayed from then on: count, seed, step and scalars are read from the device's memory.
/// Steps that are given to cuBLASLt (STRATA_CUBLAS) are recorded for one count; another is recorded anew.
template <class P>
class CudaProgram {
  public:
    CudaProgram() : facts_(1), arena_(P::plan.arena, cuda::Unset{}), scalars_(scalars), workspace_(workspace, cuda::Unset{}), tickets_(tickets) {}

    /// Puts all steps into the stream.   Needs: scalars in the host's memory, all other arrays but the arena in the device's.   Throws CudaError.
    void run(const Run& r, Bindings b) {
        const cuda::Facts facts{r.count, r.seed, r.step};
        const cudaStream_t s = stream_.get();
        cuda::check(cudaMemcpyAsync(facts_.data(), &facts, sizeof facts, cudaMemcpyHostToDevice, s), "cudaMemcpyAsync");
        auto& scalar = b.region[static_cast<int>(Region::scalar)];
        if (scalars > 0) cuda::check(cudaMemcpyAsync(scalars_.data(), scalar, scalars * sizeof(typename P::Real), cudaMemcpyHostToDevice, s), "cudaMemcpyAsync");
        scalar = scalars_.data();
        b.region[static_cast<int>(Region::arena)] = arena_.data();
        const bool again = runs_ > 0 && b == bound_ && (library < 2 || r.count == count_);
        count_ = r.count;
        if (!again) {
            recording_.clear();
            bound_ = b;
            runs_ = 0;
        }
        if (runs_ == 1) recording_.record(stream_, [&] { launch(b); });
        if (recording_)
            recording_.launch(stream_);
        else
            launch(b);
        if (runs_ < 2) ++runs_;
    }
    /// Puts the steps of the last run into the stream once more, launch by launch, with that run's count and numbers. Can be recorded.   Needs: a run before.
    void again() { launch(bound_); }
    const cuda::Stream& stream() const { return stream_; }

  private:
    /// Launches every step in order, loops in their turns.
    void launch(const Bindings& b) {
        const cuda::Launch launch{stream_.get(), facts_.data(), workspace_.data(), tickets_.data(), count_, library_.get()};
        for (int i = 0; i < P::stretches.count; ++i) {
            const Stretch& stretch = P::stretches.at[i];
            for (int turn = 0; turn < stretch.turns; ++turn)
                for (int k = stretch.first; k < stretch.end; ++k) {
                    const Entry& e = table[k];
                    void* base[most_addresses];
                    for (int a = 0; a < e.count; ++a) base[a] = resolved(e.at[a], b, stretch.reverse ? stretch.turns - 1 - turn : turn);
                    e.launch(launch, base);
                }
        }
    }
    static constexpr int most_addresses = 2 * max_operands + 4;
    static constexpr long count_scalars() {
        long n = 0;
        for (int i = 0; i < P::graph.nodes; ++i)
            if (const Node& x = P::graph.node[i]; x.kind == Kind::leaf && static_cast<Region>(x.attributes.value[0]) == Region::scalar && x.attributes.value[1] >= n) n = x.attributes.value[1] + 1;
        return n;
    }
    static constexpr long scalars = count_scalars();

    struct Entry {
        void (*launch)(const cuda::Launch&, void* const*);
        const Address* at;
        int count;
        long workspace;
        int tickets;
    };
    template <int S>
    using AddressesOf = Addresses<P, S - S % detail::steps_at_once>;
    template <int S>
    using KernelOf = cuda::KernelFor<typename P::template StepType<S>>;
    template <class I>
    struct Table;
    template <int... S>
    struct Table<std::integer_sequence<int, S...>> {
        static constexpr Entry entry[sizeof...(S) == 0 ? 1 : sizeof...(S)] = {
            Entry{&KernelOf<S>::launch, AddressesOf<S>::list.at[S % detail::steps_at_once], AddressesOf<S>::list.count[S % detail::steps_at_once], KernelOf<S>::workspace, KernelOf<S>::tickets}...};
    };
    static constexpr const auto& table = Table<std::make_integer_sequence<int, P::kernels>>::entry;
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
    static constexpr int library = most_library(std::make_integer_sequence<int, P::kernels>{});
    struct NoLibrary {
        static cublasLtContext* get() { return nullptr; }
    };
#ifdef STRATA_CUBLAS
    using Library = std::conditional_t<(library > 0), cuda::CublasLt, NoLibrary>;
#else
    using Library = NoLibrary;
#endif
    static constexpr long workspace = most_workspace();
    static constexpr int tickets = most_tickets();

    cuda::Stream stream_;
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
};

/// Inputs and outputs may be the host's arrays or the device's; parameters, states, gradients and moments are the device's, scalars the host's.
template <class P>
class Runner<Cuda, P> {
  public:
    explicit Runner(Pool* = nullptr) : staging_(places.bytes, cuda::Unset{}) {}

    /// Runs all steps and waits for them; outputs are in place then.   Throws CudaError.
    void run(const Run& r, const Bindings& b) {
        const cudaStream_t s = program_.stream().get();
        Bindings on = b;
        for (int i = 0; i < places.count; ++i) {
            const Port& p = places.at[i];
            char* here = staging_.data() + p.offset;
            if (p.output) {
                on.output[p.index] = here;
            } else {
                cuda::check(cudaMemcpyAsync(here, b.input[p.index], p.in_run(r.count), cudaMemcpyDefault, s), "cudaMemcpyAsync");
                on.input[p.index] = here;
            }
        }
        program_.run(r, on);
        for (int i = 0; i < places.count; ++i)
            if (const Port& p = places.at[i]; p.output && b.output[p.index] != nullptr)
                cuda::check(cudaMemcpyAsync(b.output[p.index], staging_.data() + p.offset, p.in_run(r.count), cudaMemcpyDefault, s), "cudaMemcpyAsync");
        program_.stream().wait();
    }

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

    CudaProgram<P> program_;
    cuda::Memory<char> staging_;
};

}  // namespace strata
