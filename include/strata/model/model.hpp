// SPDX-License-Identifier: BSL-1.0
/// A model: a net's type, an input's shape, and one block of parameters.
#pragma once

#include <string>
#include <vector>

#include <strata/core/error.hpp>
#include <strata/device/buffer.hpp>
#include <strata/device/place.hpp>
#include <strata/exec/host.hpp>
#include <strata/model/trace.hpp>
#include <strata/plan/explain.hpp>

namespace strata {

/// Sizes that are known while compiling.
struct Cost {
    long parameters = 0;  ///< numbers that are trained
    long states = 0;      ///< numbers of running statistics
    long bytes = 0;       ///< of both blocks
};

namespace detail {
/// Where a stack's mistake is reported, once: the compiler's first line names layer, number, operation, both numbers and shapes.
template <class Fault>
struct Check {
    static_assert(Fault::wanted == Fault::given, "strata: a layer does not fit the shape it is given; change the layer or what comes before it");
};
template <>
struct Check<NoComplaint> {};
}  // namespace detail

/// One parameter or state of a model.
template <class Real>
struct Part {
    const char* path;  ///< layer number and field, as "3.weight"
    Dims dims;
    bool trained;
    Real* data;
};

/// A net with parameters.   In: the shape of one sample; every other shape follows.   Copies are independent.
template <class NetT, class In, class Place = Host, class PrecisionT = Precision<float>>
class Model {
  public:
    using Net = NetT;
    using Input = In;
    using Real = typename PrecisionT::Real;
    using Walk = detail::TraceBase<Net, In, 1, Real, Mode::infer>;
    static constexpr detail::Check<typename Walk::Fault> check{};
    using Output = SampleShape<typename Walk::Output>;
    static constexpr const auto& layout = Walk::layout;
    static constexpr Cost cost{layout.trained, layout.states, (layout.parameters + layout.states) * static_cast<long>(sizeof(Real))};

    /// Parameters as their layers' initialisers make them.
    explicit Model(Seed seed = Seed{0}) : parameters_(layout.parameters), states_(layout.states) {
        for (int i = 0; i < layout.entries; ++i) {
            const auto& e = layout.entry[i];
            e.initialise((e.trained ? parameters_ : states_).data() + e.offset, e.dims, seed, static_cast<std::uint64_t>(i) + 1);
        }
    }

    /// All parameters, one flat block; parts begin at multiples of 64 bytes, the padding is zero.
    Real* parameters() { return parameters_.data(); }
    const Real* parameters() const { return parameters_.data(); }
    Real* states() { return states_.data(); }
    const Real* states() const { return states_.data(); }
    static constexpr long parameter_block() { return layout.parameters; }
    static constexpr long state_block() { return layout.states; }

    static constexpr int parts() { return layout.entries; }
    Part<Real> part(int i) {
        const auto& e = layout.entry[i];
        return {e.path, e.dims, e.trained, (e.trained ? parameters_ : states_).data() + e.offset};
    }
    Part<const Real> part(int i) const {
        const auto& e = layout.entry[i];
        return {e.path, e.dims, e.trained, (e.trained ? parameters_ : states_).data() + e.offset};
    }

  private:
    Buffer<Real> parameters_, states_;
};

/// Inference on up to B samples at a time. Owns the scratch; the model is shared and only read. One session a thread.
template <class M, int B = 1>
class Session {
  public:
    using Real = typename M::Real;
    using Plan = Program<detail::InferenceTrace<typename M::Net, typename M::Input, B, Real>>;
    static constexpr int capacity = B;

    explicit Session(const M& model, Pool* pool = nullptr) : model_(&model), pool_(pool), arena_(Plan::plan.arena) {}

    /// x: [count, Input] -> y: [count, Output], row-major; 1 <= count <= B.   No allocation, no lock.
    void run(const Real* x, int count, Real* y) noexcept {
        Bindings b;
        const Real scalars[common_scalars] = {Real(1) / static_cast<Real>(count), Real(0)};
        b.region[static_cast<int>(Region::parameter)] = const_cast<Real*>(model_->parameters());
        b.region[static_cast<int>(Region::state)] = const_cast<Real*>(model_->states());
        b.region[static_cast<int>(Region::scalar)] = const_cast<Real*>(scalars);
        b.region[static_cast<int>(Region::arena)] = arena_.data();
        b.input[0] = x;
        b.output[0] = y;
        HostProgram<Plan>::run(Run{count, 0, 0, pool_}, b);
    }

  private:
    const M* model_;
    Pool* pool_;
    Buffer<char> arena_;
};

}  // namespace strata
