// SPDX-License-Identifier: BSL-1.0
/// Running a program on the host: a table of kernels and a loop over it.
#pragma once

#include <strata/device/buffer.hpp>
#include <strata/device/place.hpp>
#include <strata/exec/program.hpp>
#include <strata/kernel/host/contract.hpp>
#include <strata/kernel/host/loop.hpp>
#include <strata/kernel/host/scatter.hpp>
#include <strata/kernel/host/slide.hpp>

namespace strata {

namespace host {
template <class Step>
struct KernelFor : Slide<Step> {};
template <class R, class N, class O, class A>
struct KernelFor<LoopStep<R, N, O, A>> : Loop<LoopStep<R, N, O, A>> {};
template <class R, class F, int B, int M, int N, int K, int Bd, int U, long AB, long AM, long AK, long BB, long BK, long BN, bool S, class O, class A, class BO, class BA>
struct KernelFor<ContractStep<R, F, B, M, N, K, Bd, U, AB, AM, AK, BB, BK, BN, S, O, A, BO, BA>>
    : Contract<ContractStep<R, F, B, M, N, K, Bd, U, AB, AM, AK, BB, BK, BN, S, O, A, BO, BA>> {};
template <DType T, DType I, int B, int M, int N, int K, int Bd, int U>
struct KernelFor<ScatterStep<T, I, B, M, N, K, Bd, U>> : Scatter<ScatterStep<T, I, B, M, N, K, Bd, U>> {};
template <class Kernel>
inline constexpr long workspace_of = 0;
template <class Kernel>
    requires(Kernel::workspace >= 0)
inline constexpr long workspace_of<Kernel> = Kernel::workspace;
}  // namespace host

template <class P>
class HostProgram {
  public:
    static constexpr int kernels = P::kernels;
    static constexpr long arena_bytes = P::plan.arena;
    /// What Run::workspace has to hold, the same for all steps.
    static constexpr long workspace_bytes() {
        long most = 0;
        for (const Entry& e : table) most = e.workspace > most ? e.workspace : most;
        return most;
    }

    /// Runs every step in order.   Needs: all arrays that the program reads or writes bound, 64-byte aligned, and the workspace.
    static void run(const Run& r, const Bindings& b) noexcept {
        for (int i = 0; i < P::stretches.count; ++i) {
            const Stretch& s = P::stretches.at[i];
            for (int turn = 0; turn < s.turns; ++turn)
                for (int k = s.first; k < s.end; ++k) run_step(k, r, b, s.reverse ? s.turns - 1 - turn : turn);
        }
    }
    /// Runs step `s` alone, for tools that time or check steps.   `turn`: of the loop that it is in, if any.
    static void run_step(int s, const Run& r, const Bindings& b, int turn = 0) noexcept {
        const Entry& e = table[s];
        void* base[most_addresses];
        for (int i = 0; i < e.count; ++i) base[i] = resolved(e.at[i], b, turn);
        e.run(r, base);
    }

  private:
    static constexpr int most_addresses = 2 * max_operands + 4;
    struct Entry {
        void (*run)(const Run&, void* const*) noexcept;
        const Address* at;
        int count;
        long workspace;
    };
    template <int S>
    using AddressesOf = Addresses<P, S - S % detail::steps_at_once>;
    template <class I>
    struct Table;
    template <int... S>
    struct Table<std::integer_sequence<int, S...>> {
        static constexpr Entry entry[sizeof...(S) == 0 ? 1 : sizeof...(S)] = {
            Entry{&host::KernelFor<typename P::template StepType<S>>::run, AddressesOf<S>::list.at[S % detail::steps_at_once],
                  AddressesOf<S>::list.count[S % detail::steps_at_once], host::workspace_of<host::KernelFor<typename P::template StepType<S>>>}...};
    };
    static constexpr const auto& table = Table<std::make_integer_sequence<int, P::kernels>>::entry;
};

template <class Real>
struct PolicyOn<Host, Real> {
    static constexpr Policy value = [] {
        Policy p;
        p.lanes = host::width<Real>;
        return p;
    }();
};

template <class P>
class Runner<Host, P> {
  public:
    explicit Runner(Pool* pool = nullptr, Host = {}) : pool_(pool), arena_(P::plan.arena), workspace_(HostProgram<P>::workspace_bytes()) {}

    /// Needs: all arrays bound but the arena.
    void run(Run r, Bindings b) noexcept {
        r.pool = pool_;
        r.workspace = workspace_.data();
        b.region[static_cast<int>(Region::arena)] = arena_.data();
        HostProgram<P>::run(r, b);
    }
    /// For places that go on by themselves: the same as run here, and nothing to wait for.
    void start(const Run& r, const Bindings& b) noexcept { run(r, b); }
    void finish() noexcept {}

  private:
    Pool* pool_;
    Buffer<char> arena_, workspace_;
};

}  // namespace strata
