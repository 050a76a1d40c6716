// SPDX-License-Identifier: BSL-1.0
/// A model: a net's type, an input's shape, and one block of parameters.
#pragma once

#include <concepts>
#include <span>
#include <string>

#include <strata/core/error.hpp>
#include <strata/device/buffer.hpp>
#include <strata/device/place.hpp>
#include <strata/exec/host.hpp>
#include <strata/exec/view.hpp>
#include <strata/model/trace.hpp>
#include <strata/plan/explain.hpp>
#include <strata/tensor/tensor.hpp>

namespace strata {

/// Sizes that are known while compiling.
struct Cost {
    long parameters = 0;  ///< numbers that are trained
    long states = 0;      ///< numbers of running statistics
    long bytes = 0;       ///< of both blocks
};

/// A model is told the shape of one sample.
template <class In>
struct NotASample {
    static_assert(detail::never<In>, "strata: a model takes the shape of one sample, without the batch; write Model<Net, Shape<1, 28, 28>>");
};

/// A number alone could be meant as a size.
template <class Number>
struct SeedIsNoNumber {
    static_assert(detail::never<Number>, "strata: a seed is given as a plain number, which could be a size; write Seed{42}");
};

/// Where a model is wanted at one place, and is at another.
struct InSession {};
struct InTraining {};
struct InModel {};
template <class Where, class Wanted, class Given>
struct ModelIsElsewhere {
    static_assert(std::is_same_v<Wanted, Given>,
                  "strata: a model is given where one of another place is wanted; name both by one type, or copy it over, Model<Net, In, Place>(model) (both places are named here)");
};

namespace detail {
/// Model O is M but for its place.
template <class O, class M>
concept Moved = requires { typename O::OnHost; } && std::is_same_v<typename O::OnHost, typename M::OnHost> && !std::is_same_v<typename O::Place, typename M::Place>;

/// A shape that a sample can have.
template <class S>
inline constexpr bool is_sample = false;
template <int... D>
inline constexpr bool is_sample<Shape<D...>> = sizeof...(D) < max_rank && ((D > 0) && ...);

template <class Place, class T, class S>
struct TensorFor;
template <class Place, class T, int... D>
struct TensorFor<Place, T, Shape<D...>> {
    using type = TensorOn<Place, T, D...>;
};

inline namespace STRATA_VARIANT {
/// The samples in `numbers` numbers of `size` each.   Throws DataError unless they are 1 to `capacity`, and whole.
inline int checked_count(std::size_t numbers, long size, int capacity) {
    const long all = static_cast<long>(numbers), count = all / size;
    if (all % size != 0)
        raise<DataError>("strata: " + std::to_string(all) + " numbers are no whole number of samples of " + std::to_string(size) + "; give whole samples");
    if (count < 1 || count > capacity)
        raise<DataError>("strata: a batch of " + std::to_string(count) + " samples for a capacity of " + std::to_string(capacity) + "; give 1 to " +
                         std::to_string(capacity) + ", or split it");
    return static_cast<int>(count);
}
/// Throws DataError unless an array holds as many numbers as it should.
inline void check_size(const char* what, std::size_t given, long wanted) {
    if (static_cast<long>(given) != wanted)
        raise<DataError>("strata: " + std::string(what) + " hold " + std::to_string(given) + " numbers where the batch needs " + std::to_string(wanted) +
                         "; give one array for the whole batch");
}
}  // namespace STRATA_VARIANT
}  // namespace detail

template <class M, int B = 1>
class Session;

/// A session reads the model that it was made of each time it runs.
template <class M>
struct SessionOutlivesModel {
    static_assert(detail::never<M>, "strata: a session is made of a temporary model, which is gone when it runs; keep the model in a variable");
};

/// One parameter or state of a model.
template <class Real>
struct Part {
    const char* path;  ///< layer number and field, as "3.weight"
    Dims dims;
    bool trained;
    Real* data;  ///< in the memory of the model's place
};

/// A net with parameters.   In: the shape of one sample; every other shape follows.   Copies are independent.
template <class NetT, class In, class PlaceT = Host, class PrecisionT = Precision<float>>
class Model {
  public:
    using Place = PlaceT;
    using OnHost = Model<NetT, In, Host, PrecisionT>;
    // After a mistake the model goes on as one without layers, or with those before it, so that the compiler tells the mistake alone.
    using Net = std::conditional_t<detail::is_sample<In>, NetT, Sequential<>>;
    using Input = std::conditional_t<detail::is_sample<In>, In, Shape<1>>;
    using Real = typename PrecisionT::Real;
    using Stored = typename PrecisionT::Stored;  ///< what products multiply
    using Walk = detail::TraceBase<Net, Input, 1, Real, Mode::infer>;
    using Fault = std::conditional_t<detail::is_sample<In>, typename Walk::Fault, NotASample<In>>;
    static constexpr Fault fault{};
    using Output = SampleShape<typename Walk::Output>;
    using InputElement = typename Walk::InputElement;  ///< Real, but for a net whose first layer takes whole numbers
    static constexpr const auto& layout = Walk::layout;
    /// The program of one sample at a place.
    template <class At>
    using PlanAt = Program<detail::InferenceTrace<Net, Input, 1, Real, At, Stored>>;
    static constexpr Cost cost{layout.trained, layout.running, (layout.parameters + layout.states) * static_cast<long>(sizeof(Real))};

    /// Parameters as their layers' initialisers make them.
    explicit Model(Seed seed = Seed{0}, Place at = {}) {
        Buffer<Real> parameters(layout.parameters), states(layout.states);
        for (int i = 0; i < layout.entries; ++i) {
            const auto& e = layout.entry[i];
            e.initialise((e.trained ? parameters : states).data() + e.offset, e.dims, seed, static_cast<std::uint64_t>(i) + 1);
        }
        parameters_ = BufferOn<Place, Real>(std::move(parameters), at);
        states_ = BufferOn<Place, Real>(std::move(states), at);
    }

    /// Refused: a seed that is a plain number.
    template <std::integral Number>
    explicit Model(Number, Place = {}) { [[maybe_unused]] constexpr SeedIsNoNumber<Number> number{}; }

    Model(const Model&) = default;
    Model(Model&&) noexcept = default;
    /// Copies the numbers, of a temporary too: sessions, views and pointers to parts go on with them.
    Model& operator=(const Model&) = default;
    /// Exchanges the numbers: sessions, views and pointers to parts stay with their model. (std::swap by that name would move memory.)
    friend void swap(Model& a, Model& b) {
        const Model kept(a);
        a = b;
        b = kept;
    }
    /// A copy of the same model that lives elsewhere.
    template <class Other>
        requires(!std::is_same_v<Other, Place>)
    explicit Model(const Model<NetT, In, Other, PrecisionT>& other, Place at = {}) : parameters_(other.parameters_.to_host(), at), states_(other.states_.to_host(), at) {}
    /// Refused: it says that they are at two places. A copy that is meant is written as one.
    template <detail::Moved<Model> Other>
    Model& operator=(const Other&) {
        [[maybe_unused]] constexpr ModelIsElsewhere<InModel, Place, typename Other::Place> apart{};
        return *this;
    }
    /// A copy on another device.
    Model(const Model& other, Place at) : parameters_(other.parameters_, at), states_(other.states_, at) {}
    /// Where it is, with the number of its device if places have several.
    Place place() const { return parameters_.place(); }

    /// All parameters, one flat block in the memory of the model's place; parts begin at multiples of 64 bytes, the padding is zero.
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

    /// One sample.   x: Input -> Output. Makes a Session for this call; keep one of your own where time matters or batches are larger.
    typename detail::TensorFor<Place, Real, Output>::type operator()(const typename detail::TensorFor<Place, InputElement, Input>::type& x) const {
        typename detail::TensorFor<Place, Real, Output>::type y(place());
        Session<Model, 1>(*this).run(x.data(), 1, y.data());
        return y;
    }
    /// The model as other code calls it: `auto f = model.device_view();`, then y = f(x) with Numbers, one sample at a time, in any thread; of a
    /// model on Cuda in a kernel that was given f (include strata/cuda.cuh). For small nets: the calling thread does all of the work.
    ModelView<Place, Model> device_view() const { return ModelView<Place, Model>(parameters(), states()); }

  private:
    template <class, class, class, class>
    friend class Model;
    BufferOn<Place, Real> parameters_, states_;
};

/// The model itself where it is the host's, else a copy there.
template <class M>
std::conditional_t<std::is_same_v<typename M::Place, Host>, const M&, typename M::OnHost> on_host(const M& model) {
    if constexpr (std::is_same_v<typename M::Place, Host>)
        return model;
    else
        return typename M::OnHost(model);
}

/// Inference on up to B samples at a time. Owns the scratch; the model is shared and only read. One session a thread.
template <class M, int B>
class Session {
  public:
    using Real = typename M::Real;
    using InputElement = typename M::InputElement;
    using Place = typename M::Place;
    template <class At>
    using PlanAt = Program<detail::InferenceTrace<typename M::Net, typename M::Input, detail::at_least_one(B), Real, At, typename M::Stored>>;
    using Plan = PlanAt<Place>;
    static constexpr int capacity = B;
    static constexpr detail::BatchFault<M, B> batch_fault{};

    explicit Session(const M& model, Pool* pool = nullptr) : model_(&model), runner_(pool, model.place()) {}
    /// Refused: a model that is gone when the session runs.
    explicit Session(const M&& model, Pool* pool = nullptr) : Session(model, pool) { [[maybe_unused]] constexpr SessionOutlivesModel<M> fault{}; }
    /// Refused: a model of another place.
    template <detail::Moved<M> Other>
    explicit Session(const Other&, Pool* = nullptr) : model_(nullptr) {
        [[maybe_unused]] constexpr ModelIsElsewhere<InSession, Place, typename Other::Place> fault{};
    }

    /// x: [count, Input] -> y: [count, Output], row-major, for as many samples as x holds.   Returns their number.
    /// Throws DataError where x is not 1 to B whole samples, or y has not the room of just their results.
    int operator()(std::span<const InputElement> x, std::span<Real> y) {
        const int count = detail::checked_count(x.size(), M::Input::size, B);
        detail::check_size("results", y.size(), count * M::Output::size);
        run(x.data(), count, y.data());
        return count;
    }
    /// The same for callers that know their count.   Needs: 1 <= count <= B, which is not checked.   No allocation, no lock.
    void run(const InputElement* x, int count, Real* y) noexcept(std::is_same_v<Place, Host>) {
        Bindings b;
        const Real scalars[common_scalars] = {Real(1) / static_cast<Real>(count), Real(0)};
        b.region[static_cast<int>(Region::parameter)] = const_cast<Real*>(model_->parameters());
        b.region[static_cast<int>(Region::state)] = const_cast<Real*>(model_->states());
        b.region[static_cast<int>(Region::scalar)] = const_cast<Real*>(scalars);
        b.input[0] = x;
        b.output[0] = y;
        runner_.run(Run{count, 0, 0, nullptr}, b);
    }

  private:
    const M* model_;
    Runner<Place, Plan> runner_;
};

}  // namespace strata
