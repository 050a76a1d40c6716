// SPDX-License-Identifier: BSL-1.0
/// The map, row and column families: one fused loop nest. A row is walked once for each pass that its folds ask for. Sums over rows are added up
/// in parts of the rows, by size alone, each part's in the workspace; then the parts' in order.
/// Needs: operands as the plan laid them out.   Bound: memory bandwidth, or the dearest op.
#pragma once

#include <strata/kernel/host/code.hpp>

namespace strata::host::inline STRATA_VARIANT {

template <class Step>
struct Loop;
template <class Real, class N, class... O, class... A>
struct Loop<LoopStep<Real, N, Accesses<O...>, Acts<A...>>> {
    static constexpr int w = width<Real>, operands = sizeof...(O);
    static constexpr bool vertical = N::vertical;
    using Code = Machine<Real, !vertical, std::make_integer_sequence<int, sizeof...(A)>, A...>;
    using Row = typename Code::Row;
    template <int K>
    using At = typename Types<O...>::template At<K>;

    static constexpr bool bordered = (O::bordered || ...);
    static constexpr bool has_columns = ((A::what == Do::column) || ...), has_folds = ((A::what == Do::fold) || ...);
    /// Whole vectors past the batch count may be computed and stored.
    static constexpr bool padded = N::bounded == lane_loop && ((O::lane == 0 || O::source == Source::scratch || (O::padded && O::source == Source::memory)) && ...);
    static constexpr long outer_turns = long{N::n0} * N::n1 * N::n2 * N::n3;
    static constexpr int lane_blocks = (N::n7 + w - 1) / w;
    static constexpr bool cuts_lanes = !vertical && outer_turns == 1 && !has_folds && !has_columns;
    /// Pieces of work, by size alone.
    static constexpr long work = outer_turns * N::n4 * N::n5 * N::n6 * N::n7 * static_cast<long>(sizeof...(A));
    static constexpr long pieces = cuts_lanes ? lane_blocks : vertical ? outer_turns * lane_blocks : outer_turns;
    static constexpr long wanted = work / 65536 < 1 ? 1 : work / 65536 > 32 ? 32 : work / 65536;
    static constexpr long most = has_columns ? (pieces + 7) / 8 : pieces;  // a part's sums are cleared, and added up: as much as two rows
    static constexpr int items = static_cast<int>(most < wanted ? most : wanted);

    /// Rows after which a part's sums are put by, for what `span` below says.
    static constexpr long rows_together = 64;
    /// Sums straight into the result: of few rows, none of them rounded on the way.
    static constexpr bool direct = items == 1 && pieces <= 2 * rows_together && !((A::what == Do::column && is_narrow_type(At<A::what == Do::column ? A::operand : 0>::type)) || ...);
    static constexpr bool puts_columns_by = has_columns && !direct && pieces > 2 * rows_together * items;
    /// Sums over rows: which operands are one, and the bytes of a part's sums before each. Whole vectors of any type may be read of each.
    struct Sums {
        bool is[operands + 1];  // the last stands for none
        long before[operands + 1];
    };
    static constexpr Sums sum_list = [] {
        Sums s{};
        ((s.is[A::what == Do::column ? A::operand : operands] = true), ...);
        int k = 0;
        ((s.before[k + 1] = s.before[k] + (s.is[k] ? (O::elements * static_cast<long>(sizeof(Held<O::type>)) + 127) / 128 * 128 : 0L), ++k), ...);
        return s;
    }();
    /// What operand K is added up in.
    template <int K>
    using SumAt = Held<At<K>::type>;
    using Operands = std::make_integer_sequence<int, operands>;
    static constexpr long sum_bytes = sum_list.before[operands];
    static constexpr long part_bytes = puts_columns_by ? 2 * sum_bytes : sum_bytes;
    /// Bytes of Run::workspace.
    static constexpr long workspace = has_columns && !direct ? items * part_bytes : 0;
    static constexpr long scratch_bytes = ((O::source == Source::scratch ? O::elements * static_cast<long>(sizeof(Element<O::type>)) : 0L) + ... + 64L);

    /// Base addresses and where the row begins in each operand.
    struct Frame {
        void* const* base;
        const Run* run;
        char* scratch;
        long offset[operands + 1];
        bool inside[bordered ? operands + 1 : 1];  ///< whether the row lies within the operand's borders
    };

    template <int K>
    STRATA_INLINE static char* scratch_of(const Frame& f) {
        long before = 0;
        int i = 0;
        ((before += i++ < K && O::source == Source::scratch ? O::elements * static_cast<long>(sizeof(Element<O::type>)) : 0L), ...);
        return f.scratch + before;
    }

    /// A place along a row, in lanes.
    template <bool Partial>
    struct Place {
        const Frame* f;
        long i4, i5, i6, lane;
        int n;

        template <int K>
        STRATA_INLINE long at() const {
            using X = At<K>;
            return (X::source == Source::scratch ? 0 : f->offset[K]) + i4 * X::s4 + i5 * X::s5 + i6 * X::s6 +
                   (X::source == Source::scratch && vertical ? 0 : lane) * X::lane;
        }
        template <int K, DType T>
        STRATA_INLINE auto load() const {
            using X = At<K>;
            if constexpr (X::source == Source::index) {
                return iota<std::int32_t, w>() * Pack<std::int32_t, w>(static_cast<std::int32_t>(X::lane)) + Pack<std::int32_t, w>(static_cast<std::int32_t>(at<K>()));
            } else if constexpr (X::source == Source::random) {
                const std::uint64_t stream = f->run->step * 65536u + reinterpret_cast<std::uintptr_t>(f->base[K]);
                Pack<float, w> v(0.0f);
                if (X::lane == 1 && at<K>() % 4 == 0)
                    v = uniform_pack<w>(f->run->seed, stream, static_cast<std::uint64_t>(at<K>()));
                else
                    for (int l = 0; l < w; ++l) v.lane[l] = Philox::uniform(f->run->seed, stream, static_cast<std::uint64_t>(at<K>() + l * X::lane));
                return convert<Real>(v);
            } else if constexpr (X::bordered) {
                const bool inside = f->inside[K] && X::template has<4>(i4) && X::template has<5>(i5) && X::template has<6>(i6);
                const int end = Partial ? n : w;
                if constexpr (X::lane_border) {
                    const long first = X::lane_low - lane, past = X::lane_high - lane;
                    return load_between<T, Real, X::lane>(f->base[K], at<K>(), first < 0 ? 0 : static_cast<int>(first < w ? first : w),
                                                 !inside || past < 0 ? 0 : static_cast<int>(past < end ? past : end));
                } else {
                    return load_between<T, Real, X::lane>(f->base[K], at<K>(), 0, inside ? end : 0);
                }
            } else if constexpr (X::source == Source::scratch) {
                return host::load<Element<T>, w>(reinterpret_cast<const Element<T>*>(scratch_of<K>(*f)) + at<K>());
            } else {
                return load_lanes<T, Real, Partial && X::lane != 0, X::lane>(f->base[K], at<K>(), n);
            }
        }
        template <int K, DType T, class I>
        STRATA_INLINE auto gather(const I& index) const {
            return gather_lanes<At<K>, T, Real, Partial>(f->base[K], at<K>(), index, n);
        }
        template <int K, class V>
        STRATA_INLINE void store(const V& v) const {
            using X = At<K>;
            if constexpr (X::source == Source::scratch)
                host::store(reinterpret_cast<Element<X::type>*>(scratch_of<K>(*f)) + at<K>(), v);
            else
                store_lanes<Element<X::type>, Partial, X::lane>(f->base[K], at<K>(), n, v);
        }
        template <int K, class V>
        STRATA_INLINE void add(const V& v) const {
            using X = At<K>;
            using E = SumAt<K>;
            E* p = static_cast<E*>(f->base[K]) + at<K>();
            if constexpr (X::lane == 0)
                *p += sum(only_valid(v, E(0)));
            else
                store_lanes<E, Partial, X::lane>(f->base[K], at<K>(), n, load_lanes<dtype_of<E>, Real, Partial, X::lane>(f->base[K], at<K>(), n) + v);
        }
        template <class V, class E>
        STRATA_INLINE V only_valid(const V& v, E otherwise) const {
            if constexpr (Partial)
                return math::where(first_lanes<E, w>(n), v, V(otherwise));
            else
                return v;
        }
        /// Position within the row, for argmax.
        STRATA_INLINE Pack<std::int32_t, w> along_row() const {
            const auto place = static_cast<std::int32_t>((i4 * N::n5 + i5) * N::n6 + i6);
            if constexpr (vertical)
                return Pack<std::int32_t, w>(place);
            else
                return iota<std::int32_t, w>() + Pack<std::int32_t, w>(static_cast<std::int32_t>(place * N::n7 + lane));
        }
    };
    /// A row as a whole, where its values are single elements.
    struct RowPlace {
        const Frame* f;
        template <int K, DType T>
        STRATA_INLINE Held<T> load() const {
            using X = At<K>;
            if constexpr (X::source == Source::index)
                return static_cast<Held<T>>(f->offset[K]);
            else if constexpr (X::source == Source::random)
                return static_cast<Held<T>>(Philox::uniform(f->run->seed, f->run->step * 65536u + reinterpret_cast<std::uintptr_t>(f->base[K]), static_cast<std::uint64_t>(f->offset[K])));
            else if constexpr (X::bordered)
                return f->inside[K] ? static_cast<Held<T>>(static_cast<const Element<T>*>(f->base[K])[f->offset[K]]) : Held<T>(0);
            else
                return static_cast<const Element<T>*>(f->base[K])[f->offset[K]];
        }
        template <int K, DType T, class I>
        STRATA_INLINE Held<T> gather(I index) const {
            using X = At<K>;
            return has_row<X>(index) ? static_cast<Held<T>>(static_cast<const Element<T>*>(f->base[K])[f->offset[K] + static_cast<long>(index) * X::row]) : no_row<Held<T>>;
        }
        template <int K, class V>
        STRATA_INLINE void store(V v) const {
            static_cast<Element<At<K>::type>*>(f->base[K])[f->offset[K]] = v;
        }
        template <int K, class V>
        STRATA_INLINE void add(V v) const {
            static_cast<SumAt<K>*>(f->base[K])[f->offset[K]] += v;
        }
    };

    /// Turns of the inner loops in this run.
    struct Turns {
        int n4, n5, n6;
    };
    /// Vectors of a row, and after how many of them a sum over a long row is put by: its error grows with their number's root, not with the number
    /// (N. J. Higham, The accuracy of floating point summation, 1993).
    static constexpr long lane_turns = vertical ? 1 : (long{N::n7} + w - 1) / w, row_turns = long{N::n4} * N::n5 * N::n6 * lane_turns, span = [] {
        long root = 16;
        while (root * root < row_turns) ++root;
        return root;
    }();
    template <int Section>
    static constexpr bool puts_by = row_turns > 256 && Code::template sums<Section>;

    /// The inner loops of one pass (lanes within the row).
    template <int Section>
    STRATA_INLINE static void walk(const Frame& f, Row& row, long lane_begin, long lane_end, const Turns& t) {
        using Part = typename Code::template Part<Section>;
        using Folds = typename Code::template Folds<Section>;
        [[maybe_unused]] Row sums;
        [[maybe_unused]] long since = 0;
        if constexpr (puts_by<Section>) Code::start(Folds{}, sums);
        for (long i4 = 0; i4 < t.n4; ++i4)
            for (long i5 = 0; i5 < t.n5; ++i5)
                for (long i6 = 0; i6 < t.n6; ++i6) {
                    long l = lane_begin;
                    if constexpr (puts_by<Section> && lane_turns > span)
                        while (lane_end - l >= span * w) {
                            const long stop = l + span * w;
                            STRATA_PLAIN_LOOP
                            for (; l < stop; l += w) Code::pass(Part{}, row, Place<false>{&f, i4, i5, i6, l, w});
                            Code::settle(Folds{}, row, sums);
                        }
                    if constexpr (N::n7 >= w) {  // code for whole vectors costs compile time
                        STRATA_PLAIN_LOOP
                        for (; l + w <= lane_end; l += w) Code::pass(Part{}, row, Place<false>{&f, i4, i5, i6, l, w});
                    }
                    if constexpr (N::bounded == lane_loop || N::n7 % w != 0)
                        if (l < lane_end) last<Section>(f, row, i4, i5, i6, l, static_cast<int>(lane_end - l));
                    if constexpr (puts_by<Section>) put_by(Folds{}, row, sums, since, lane_turns);
                }
        if constexpr (puts_by<Section>) Code::settle(Folds{}, sums, row);
    }
    template <class Folds>
    STRATA_INLINE static void put_by(Folds folds, Row& row, Row& sums, long& since, long turns) {
        since += turns;
        if (since < span) return;
        Code::settle(folds, row, sums);
        since = 0;
    }
    template <int Section>
    STRATA_INLINE static void last(const Frame& f, Row& row, long i4, long i5, long i6, long l, int n) {
        if constexpr (padded && !has_folds && !has_columns)
            Code::pass(typename Code::template Part<Section>{}, row, Place<false>{&f, i4, i5, i6, l, w});
        else if constexpr (N::bounded != lane_loop)
            Code::pass(typename Code::template Part<Section>{}, row, Place<true>{&f, i4, i5, i6, l, N::n7 % w});
        else
            Code::pass(typename Code::template Part<Section>{}, row, Place<true>{&f, i4, i5, i6, l, n});
    }
    /// The inner loops of one pass where lanes are rows.
    template <int Section, bool Partial>
    STRATA_INLINE static void walk_down(const Frame& f, Row& row, long lane, int n, const Turns& t) {
        using Part = typename Code::template Part<Section>;
        using Folds = typename Code::template Folds<Section>;
        [[maybe_unused]] Row sums;
        [[maybe_unused]] long since = 0;
        if constexpr (puts_by<Section>) Code::start(Folds{}, sums);
        for (long i4 = 0; i4 < t.n4; ++i4)
            for (long i5 = 0; i5 < t.n5; ++i5)
                for (long i6 = 0; i6 < t.n6; ++i6) {
                    Code::pass(Part{}, row, Place<Partial>{&f, i4, i5, i6, lane, n});
                    if constexpr (puts_by<Section>) put_by(Folds{}, row, sums, since, 1);
                }
        if constexpr (puts_by<Section>) Code::settle(Folds{}, sums, row);
    }

    /// Each pass over a row, and before it what is of the row itself.
    template <int... Level>
    STRATA_INLINE static void passes(std::integer_sequence<int, Level...>, const Frame& f, Row& row, long lane_begin, long lane_end, const Turns& t) {
        (level<2 * Level>(f, row, lane_begin, lane_end, t), ...);
    }
    template <int Section>
    STRATA_INLINE static void level(const Frame& f, Row& row, long lane_begin, long lane_end, const Turns& t) {
        if constexpr (Code::template uses<Section>) Code::pass(typename Code::template Part<Section>{}, row, RowPlace{&f});
        if constexpr (Code::template uses<Section + 1>) {
            Code::start(typename Code::template Folds<Section + 1>{}, row);
            walk<Section + 1>(f, row, lane_begin, lane_end, t);
            Code::finish(typename Code::template Folds<Section + 1>{}, row);
        }
    }
    template <bool Partial, int... Level>
    STRATA_INLINE static void passes_down(std::integer_sequence<int, Level...>, const Frame& f, Row& row, long lane, int n, const Turns& t) {
        (level_down<2 * Level, Partial>(f, row, lane, n, t), ...);
    }
    template <int Section, bool Partial>
    STRATA_INLINE static void level_down(const Frame& f, Row& row, long lane, int n, const Turns& t) {
        if constexpr (Code::template uses<Section>) Code::pass(typename Code::template Part<Section>{}, row, Place<Partial>{&f, 0, 0, 0, lane, n});
        if constexpr (Code::template uses<Section + 1>) {
            Code::start(typename Code::template Folds<Section + 1>{}, row);
            walk_down<Section + 1, Partial>(f, row, lane, n, t);
            Code::finish(typename Code::template Folds<Section + 1>{}, row);
        }
    }
    using Levels = std::make_integer_sequence<int, (N::sections + 1) / 2>;

    /// Where a row begins in operand k.
    template <class X>
    STRATA_INLINE static void enter(Frame& f, int k, long i0, long i1, long i2, long i3) {
        f.offset[k] = i0 * X::s0 + i1 * X::s1 + i2 * X::s2 + i3 * X::s3;
        if constexpr (X::bordered) {
            f.offset[k] += X::origin;
            f.inside[k] = X::template has<0>(i0) && X::template has<1>(i1) && X::template has<2>(i2) && X::template has<3>(i3);
        }
    }

    static constexpr int turns(int loop, int extent, int count) { return N::bounded == loop ? count * N::unit : extent; }

    static void item(int i, const Run& run, void* const* base) noexcept {
        alignas(64) char scratch[scratch_bytes];
        void* with_sums[operands + 1];
        if constexpr (workspace > 0) {
            char* part = run.workspace + i * part_bytes;
            __builtin_memset(part, 0, part_bytes);
            own_sums(with_sums, base, part, Operands{});
            base = with_sums;
        }
        Frame f{base, &run, scratch, {}, {}};
        const int n1 = turns(1, N::n1, run.count), n2 = turns(2, N::n2, run.count), n3 = turns(3, N::n3, run.count);
        const Turns inner{turns(4, N::n4, run.count), turns(5, N::n5, run.count), turns(6, N::n6, run.count)};
        const long rows = long{turns(0, N::n0, run.count)} * n1 * n2 * n3;
        const long lanes = turns(lane_loop, N::n7, run.count);
        const long blocks = vertical ? (lanes + w - 1) / w : 1;
        long begin = 0, end = rows * blocks, lane_begin = 0, lane_end = lanes;
        if constexpr (cuts_lanes) {
            const long all = (lanes + w - 1) / w;
            lane_begin = all * i / items * w;
            lane_end = i + 1 == items ? lanes : all * (i + 1) / items * w;
        } else {
            begin = end * i / items;
            end = end * (i + 1) / items;
        }
        [[maybe_unused]] long since = 0;
        for (long r = begin; r < end; ++r) {
            if constexpr (puts_columns_by)
                if (since++ == rows_together) put_sums_by(run.workspace + i * part_bytes), since = 1;
            const long row_number = r / blocks;
            const long i3 = row_number % n3, i2 = row_number / n3 % n2, i1 = row_number / (long{n3} * n2) % n1, i0 = row_number / (long{n3} * n2 * n1);
            int k = 0;
            (enter<O>(f, k++, i0, i1, i2, i3), ...);
            Row row;
            if constexpr (vertical) {
                const long lane = r % blocks * w;
                const int n = static_cast<int>(lanes - lane < w ? lanes - lane : w);
                if constexpr (N::bounded == lane_loop || N::n7 % w != 0) {
                    if (N::n7 < w || n < w) {
                        passes_down<true>(Levels{}, f, row, lane, n, inner);
                        continue;
                    }
                }
                if constexpr (N::n7 >= w) passes_down<false>(Levels{}, f, row, lane, n, inner);
            } else {
                passes(Levels{}, f, row, lane_begin, lane_end, inner);
            }
        }
    }

    // --- sums over rows -----------------------------------------------------------------------------------------------------
    template <int... K>
    static void own_sums(void** to, void* const* base, char* part, std::integer_sequence<int, K...>) {
        ((to[K] = sum_list.is[K] ? part + sum_list.before[K] : base[K]), ...);
    }
    /// Adds what a part has summed to its second array, and begins anew.
    static void put_sums_by(char* part) {
        for_sums([&]<int K>(std::integral_constant<int, K>) {
            auto *sum = reinterpret_cast<SumAt<K>*>(part + sum_list.before[K]), *all = reinterpret_cast<SumAt<K>*>(part + sum_bytes + sum_list.before[K]);
            for (long e = 0; e < At<K>::elements; ++e) all[e] += sum[e], sum[e] = 0;
        });
    }
    /// The parts' sums become the results: elements [begin, end) of operand K.
    template <int K>
    static void add_up(const Run& run, void* const* base, long begin, long end) {
        using S = SumAt<K>;
        auto* to = static_cast<Element<At<K>::type>*>(base[K]);
        for (long e = begin; e < end; e += w) {
            Pack<S, w> sum(0);
            for (long p = 0; p < workspace / sum_bytes; ++p) sum = sum + load<S, w>(reinterpret_cast<const S*>(run.workspace + p * sum_bytes + sum_list.before[K]) + e);
            store_lanes<Element<At<K>::type>, true, 1>(to, e, static_cast<int>(end - e < w ? end - e : w), sum);
        }
    }
    template <class F>
    static void for_sums(F f) {
        [&]<int... K>(std::integer_sequence<int, K...>) {
            const auto one = [&]<int I>(std::integral_constant<int, I> k) {
                if constexpr (sum_list.is[I]) f(k);
            };
            (one(std::integral_constant<int, K>{}), ...);
        }(Operands{});
    }

    static void run(const Run& run, void* const* base) noexcept {
        if constexpr (has_columns && direct)
            for_sums([&]<int K>(std::integral_constant<int, K>) {
                for (long e = 0; e < At<K>::elements; ++e) static_cast<SumAt<K>*>(base[K])[e] = 0;
            });
        spread(run, items, [&](int i) { item(i, run, base); });
        if constexpr (workspace > 0)
            for_sums([&]<int K>(std::integral_constant<int, K>) {
                constexpr long length = 4096, all = At<K>::elements;
                spread(run, static_cast<int>((all + length - 1) / length), [&](int i) { add_up<K>(run, base, i * length, all - i * length < length ? all : (i + 1) * length); });
            });
    }
};

}  // namespace strata::host
