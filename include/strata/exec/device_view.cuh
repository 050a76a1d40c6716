// SPDX-License-Identifier: BSL-1.0
/// Models called within a user's kernel: `auto f = model.device_view();` on the host, `y = f(x)` in any thread of a kernel that was given f.
/// The steps of the model's own program, planned for one sample and one lane, run one after the other in that thread.
#pragma once

#include <strata/device/cuda.cuh>
#include <strata/exec/view.hpp>
#include <strata/kernel/cuda/thread.cuh>

namespace strata {

/// One thread of a device: the place of programs that a kernel of the user's takes in.
struct Thread {};
template <class Real>
struct PolicyOn<Thread, Real> {
    static constexpr Policy value = [] {
        Policy p;
        p.lanes = 1;
        p.batch_innermost = false;
        return p;
    }();
};

/// Loops (maps, folds, sums, gathers) and products run in one thread.
template <class Step, bool Runs>
struct StepRunsInAThread {
    static_assert(Runs, "strata: a model called within a kernel has a step that one thread does not run: a convolution, a pool, a scatter or a random number (its type is named here); use a Session");
};

template <class M>
class ModelView<Cuda, M> {
    using Real = typename M::Real;
    using P = typename M::template PlanAt<Thread>;
    static constexpr int parameter_block = static_cast<int>(M::parameter_block()), state_block = static_cast<int>(M::state_block());

  public:
    using Input = Numbers<typename M::InputElement, M::Input::size>;
    using Output = Numbers<Real, M::Output::size>;
    /// Numbers that `shared` copies.
    static constexpr int block = parameter_block + state_block;

    ModelView(const Real* parameters, const Real* states) : parameters_(parameters), states_(states) {}

    /// One sample.   x: the model's Input -> its Output.   Cost: the calling thread does all of the work, so call it in many.
    __device__ Output operator()(const Input& x) const {
        [[maybe_unused]] constexpr ViewFitsAThread<P::plan.arena, 65536> fits{};
        Output y;
        alignas(16) char arena[P::plan.arena + 16];
        const Real scalars[] = {Real(1), Real(0)};
        const Arrays arrays{parameters_, states_, scalars, x.at, arena, y.at};
        all(arrays, std::make_integer_sequence<int, P::stretches.count>{});
        return y;
    }
    /// The same model with its numbers copied to `to`, memory that the block shares: `block` numbers, aligned to 16 bytes.
    /// All threads of the block have to call it.
    __device__ ModelView shared(Real* to) const {
        const unsigned rank = threadIdx.x + blockDim.x * (threadIdx.y + blockDim.y * threadIdx.z), threads = blockDim.x * blockDim.y * blockDim.z;
        for (unsigned i = rank; i < unsigned{block}; i += threads) to[i] = i < unsigned{parameter_block} ? parameters_[i] : states_[i - parameter_block];
        __syncthreads();
        ModelView copy(*this);
        copy.parameters_ = to;
        copy.states_ = to + parameter_block;
        return copy;
    }

  private:
    struct Arrays {
        const void *parameters, *states, *scalars, *input;
        void *arena, *output;
    };
    template <int S>
    struct At {
        using A = Addresses<P, S - S % detail::steps_at_once>;
        static constexpr int row = S % detail::steps_at_once, count = A::list.count[row];
        using Kernel = cuda::InThread<typename P::template StepType<S>>;
        using Fits = StepRunsInAThread<typename P::template StepType<S>, Kernel::runs>;
        template <int K>
        static constexpr Region region = A::list.at[row][K].region;
        template <int K>
        static constexpr long offset = A::list.at[row][K].offset;
        template <int K>
        static constexpr long stride = A::list.at[row][K].turn.stride;
        template <int K>
        static constexpr int places = A::list.at[row][K].turn.places;
        template <int K>
        static constexpr int phase = A::list.at[row][K].turn.phase;
        /// Whether all operands begin at multiples of 16 bytes.
        static constexpr bool aligned = [] {
            for (int k = 0; k < count; ++k)
                if (A::list.at[row][k].offset % 16 != 0 || A::list.at[row][k].turn.stride % 16 != 0 || A::list.at[row][k].region == Region::input || A::list.at[row][k].region == Region::output) return false;
            return true;
        }();
    };
    template <class A, int K>
    __device__ __forceinline__ static void* address(const Arrays& arrays, int turn) {
        constexpr Region region = A::template region<K>;
        const void* base = region == Region::parameter ? arrays.parameters
                           : region == Region::state   ? arrays.states
                           : region == Region::scalar  ? arrays.scalars
                           : region == Region::input   ? arrays.input
                           : region == Region::output  ? arrays.output
                                                       : arrays.arena;
        long offset = A::template offset<K>;
        if constexpr (A::template places<K> != 0) offset += (turn + A::template phase<K>) % A::template places<K> * A::template stride<K>;
        return static_cast<char*>(const_cast<void*>(base)) + offset;
    }
    template <class A, int... K>
    __device__ __forceinline__ static void step(const Arrays& arrays, int turn, std::integer_sequence<int, K...>) {
        [[maybe_unused]] constexpr typename A::Fits fits{};
        void* const base[] = {address<A, K>(arrays, turn)...};
        if constexpr (A::Kernel::runs) A::Kernel::template run<A::aligned>(base);
    }
    template <int First, int... S>
    __device__ __forceinline__ static void steps(const Arrays& arrays, int turn, std::integer_sequence<int, S...>) {
        (step<At<First + S>>(arrays, turn, std::make_integer_sequence<int, At<First + S>::count>{}), ...);
    }
    template <int I>
    __device__ __forceinline__ static void stretch(const Arrays& arrays) {
        constexpr int first = P::stretches.at[I].first, end = P::stretches.at[I].end, turns = P::stretches.at[I].turns;
        constexpr bool reverse = P::stretches.at[I].reverse;
        for (int turn = 0; turn < turns; ++turn) steps<first>(arrays, reverse ? turns - 1 - turn : turn, std::make_integer_sequence<int, end - first>{});
    }
    template <int... I>
    __device__ __forceinline__ static void all(const Arrays& arrays, std::integer_sequence<int, I...>) {
        (stretch<I>(arrays), ...);
    }

    const Real *parameters_, *states_;
};

}  // namespace strata
