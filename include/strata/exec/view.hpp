// SPDX-License-Identifier: BSL-1.0
/// A model as other code calls it: y = view(x), one sample at a time, nothing allocated, no session.
#pragma once

#include <strata/core/macros.hpp>
#include <strata/exec/host.hpp>

namespace strata {

/// The elements of one sample in row-major order, by value: what a view of a model takes and gives, on the host and in a kernel.
template <class T, long N>
struct Numbers {
    static constexpr long size = N;
    T at[N];
    STRATA_HD constexpr T& operator[](long i) { return at[i]; }
    STRATA_HD constexpr const T& operator[](long i) const { return at[i]; }
};

/// A model called in one thread, whose values between steps have to fit in that thread's own memory.
template <long Bytes, long Most>
struct ViewFitsAThread {
    static_assert(Bytes <= Most, "strata: a model's view keeps its values in the calling thread's own memory, and these do not fit (both sizes in bytes are named here); use a Session");
};

/// What model.device_view() returns: ModelView<Place, Model>(parameters, states). Small, copied freely, holds addresses only: the model has to
/// outlive it, and later changes of the model's numbers are seen.
template <class Place, class M>
class ModelView;

template <class M>
class ModelView<Host, M> {
    using Real = typename M::Real;
    using P = typename M::template PlanAt<Host>;

  public:
    using Input = Numbers<typename M::InputElement, M::Input::size>;
    using Output = Numbers<Real, M::Output::size>;
    ModelView(const Real* parameters, const Real* states) : parameters_(parameters), states_(states) {}

    /// One sample.   x: the model's Input -> its Output.   Any number of threads may call it.
    Output operator()(const Input& x) const noexcept {
        [[maybe_unused]] constexpr ViewFitsAThread<P::plan.arena + HostProgram<P>::workspace_bytes(), 65536> fits{};
        // Kernels read and write whole vectors.
        struct alignas(64) {
            Input x;
            char spare[64];
        } in{x, {}};
        struct alignas(64) {
            Output y;
            char spare[64];
        } out;
        alignas(64) char arena[P::plan.arena + 64], workspace[HostProgram<P>::workspace_bytes() + 64];
        const Real scalars[] = {Real(1), Real(0)};
        Bindings b;
        b.region[static_cast<int>(Region::parameter)] = const_cast<Real*>(parameters_);
        b.region[static_cast<int>(Region::state)] = const_cast<Real*>(states_);
        b.region[static_cast<int>(Region::scalar)] = const_cast<Real*>(scalars);
        b.region[static_cast<int>(Region::arena)] = arena;
        b.input[0] = in.x.at;
        b.output[0] = out.y.at;
        HostProgram<P>::run(Run{.workspace = workspace}, b);
        return out.y;
    }

  private:
    const Real *parameters_, *states_;
};

}  // namespace strata
