// SPDX-License-Identifier: BSL-1.0
/// A model's programs: inference, evaluation and the training step, each traced from the same stack.
#pragma once

#include <strata/exec/host.hpp>
#include <strata/graph/differentiate.hpp>
#include <strata/graph/rounding.hpp>
#include <strata/model/stack.hpp>
#include <strata/op/argmax.hpp>
#include <strata/op/cast.hpp>
#include <strata/optim/loss_scale.hpp>
#include <strata/optim/optimiser.hpp>

namespace strata::detail {

/// The ops of E..., and the casts that programs need whose products multiply numbers of type Stored.
template <class Stored, class... E>
struct OpsWithCasts {
    using type = OpsOf<E...>;
};
template <class Stored, class... E>
    requires is_narrow<Stored>
struct OpsWithCasts<Stored, E...> {
    using type = OpsOf<E..., decltype(cast<Stored>(Ref<Shape<1>, float>{}))>;
};
/// The finished graph, with products of numbers of type Stored.
template <class List, class Stored, int N, int S>
constexpr auto with_products_of(const Graph<N, S>& g) {
    if constexpr (is_narrow<Stored>)
        return with_rounded_products(g, Rounding{dtype_of<Stored>, Ops<List>::template place<CastOp<Stored>>, Ops<List>::template place<CastOp<float>>});
    else
        return g;
}

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
    static constexpr Builder<N, 3 * fields + 15> builder() {
        Builder<N, 3 * fields + 15> b;
        b.facts = Ops<List>::facts;
        b.real = dtype_of<Real>;
        return b;
    }
};

constexpr int at_least_one(int batch) { return batch > 0 ? batch : 1; }
/// What is wrong with a model in batches of B alone; of one sample it tells itself.
template <class M, int B>
using BatchFault = std::conditional_t<(B < 1), BatchOfNone<B>, std::conditional_t<std::is_same_v<typename M::Fault, NoFault>,
    typename TraceBase<typename M::Net, typename M::Input, at_least_one(B), typename M::Real, Mode::infer>::Fault, NoFault>>;

/// input 0 -> output 0.
template <class Net, class In, int B, class RealT, class Place = Host, class Stored = RealT>
struct InferenceTrace : TraceBase<Net, In, B, RealT, Mode::infer> {
    using Base = TraceBase<Net, In, B, RealT, Mode::infer>;
    static constexpr Policy policy = policy_for<Place, RealT, Stored>;
    using List = typename CollectFrom<typename OpsWithCasts<Stored>::type, typename Base::Steps>::type;
    static constexpr auto graph() {
        auto b = Base::template builder<List, 2 * TreeSizes<typename Base::Steps>::value + Base::fields + 32>();
        const int x = b.leaf(Region::input, 0, 0, dtype_of<typename Base::InputElement>, Base::Batched::dims());
        b.sink(TraceSteps<List, Mode::infer, typename Base::Steps>::run(b, Base::layout, x).x, Region::output, 0);
        return with_products_of<List, Stored>(b.graph);
    }
};

/// input 0, targets 1 -> scores 0, loss 1 and, for classifiers, classes 2.
template <class Net, class In, int B, class Loss, class RealT, class Place = Host, class Stored = RealT>
struct EvaluationTrace : TraceBase<Net, In, B, RealT, Mode::infer> {
    using Base = TraceBase<Net, In, B, RealT, Mode::infer>;
    static constexpr Policy policy = policy_for<Place, RealT, Stored>;
    using Target = typename Loss::template Target<SampleShape<typename Base::Output>>;
    using TargetElement = typename Target::template Element<RealT>;
    using TargetRef = Ref<BatchShape<typename Target::Sample, -B>, TargetElement>;
    using LossExpr = decltype(Loss::forward(std::declval<typename Base::OutputRef>(), std::declval<TargetRef>()));
    using ClassExpr = decltype(argmax(std::declval<typename Base::OutputRef>()));
    using List = typename CollectFrom<typename OpsWithCasts<Stored, LossExpr, ClassExpr>::type, typename Base::Steps>::type;
    static constexpr auto graph() {
        auto b = Base::template builder<List, 2 * TreeSizes<typename Base::Steps>::value + 2 * size_of_tree<LossExpr> + Base::fields + 48>();
        const int x = b.leaf(Region::input, 0, 0, dtype_of<typename Base::InputElement>, Base::Batched::dims());
        const int t = b.leaf(Region::input, 1, 0, dtype_of<TargetElement>, TargetRef::Shape::dims());
        const int y = TraceSteps<List, Mode::infer, typename Base::Steps>::run(b, Base::layout, x).x;
        b.sink(y, Region::output, 0);
        b.sink(as_real<List>(b, lower<List>(b, Loss::forward(typename Base::OutputRef{y, &b.draws}, TargetRef{t, &b.draws}))), Region::output, 1);
        if constexpr (Loss::classifies) b.sink(lower<List>(b, argmax(typename Base::OutputRef{y})), Region::output, 2);
        return with_products_of<List, Stored>(b.graph);
    }
};

template <class Optimiser, class R, int... I>
constexpr auto update_of(R p, R g, const R* moment, std::integer_sequence<int, I...>) {
    return Optimiser::update(p, g, moment[I]...);
}

/// A number that loss scaling keeps, and whether a step's gradients are finite.
using Number = Ref<Shape<1>, float>;
using Whether = Ref<Shape<1>, bool>;
/// The ops of L, and those that loss scaling adds to a step over a Block of parameters.   First: the place of its numbers among the optimiser's own.
template <class L, class Block, int First, bool Use>
struct ScalingOps {
    using type = L;
};
template <class L, class Block, int First>
struct ScalingOps<L, Block, First, true> {
    using Next = decltype(LossScale::next<First>(Number{}, Number{}, Whether{}).each);
    using type = typename CollectAll<L, decltype(AnyRef{} * Number{}), decltype(Block{} * (1.f / Number{})), decltype(LossScale::finite(Block{})), decltype(LossScale::taken(Number{})), decltype(select(Whether{}, Block{}, Block{})),
                                     decltype(Next::first), decltype(Next::rest.first), decltype(cast<float>(Whether{}))>::type;
};
/// input 0, targets 1 -> loss 1; gradients, new states, new parameters and moments. With products in f16: gradients times the loss's scale;
/// 1 -> output 2 where they are finite, else 0 and nothing is new but the states; the scale and the number of good steps behind the moments. The
/// optimiser's numbers come twice then, as if the step before had been taken and as if not: the host need not wait to know.
template <class Net, class In, int B, class Loss, class Optimiser, class RealT, class Place = Host, class Stored = RealT>
struct TrainingTrace : TraceBase<Net, In, B, RealT, Mode::train> {
    using Base = TraceBase<Net, In, B, RealT, Mode::train>;
    static constexpr Policy policy = policy_for<Place, RealT, Stored>;
    using Target = typename Loss::template Target<SampleShape<typename Base::Output>>;
    using TargetElement = typename Target::template Element<RealT>;
    using TargetRef = Ref<BatchShape<typename Target::Sample, -B>, TargetElement>;
    using LossExpr = decltype(Loss::forward(std::declval<typename Base::OutputRef>(), std::declval<TargetRef>()));
    static constexpr int block = static_cast<int>(Base::layout.parameters);
    using BlockRef = Ref<Shape<block>, Weak>;
    using Each = decltype(update_of<Optimiser>(BlockRef{}, BlockRef{}, static_cast<const BlockRef*>(nullptr), std::make_integer_sequence<int, Optimiser::moments>{}).each);
    static constexpr bool scales = std::is_same_v<Stored, f16> && block > 0;
    /// The scalars that change with the step, the rate first, and how much further those lie that count if the step before was left out.
    static constexpr int optimisers_scalar = static_cast<int>(Scalar::rate), optimisers_scalars = 1 + Optimiser::scalars,
                         scalars_apart = optimisers_scalars + LossScale::scalars;
    static_assert(!scales || optimisers_scalar + optimisers_scalars <= max_stand_ins, "strata: an optimiser with more numbers of its own than a scaled loss takes");
    template <class E>
    struct UpdateOps;
    template <class... E>
    struct UpdateOps<Operands<E...>> {
        using First = typename OpsWithCasts<Stored, LossExpr, E...>::type;
        using type = typename CollectFrom<typename ScalingOps<First, BlockRef, Optimiser::scalars, scales>::type, typename Base::Steps>::type;
    };
    using List = typename UpdateOps<Each>::type;

    template <class B2, class... E>
    static constexpr void sink_updates(B2& b, const Operands<E...>& e, int which, const BlockRef* old, Whether finite) {
        if constexpr (sizeof...(E) > 0) {
            int id = -1;
            if constexpr (scales)
                id = lower<List>(b, select(finite, e.first, old[which + 1]));
            else
                id = lower<List>(b, e.first);
            id = as_real<List>(b, id);
            b.sink(id, which < 0 ? Region::parameter : Region::moment, 0, which < 0 ? 0 : static_cast<long>(which) * block);
            sink_updates(b, e.rest, which + 1, old, finite);
        }
    }
    static constexpr auto graph() {
        auto b = Base::template builder<List, 9 * TreeSizes<typename Base::Steps>::value + 5 * size_of_tree<LossExpr> + 3 * Base::fields + 160>();
        const int x = b.leaf(Region::input, 0, 0, dtype_of<typename Base::InputElement>, Base::Batched::dims());
        const int t = b.leaf(Region::input, 1, 0, dtype_of<TargetElement>, TargetRef::Shape::dims());
        const auto c = TraceSteps<List, Mode::train, typename Base::Steps>::run(b, Base::layout, x);
        const int loss = as_real<List>(b, lower<List>(b, Loss::forward(typename Base::OutputRef{c.x, &b.draws}, TargetRef{t, &b.draws})));
        b.sink(loss, Region::output, 1);
        // Others read the scale as it was before: a copy, for it is written.
        Number scale{}, good{};
        int differentiated = loss;
        if constexpr (scales) {
            scale.id = b.copy(b.leaf(Region::moment, 0, static_cast<long>(Optimiser::moments) * block, DType::f32, Number::Shape::dims()), 2);
            good.id = b.copy(b.leaf(Region::moment, 0, static_cast<long>(Optimiser::moments) * block + 1, DType::f32, Number::Shape::dims()), 2);
            differentiated = lower<List>(b, AnyRef{loss} * scale);
        }
        int by[Base::fields + 1] = {}, gradient[Base::fields + 1] = {}, n = 0;
        for (int i = 0; i < Base::fields; ++i)
            if (Base::layout.entry[c.entry[i]].trained) by[n++] = c.leaf[i];
        differentiate<List>(b, differentiated, by, n, gradient);
        n = 0;
        for (int i = 0; i < Base::fields; ++i)
            if (Base::layout.entry[c.entry[i]].trained) {
                Sink to = place_of_leaf(gradient[n++], b.graph.node[c.leaf[i]]);
                to.region = Region::gradient;
                b.sink(to, c.loop[i]);
            }
        if constexpr (block > 0) {
            BlockRef g{b.pack(Region::gradient, block)};
            const Dims flat{1, {block}};
            BlockRef old[Optimiser::moments + 1] = {};  // the parameters, then the moments
            old[0].id = b.leaf(Region::parameter, 0, 0, dtype_of<RealT>, flat);
            for (int i = 0; i < Optimiser::moments; ++i) old[1 + i].id = b.leaf(Region::moment, 0, static_cast<long>(i) * block, dtype_of<RealT>, flat);
            Whether finite{};
            if constexpr (scales) {
                finite.id = lower<List>(b, LossScale::finite(g));
                g.id = lower<List>(b, g * (1.f / scale));
                Whether taken{};
                taken.id = lower<List>(b, LossScale::taken(good));
                for (int i = optimisers_scalar; i < optimisers_scalar + optimisers_scalars; ++i) {
                    const AnyRef now{b.leaf(Region::scalar, i, 0, b.real, Dims{})}, before{b.leaf(Region::scalar, i + scalars_apart, 0, b.real, Dims{})};
                    b.stand_in[i] = 1 + lower<List>(b, select(taken, now, before));
                }
            }
            sink_updates(b, update_of<Optimiser>(old[0], g, old + 1, std::make_integer_sequence<int, Optimiser::moments>{}).each, -1, old, finite);
            if constexpr (scales) {
                for (int& other : b.stand_in) other = 0;
                const auto next = LossScale::next<Optimiser::scalars>(scale, good, finite).each;
                b.sink(lower<List>(b, next.first), Region::moment, 0, static_cast<long>(Optimiser::moments) * block);
                b.sink(lower<List>(b, next.rest.first), Region::moment, 0, static_cast<long>(Optimiser::moments) * block + 1);
                b.sink(lower<List>(b, cast<float>(finite)), Region::output, 2);
            }
        }
        return with_products_of<List, Stored>(b.graph);
    }
};

}  // namespace strata::detail
