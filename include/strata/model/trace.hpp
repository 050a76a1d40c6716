// SPDX-License-Identifier: BSL-1.0
/// A model's programs: inference, evaluation and the training step, each traced from the same stack.
#pragma once

#include <strata/exec/host.hpp>
#include <strata/graph/differentiate.hpp>
#include <strata/model/stack.hpp>
#include <strata/op/argmax.hpp>
#include <strata/optim/optimiser.hpp>

namespace strata::detail {

/// What the programs of a net have in common.
template <class Net, class In, int B, class RealT, Mode M>
struct TraceBase {
    using Real = RealT;
    using Batched = BatchShape<In, -B>;
    using Walk = Chain<M, Batched, DoneList<>, Net>;
    using Steps = typename Walk::Steps;
    using Fault = typename Walk::Fault;
    using Output = typename Walk::Output;
    using InputElement = typename FirstTakes<Steps, RealT>::type;
    static constexpr int capacity = B;
    static constexpr int fields = CountFields<Steps>::value;  // those of a loop's body once
    static constexpr auto layout = LayoutOf<Real, CountFields<Steps>::entries, Steps>::make();
    using OutputRef = Ref<Output, Weak>;

    template <class List, int N>
    static constexpr Builder<N, 3 * fields + 12> builder() {
        Builder<N, 3 * fields + 12> b;
        b.facts = Ops<List>::facts;
        b.real = dtype_of<Real>;
        return b;
    }
};

/// input 0 -> output 0.
template <class Net, class In, int B, class RealT, class Place = Host>
struct InferenceTrace : TraceBase<Net, In, B, RealT, Mode::infer> {
    using Base = TraceBase<Net, In, B, RealT, Mode::infer>;
    static constexpr Policy policy = PolicyOn<Place, RealT>::value;
    using List = typename CollectFrom<OpsOf<>, typename Base::Steps>::type;
    static constexpr auto graph() {
        auto b = Base::template builder<List, 2 * TreeSizes<typename Base::Steps>::value + Base::fields + 32>();
        const int x = b.leaf(Region::input, 0, 0, dtype_of<typename Base::InputElement>, Base::Batched::dims());
        b.sink(TraceSteps<List, Mode::infer, typename Base::Steps>::run(b, Base::layout, x).x, Region::output, 0);
        return b.graph;
    }
};

/// input 0, targets 1 -> scores 0, loss 1 and, for classifiers, classes 2.
template <class Net, class In, int B, class Loss, class RealT, class Place = Host>
struct EvaluationTrace : TraceBase<Net, In, B, RealT, Mode::infer> {
    using Base = TraceBase<Net, In, B, RealT, Mode::infer>;
    static constexpr Policy policy = PolicyOn<Place, RealT>::value;
    using Target = typename Loss::template Target<SampleShape<typename Base::Output>>;
    using TargetElement = typename Target::template Element<RealT>;
    using TargetRef = Ref<BatchShape<typename Target::Sample, -B>, TargetElement>;
    using LossExpr = decltype(Loss::forward(std::declval<typename Base::OutputRef>(), std::declval<TargetRef>()));
    using ClassExpr = decltype(argmax(std::declval<typename Base::OutputRef>()));
    using List = typename CollectFrom<OpsOf<LossExpr, ClassExpr>, typename Base::Steps>::type;
    static constexpr auto graph() {
        auto b = Base::template builder<List, 2 * TreeSizes<typename Base::Steps>::value + 2 * size_of_tree<LossExpr> + Base::fields + 48>();
        const int x = b.leaf(Region::input, 0, 0, dtype_of<typename Base::InputElement>, Base::Batched::dims());
        const int t = b.leaf(Region::input, 1, 0, dtype_of<TargetElement>, TargetRef::Shape::dims());
        const int y = TraceSteps<List, Mode::infer, typename Base::Steps>::run(b, Base::layout, x).x;
        b.sink(y, Region::output, 0);
        b.sink(lower<List>(b, Loss::forward(typename Base::OutputRef{y}, TargetRef{t})), Region::output, 1);
        if constexpr (Loss::classifies) b.sink(lower<List>(b, argmax(typename Base::OutputRef{y})), Region::output, 2);
        return b.graph;
    }
};

template <class Optimiser, class R, int... I>
constexpr auto update_of(R p, R g, const R* moment, std::integer_sequence<int, I...>) {
    return Optimiser::update(p, g, moment[I]...);
}

/// input 0, targets 1 -> loss 1; gradients, new states, new parameters and moments.
template <class Net, class In, int B, class Loss, class Optimiser, class RealT, class Place = Host>
struct TrainingTrace : TraceBase<Net, In, B, RealT, Mode::train> {
    using Base = TraceBase<Net, In, B, RealT, Mode::train>;
    static constexpr Policy policy = PolicyOn<Place, RealT>::value;
    using Target = typename Loss::template Target<SampleShape<typename Base::Output>>;
    using TargetElement = typename Target::template Element<RealT>;
    using TargetRef = Ref<BatchShape<typename Target::Sample, -B>, TargetElement>;
    using LossExpr = decltype(Loss::forward(std::declval<typename Base::OutputRef>(), std::declval<TargetRef>()));
    static constexpr int block = static_cast<int>(Base::layout.parameters);
    using BlockRef = Ref<Shape<block>, Weak>;
    using Each = decltype(update_of<Optimiser>(BlockRef{}, BlockRef{}, static_cast<const BlockRef*>(nullptr), std::make_integer_sequence<int, Optimiser::moments>{}).each);
    template <class E>
    struct UpdateOps;
    template <class... E>
    struct UpdateOps<Operands<E...>> {
        using type = typename CollectFrom<OpsOf<LossExpr, E...>, typename Base::Steps>::type;
    };
    using List = typename UpdateOps<Each>::type;

    template <class B2, class... E>
    static constexpr void sink_updates(B2& b, const Operands<E...>& e, int which) {
        if constexpr (sizeof...(E) > 0) {
            const int id = lower<List>(b, e.first);
            b.sink(id, which < 0 ? Region::parameter : Region::moment, 0, which < 0 ? 0 : static_cast<long>(which) * block);
            sink_updates(b, e.rest, which + 1);
        }
    }
    static constexpr auto graph() {
        auto b = Base::template builder<List, 9 * TreeSizes<typename Base::Steps>::value + 5 * size_of_tree<LossExpr> + 3 * Base::fields + 160>();
        const int x = b.leaf(Region::input, 0, 0, dtype_of<typename Base::InputElement>, Base::Batched::dims());
        const int t = b.leaf(Region::input, 1, 0, dtype_of<TargetElement>, TargetRef::Shape::dims());
        const auto c = TraceSteps<List, Mode::train, typename Base::Steps>::run(b, Base::layout, x);
        const int loss = lower<List>(b, Loss::forward(typename Base::OutputRef{c.x}, TargetRef{t}));
        b.sink(loss, Region::output, 1);
        int by[Base::fields + 1] = {}, gradient[Base::fields + 1] = {}, n = 0;
        for (int i = 0; i < Base::fields; ++i)
            if (Base::layout.entry[c.entry[i]].trained) by[n++] = c.leaf[i];
        differentiate<List>(b, loss, by, n, gradient);
        n = 0;
        for (int i = 0; i < Base::fields; ++i)
            if (Base::layout.entry[c.entry[i]].trained) {
                Sink to = place_of_leaf(gradient[n++], b.graph.node[c.leaf[i]]);
                to.region = Region::gradient;
                b.sink(to, c.loop[i]);
            }
        if constexpr (block > 0) {
            const BlockRef g{b.pack(Region::gradient, block)};
            const Dims flat{1, {block}};
            const BlockRef p{b.leaf(Region::parameter, 0, 0, dtype_of<RealT>, flat)};
            BlockRef moment[Optimiser::moments + 1] = {};
            for (int i = 0; i < Optimiser::moments; ++i) moment[i].id = b.leaf(Region::moment, 0, static_cast<long>(i) * block, dtype_of<RealT>, flat);
            sink_updates(b, update_of<Optimiser>(p, g, moment, std::make_integer_sequence<int, Optimiser::moments>{}).each, -1);
        }
        return b.graph;
    }
};

}  // namespace strata::detail
