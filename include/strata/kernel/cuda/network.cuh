// SPDX-License-Identifier: BSL-1.0
/// Several steps as one launch, as plan/launch.hpp says.
/// Launch: `Through`: a block takes some samples through all steps, one after the other; what no one else reads stays in its memory.
/// `Beside`: the grids of steps that do not need each other, one after the other as one grid.   Needs: steps joined by that pass.
/// Bound: Through latency, of few blocks with narrow steps; Beside that of the steps.   Traffic: Through reads what comes from outside
/// once a block and writes what others read; Beside that of the steps.
#pragma once

#include <type_traits>

#include <strata/kernel/cuda/block_loop.cuh>
#include <strata/kernel/cuda/block_product.cuh>
#include <strata/kernel/cuda/family.cuh>

namespace strata::cuda {

/// A step over the samples of one block.
template <class Step>
struct BlockStep;
template <class R, class N, class O, class A>
struct BlockStep<LoopStep<R, N, O, A>> : BlockLoop<LoopStep<R, N, O, A>> {
    static constexpr int scratch_bytes = 0;
};
template <class R, class F, int B, int M, int N, int K, int Bd, int U, long AB, long AM, long AK, long BB, long BK, long BN, bool S, class O, class A, class BO, class BA>
struct BlockStep<ContractStep<R, F, B, M, N, K, Bd, U, AB, AM, AK, BB, BK, BN, S, O, A, BO, BA>> : BlockProduct<ContractStep<R, F, B, M, N, K, Bd, U, AB, AM, AK, BB, BK, BN, S, O, A, BO, BA>> {};

/// Numbers of several steps, added up.
template <class Of, class... Steps>
struct Totals {
    static constexpr int count = sizeof...(Steps);
    /// Of the steps before number `step`.
    static constexpr long before(int step) {
        const long each[] = {Of::template of<Steps>...};
        long n = 0;
        for (int i = 0; i < step; ++i) n += each[i];
        return n;
    }
    static constexpr long most() {
        const long each[] = {Of::template of<Steps>...};
        long n = 0;
        for (long e : each) n = e > n ? e : n;
        return n;
    }
    static constexpr long all = before(count);
    template <int Step>
    static constexpr long first = before(Step);
};
template <template <class> class Kernel>
struct OperandsOf {
    template <class Step>
    static constexpr long of = Kernel<Step>::operands;
};

// --- samples through steps -----------------------------------------------------------------------------------------------------------

/// Addresses of several steps. Where `sample` is not 0, an operand lies in the block's memory, so many bytes a sample, from byte `at` on.
template <int N>
struct BlockBases {
    void* at[N];
    int sample[N];
};
struct PartialOf {
    template <class Step>
    static constexpr long of = BlockStep<Step>::partial_bytes;
};
struct ScratchOf {
    template <class Step>
    static constexpr long of = BlockStep<Step>::scratch_bytes;
};
/// Steps through which each block takes Samples of at most Capacity samples, with `Kept` bytes of its memory for values.
template <int Capacity, int Samples, int Kept, class... Steps>
struct Through {
    using Operands = Totals<OperandsOf<BlockStep>, Steps...>;
    using Partials = Totals<PartialOf, Steps...>;
    static constexpr int operands = static_cast<int>(Operands::all), threads = 256, blocks = static_cast<int>(divided_up(Capacity, Samples));
    static constexpr int kept = static_cast<int>(divided_up(Kept, 16) * 16), bytes = static_cast<int>(kept + Totals<ScratchOf, Steps...>::most());
    static constexpr long workspace = blocks * Partials::all;
    static constexpr int tickets = Partials::all > 0 ? 1 : 0;

    template <class Step, int I>
    __device__ __forceinline__ static Bases<BlockStep<Step>::operands> bases(const BlockBases<operands>& all, char* memory, int first) {
        Bases<BlockStep<Step>::operands> own;
#pragma unroll
        for (int k = 0; k < BlockStep<Step>::operands; ++k) {
            constexpr int from = static_cast<int>(Operands::template first<I>);
            const int sample = all.sample[from + k];
            own.at[k] = sample == 0 ? all.at[from + k] : memory + (reinterpret_cast<long>(all.at[from + k]) - long{first} * sample);
        }
        return own;
    }
    template <class Step, int I>
    __device__ __forceinline__ static void step(const BlockBases<operands>& all, const Facts* facts, const Share& share, char* memory, char* partial) {
        if (I > 0) __syncthreads();
        BlockStep<Step>::run(bases<Step, I>(all, memory, share.first), facts, share, memory + kept, partial + Partials::template first<I>);
    }
    template <class Step, int I>
    __device__ __forceinline__ static void complete(const BlockBases<operands>& all, char* partials, int in_run) {
        BlockStep<Step>::complete(bases<Step, I>(all, nullptr, 0), partials + Partials::template first<I>, in_run, Partials::all);
    }
    template <int... I>
    __device__ __forceinline__ static void run(const BlockBases<operands>& all, const Facts* facts, char* workspace, unsigned* ticket, std::integer_sequence<int, I...>) {
        const int first = static_cast<int>(blockIdx.x) * Samples, left = facts->count - first, in_run = (facts->count + Samples - 1) / Samples;
        if (left <= 0) return;
        const Share share{blockIdx.x, 0, 0, gridDim.x, first, left < Samples ? left : Samples};
        (step<Steps, I>(all, facts, share, block_memory(), workspace + blockIdx.x * Partials::all), ...);
        if constexpr (Partials::all > 0)
            if (last_of(ticket, static_cast<unsigned>(in_run))) (complete<Steps, I>(all, workspace, in_run), ...);
    }
    static void launch(const Launch& l, void* const* base, const int* sample);
};
/// Bytes: of shared memory at the launch, as for contract_kernel.
// Blocks are few: without the 1 ptxas spills registers to make room for more of them.
template <class T, int Bytes>
__global__ void __launch_bounds__(256, 1) through_kernel(const __grid_constant__ BlockBases<T::operands> bases, const Facts* facts, char* workspace, unsigned* ticket) {
    T::run(bases, facts, workspace, ticket, std::make_integer_sequence<int, T::Operands::count>{});
}
template <int Capacity, int Samples, int Kept, class... Steps>
void Through<Capacity, Samples, Kept, Steps...>::launch(const Launch& l, void* const* base, const int* sample) {
    using T = Through<Capacity, Samples, Kept, Steps...>;
    BlockBases<operands> b{};
    for (int i = 0; i < operands; ++i) b.at[i] = base[i], b.sample[i] = sample[i];
    grant(&through_kernel<T, bytes>, bytes);
    through_kernel<T, bytes><<<blocks, threads, bytes, l.stream>>>(b, l.facts, l.workspace, l.tickets);
    launched();
}

// --- steps side by side ------------------------------------------------------------------------------------------------------------

struct BlocksOf {
    template <class Step>
    static constexpr long of = long{Family<Step>::grid().x} * Family<Step>::grid().y * Family<Step>::grid().z;
};
struct ThreadsOf {
    template <class Step>
    static constexpr long of = Family<Step>::threads;
};
struct SharedOf {
    template <class Step>
    static constexpr long of = Family<Step>::bytes;
};
struct WorkspaceOf {
    template <class Step>
    static constexpr long of = divided_up(Family<Step>::workspace, 256) * 256;
};
struct TicketsOf {
    template <class Step>
    static constexpr long of = Family<Step>::tickets;
};
/// Steps whose blocks run beside each other. Equal steps share their code.
template <class... Steps>
struct Beside {
    using Operands = Totals<OperandsOf<Family>, Steps...>;
    using Blocks = Totals<BlocksOf, Steps...>;
    using Workspace = Totals<WorkspaceOf, Steps...>;
    using Tickets = Totals<TicketsOf, Steps...>;
    static constexpr int operands = static_cast<int>(Operands::all), threads = static_cast<int>(Totals<ThreadsOf, Steps...>::most()), bytes = static_cast<int>(Totals<SharedOf, Steps...>::most());
    static constexpr int blocks = static_cast<int>(Blocks::all);
    static constexpr long workspace = Workspace::all;
    static constexpr int tickets = static_cast<int>(Tickets::all);

    /// Number of the first step of that type.
    template <class Step>
    static constexpr int kind = [] {
        const bool same[] = {std::is_same_v<Step, Steps>...};
        int i = 0;
        while (!same[i]) ++i;
        return i;
    }();
    template <class Step>
    static constexpr unsigned across = Family<Step>::grid().x;
    template <class Step>
    static constexpr unsigned down = Family<Step>::grid().y;
    /// What a block has to know of its step.
    struct Turn {
        int kind;
        unsigned block, operands, tickets;
        long workspace;
    };
    template <class Step, int I>
    __device__ __forceinline__ static void find(Turn& turn) {
        if (static_cast<int>(blockIdx.x) >= static_cast<int>(Blocks::template first<I>))
            turn = Turn{kind<Step>, blockIdx.x - static_cast<unsigned>(Blocks::template first<I>), static_cast<unsigned>(Operands::template first<I>), static_cast<unsigned>(Tickets::template first<I>),
                        Workspace::template first<I>};
    }
    template <class Step, int I>
    __device__ __forceinline__ static void step(const Bases<operands>& all, const Facts* facts, char* workspace, unsigned* tickets_of, const Turn& turn) {
        if constexpr (kind<Step> == I) {
            using K = Family<Step>;
            if (turn.kind != I || (K::threads < threads && static_cast<int>(threadIdx.x) >= K::threads)) return;
            Bases<K::operands> own;
#pragma unroll
            for (int k = 0; k < K::operands; ++k) own.at[k] = all.at[turn.operands + k];
            const Share share{turn.block % across<Step>, turn.block / across<Step> % down<Step>, turn.block / across<Step> / down<Step>, across<Step>, 0, facts->count};
            K::run(own, facts, workspace + turn.workspace, tickets_of + turn.tickets, share);
        }
    }
    template <int... I>
    __device__ __forceinline__ static void run(const Bases<operands>& all, const Facts* facts, char* workspace, unsigned* tickets_of, std::integer_sequence<int, I...>) {
        Turn turn{};
        (find<Steps, I>(turn), ...);
        (step<Steps, I>(all, facts, workspace, tickets_of, turn), ...);
    }
    static void launch(const Launch& l, void* const* base, const int*);
    /// As the step's own launch does.
    template <class Step>
    static void check_one(void* const* base) {
        if constexpr (requires { Family<Step>::check(base); }) Family<Step>::check(base);
    }
    template <int... I>
    static void check_all(void* const* base, std::integer_sequence<int, I...>) {
        (check_one<Steps>(base + Operands::template first<I>), ...);
    }
};
// Without the 1 ptxas makes room for more blocks than these steps, unlike each other, leave it registers for, and spills.
template <class T, int Bytes>
__global__ void __launch_bounds__(T::threads, 1) beside_kernel(const __grid_constant__ Bases<T::operands> bases, const Facts* facts, char* workspace, unsigned* tickets) {
    T::run(bases, facts, workspace, tickets, std::make_integer_sequence<int, T::Operands::count>{});
}
template <class... Steps>
void Beside<Steps...>::launch(const Launch& l, void* const* base, const int*) {
    check_all(base, std::make_integer_sequence<int, sizeof...(Steps)>{});
    Bases<operands> b{};
    for (int i = 0; i < operands; ++i) b.at[i] = base[i];
    grant(&beside_kernel<Beside, bytes>, bytes);
    beside_kernel<Beside, bytes><<<blocks, threads, bytes, l.stream>>>(b, l.facts, l.workspace, l.tickets);
    launched();
}

/// One step alone.
template <class Step>
struct Alone : KernelFor<Step> {
    static void launch(const Launch& l, void* const* base, const int*) { KernelFor<Step>::launch(l, base); }
};

}  // namespace strata::cuda
