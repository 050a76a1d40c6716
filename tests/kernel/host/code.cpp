// SPDX-License-Identifier: BSL-1.0
#include <strata/kernel/host/code.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <strata/op/multiply.hpp>
#include <strata/op/select.hpp>
#include <strata/op/subtract.hpp>

#include "../../support/guarded.hpp"

using namespace strata;
using namespace strata::host;
using strata::test::Guarded;

namespace {
constexpr int w = width<float>;
constexpr float inf = std::numeric_limits<float>::infinity(), undefined = std::numeric_limits<float>::quiet_NaN();

// --- memory ----------------------------------------------------------------------------------------------------------------
template <class T>
T sample(long i) {
    if constexpr (std::is_same_v<T, bool>)
        return i % 3 == 1;
    else
        return static_cast<T>(i * 7 % 11 - 5);
}
/// Loads and stores of T in a program of Real, Stride apart, of 1 to all lanes, of memory that ends with the last of them.
template <class Real, class T, long Stride>
void check_memory() {
    constexpr DType type = dtype_of<T>;
    constexpr int lanes = width<Real>;
    constexpr bool mask = std::is_same_v<T, bool>;
    const auto value = [&](const auto& v, int l) { return mask ? static_cast<double>(v.lane[l] != 0) : static_cast<double>(v.lane[l]); };
    CAPTURE(Stride);
    for (int n = 1; n <= lanes; ++n) {
        CAPTURE(n);
        Guarded<T> from(static_cast<std::size_t>(3 + (n - 1) * Stride + 1));
        for (long i = 0; i < static_cast<long>(from.size()); ++i) from[static_cast<std::size_t>(i)] = sample<T>(i);
        const auto v = load_lanes<type, Real, true, Stride>(from.data(), 3, n);
        for (int l = 0; l < n; ++l) CHECK(value(v, l) == static_cast<double>(sample<T>(3 + l * Stride)));
        if (Stride != 0)
            for (int l = n; l < lanes; ++l) CHECK(value(v, l) == 0);
        if (n == lanes) {
            const auto all = load_lanes<type, Real, false, Stride>(from.data(), 3, n);
            for (int l = 0; l < n; ++l) CHECK(value(all, l) == value(v, l));
        }
        // Lanes [first, n) alone.
        for (int first : {0, 1, n}) {
            const long begin = 3 - first * Stride;  // the address of lane 0, which need not be memory
            const auto some = load_between<type, Real, Stride>(from.data(), begin, std::min(first, n), n);
            for (int l = 0; l < lanes; ++l)
                CHECK(value(some, l) == (l >= std::min(first, n) && l < n ? static_cast<double>(sample<T>(begin + l * Stride)) : 0));
        }
        if (Stride == 0) continue;
        Guarded<T> to(from.size());
        std::memset(static_cast<void*>(to.data()), 0, to.size() * sizeof(T));
        store_lanes<T, true, Stride>(to.data(), 3, n, v);
        if (n == lanes) store_lanes<T, false, Stride>(to.data(), 3, n, v);
        for (long i = 0; i < static_cast<long>(to.size()); ++i)
            CHECK(to[static_cast<std::size_t>(i)] == (i >= 3 && (i - 3) % (Stride == 0 ? 1 : Stride) == 0 ? sample<T>(i) : T(0)));
        CHECK(to.intact());
    }
}
template <class Real, class T>
void check_memory() {
    check_memory<Real, T, 0>();
    check_memory<Real, T, 1>();
    check_memory<Real, T, 2>();
    check_memory<Real, T, 5>();
}

// --- a machine fed by hand -------------------------------------------------------------------------------------------------
template <class T>
constexpr long bits(T v) {
    return __builtin_bit_cast(long, static_cast<double>(v));
}
template <Do What, int Section, DType T, int A = -1, int B = -1, int Operand = -1>
using Plain = Act<What, Section, T, void, A, B, -1, Operand, 0>;
template <class Op, int Section, DType T, int A, int B = -1, int C = -1>
using Call = Act<Do::apply, Section, T, Op, A, B, C, -1, 0>;

/// Memory of a machine: rows of up to 3 w numbers, by operand. Where lanes hold rows, a row's value has a number for each lane.
template <class T>
struct Memory {
    T full[8][3 * w] = {}, row[8][w] = {};
    bool mask[w] = {};
};
template <class T, bool Single, bool Partial = false>
struct HandPlace {
    Memory<T>* m;
    int at, n;
    template <int K, DType D>
    auto load() const {
        if constexpr (D == DType::boolean)
            return load_lanes<D, T, false, 1>(m->mask, 0, w);
        else
            return host::load<T, width<T>>(K >= 4 ? m->row[K] : m->full[K] + at);
    }
    auto tile() const { return host::load<T, width<T>>(m->full[7] + at); }
    template <int K, class V>
    void store(const V& v) const {
        for (int l = 0; l < n; ++l) (K >= 4 ? m->row[K] : m->full[K] + at)[l] = static_cast<T>(v.lane[l]);
    }
    template <int K, class V>
    void add(const V& v) const {
        for (int l = 0; l < n; ++l) m->full[K][at + l] += v.lane[l];
    }
    template <class V, class E>
    V only_valid(const V& v, E otherwise) const {
        V r = v;
        for (int l = n; l < V::width; ++l) r.lane[l] = otherwise;
        return r;
    }
    auto along_row() const { return Single ? iota<std::int32_t, width<T>>() + Pack<std::int32_t, width<T>>(at) : Pack<std::int32_t, width<T>>(at / w); }
};
/// The row itself, where its values are single elements.
template <class T>
struct HandRow {
    Memory<T>* m;
    template <int K, DType D>
    Element<D> load() const {
        if constexpr (D == DType::boolean)
            return m->mask[0];
        else
            return static_cast<Element<D>>(m->row[K][0]);
    }
    template <int K, class V>
    void store(V v) const {
        m->row[K][0] = static_cast<T>(v);
    }
    template <int K, class V>
    void add(V v) const {
        m->row[K][0] += static_cast<T>(v);
    }
};
template <bool Single, class... A>
using Hand = Machine<float, Single, std::make_integer_sequence<int, sizeof...(A)>, A...>;

// row: m = mask, s = row 4; pass: (x - s) * 2 -> full 1, sum, max, min, argmax of it; row: select(m, sum, max) -> row 5, min -> row 6,
// argmax -> row 7; next pass: x - max -> full 2, columns 3 += x.
template <bool Single>
using Program = Hand<Single, Plain<Do::load, 0, DType::boolean, -1, -1, 0>, Plain<Do::load, 0, DType::f32, -1, -1, 4>,            // 0, 1
                     Plain<Do::load, 1, DType::f32, -1, -1, 0>, Call<SubtractOp, 1, DType::f32, 2, 1>,                             // 2, 3
                     Act<Do::number, 1, DType::f32, void, -1, -1, -1, -1, bits(2)>, Call<MultiplyOp, 1, DType::f32, 3, 4>,         // 4, 5
                     Plain<Do::store, 1, DType::f32, 5, -1, 1>, Plain<Do::fold, 1, DType::f32, 5, static_cast<int>(Fold::sum)>,    // 6, 7
                     Plain<Do::fold, 1, DType::f32, 5, static_cast<int>(Fold::max)>, Plain<Do::fold, 1, DType::f32, 5, static_cast<int>(Fold::min)>,  // 8, 9
                     Plain<Do::fold, 1, DType::i32, 5, static_cast<int>(Fold::argmax)>,                                            // 10
                     Call<SelectOp, 2, DType::f32, 0, 7, 8>, Plain<Do::store, 2, DType::f32, 11, -1, 5>,                           // 11, 12
                     Plain<Do::store, 2, DType::f32, 9, -1, 6>, Plain<Do::store, 2, DType::i32, 10, -1, 7>,                        // 13, 14
                     Plain<Do::load, 3, DType::f32, -1, -1, 0>, Call<SubtractOp, 3, DType::f32, 15, 8>,                            // 15, 16
                     Plain<Do::store, 3, DType::f32, 16, -1, 2>, Plain<Do::column, 3, DType::f32, 15, -1, 3>>;                     // 17, 18
static_assert(Program<true>::uses<0> && Program<true>::uses<3> && !Program<true>::uses<4>);

/// A row of `length` along the lanes.
void check_along(int length, bool mask) {
    CAPTURE(length);
    Memory<float> m;
    m.mask[0] = mask;
    m.row[4][0] = 0.5f;
    for (int i = 0; i < 3 * w; ++i) m.full[0][i] = i < length ? static_cast<float>((i * 5 + 3) % 7) : 1000;
    using P = Program<true>;
    P::Row row;
    P::pass(P::Part<0>{}, row, HandRow<float>{&m});
    P::start(P::Folds<1>{}, row);
    for (int at = 0; at < length; at += w) P::pass(P::Part<1>{}, row, HandPlace<float, true>{&m, at, std::min(w, length - at)});
    P::finish(P::Folds<1>{}, row);
    P::pass(P::Part<2>{}, row, HandRow<float>{&m});
    for (int at = 0; at < length; at += w) P::pass(P::Part<3>{}, row, HandPlace<float, true>{&m, at, std::min(w, length - at)});
    float sum = 0, most = -inf, least = inf;
    int place = 0;
    for (int i = 0; i < length; ++i) {
        const float y = (m.full[0][i] - 0.5f) * 2;
        CHECK(m.full[1][i] == y);
        if (y > most) place = i;
        sum += y, most = std::max(most, y), least = std::min(least, y);
    }
    CHECK(m.row[5][0] == (mask ? sum : most));
    CHECK(m.row[6][0] == least);
    CHECK(m.row[7][0] == static_cast<float>(place));
    for (int i = 0; i < length; ++i) {
        CHECK(m.full[2][i] == m.full[0][i] - most);
        CHECK(m.full[3][i] == m.full[0][i]);
    }
}
/// A row in each lane, of three numbers, w apart.
void check_across() {
    Memory<float> m;
    for (int i = 0; i < 3 * w; ++i) m.full[0][i] = static_cast<float>((i * 5 + 3) % 7);
    for (int l = 0; l < w; ++l) m.mask[l] = l % 2 == 0, m.row[4][l] = static_cast<float>(l);
    using P = Program<false>;
    P::Row row;
    P::pass(P::Part<0>{}, row, HandPlace<float, false>{&m, 0, w});
    P::start(P::Folds<1>{}, row);
    for (int at = 0; at < 3 * w; at += w) P::pass(P::Part<1>{}, row, HandPlace<float, false>{&m, at, w});
    P::finish(P::Folds<1>{}, row);
    P::pass(P::Part<2>{}, row, HandPlace<float, false>{&m, 0, w});
    for (int at = 0; at < 3 * w; at += w) P::pass(P::Part<3>{}, row, HandPlace<float, false>{&m, at, w});
    for (int l = 0; l < w; ++l) {
        float sum = 0, most = -inf, least = inf;
        int place = 0;
        for (int i = 0; i < 3; ++i) {
            const float y = (m.full[0][i * w + l] - static_cast<float>(l)) * 2;
            if (y > most) place = i;
            sum += y, most = std::max(most, y), least = std::min(least, y);
        }
        CHECK(m.row[5][l] == (l % 2 == 0 ? sum : most));
        CHECK(m.row[6][l] == least);
        CHECK(m.row[7][l] == static_cast<float>(place));
        for (int i = 0; i < 3; ++i) CHECK(m.full[2][i * w + l] == m.full[0][i * w + l] - most);
    }
}
}  // namespace

TEST_CASE("loads and stores take the elements they are told and no other") {
    check_memory<float, float>();
    check_memory<float, std::int32_t>();
    check_memory<float, bool>();
    check_memory<double, double>();
    check_memory<double, std::int32_t>();
    check_memory<double, bool>();
}

TEST_CASE("what folds start from leaves the first number as it is") {
    CHECK(fold_start<float>(Fold::sum) == 0);
    CHECK(fold_start<double>(Fold::max) == -std::numeric_limits<double>::infinity());
    CHECK(fold_start<float>(Fold::min) == inf);
    CHECK(fold_start<std::int32_t>(Fold::sum) == 0);
    CHECK(fold_start<std::int32_t>(Fold::max) == std::numeric_limits<std::int32_t>::min());
    CHECK(fold_start<std::int32_t>(Fold::min) == std::numeric_limits<std::int32_t>::max());
    CHECK(fold_start<std::int64_t>(Fold::max) == std::numeric_limits<std::int64_t>::min());
}
TEST_CASE("two values become one; NaN stays, from either side") {
    CHECK(fold_two<Fold::sum>(2.f, 3.f) == 5);
    CHECK(fold_two<Fold::min>(2.f, 3.f) == 2);
    CHECK(fold_two<Fold::max>(2, 3) == 3);
    CHECK(std::isnan(fold_two<Fold::max>(undefined, 1.f)));
    CHECK(std::isnan(fold_two<Fold::max>(1.f, undefined)));
    CHECK(std::isnan(fold_two<Fold::min>(undefined, 1.f)));
    CHECK(std::isnan(fold_two<Fold::min>(1.f, undefined)));
    Pack<float, w> a(1.f), b(2.f);
    a.lane[0] = undefined, b.lane[w - 1] = undefined;
    const auto most = fold_two<Fold::max>(a, b), least = fold_two<Fold::min>(a, b);
    for (int l = 0; l < w; ++l) {
        CHECK(std::isnan(most.lane[l]) == (l == 0 || l == w - 1));
        CHECK(std::isnan(least.lane[l]) == (l == 0 || l == w - 1));
        if (l > 0 && l < w - 1) CHECK((most.lane[l] == 2 && least.lane[l] == 1));
    }
}
TEST_CASE("the greatest and least lane, wherever it is; NaN if there is one") {
    for (int at = 0; at < w; ++at) {
        Pack<float, w> v(0.f);
        v.lane[at] = 3;
        v.lane[(at + 1) % w] = -2;
        CHECK(across<Fold::max>(v) == 3);
        CHECK(across<Fold::min>(v) == -2);
        v.lane[at] = undefined;
        CHECK(std::isnan(across<Fold::max>(v)));
        CHECK(std::isnan(across<Fold::min>(v)));
    }
}

TEST_CASE("instructions along a row: rows of less than a vector, vectors and a rest") {
    for (int length : {1, w - 1, w, w + 1, 2 * w + 3, 3 * w})
        for (bool mask : {false, true}) check_along(length, mask);
}
TEST_CASE("instructions where each lane holds a row") { check_across(); }

TEST_CASE("argmax: the first of equals, in every pair of lanes; where nothing is greater, place 0") {
    using P = Hand<true, Plain<Do::load, 1, DType::f32, -1, -1, 0>, Plain<Do::fold, 1, DType::i32, 0, static_cast<int>(Fold::argmax)>, Plain<Do::store, 2, DType::i32, 1, -1, 7>>;
    const auto place = [](const std::vector<float>& x) {
        Memory<float> m;
        std::copy(x.begin(), x.end(), m.full[0]);
        P::Row row;
        P::start(P::Folds<1>{}, row);
        for (int at = 0; at < static_cast<int>(x.size()); at += w) P::pass(P::Part<1>{}, row, HandPlace<float, true>{&m, at, std::min(w, static_cast<int>(x.size()) - at)});
        P::finish(P::Folds<1>{}, row);
        P::pass(P::Part<2>{}, row, HandRow<float>{&m});
        return static_cast<int>(m.row[7][0]);
    };
    for (int first = 0; first < 2 * w + 1; ++first)
        for (int second = first + 1; second < 2 * w + 1; ++second) {
            std::vector<float> x(static_cast<std::size_t>(2 * w + 1), -1.f);
            x[static_cast<std::size_t>(first)] = x[static_cast<std::size_t>(second)] = 4;
            CHECK(place(x) == first);
        }
    CHECK(place(std::vector<float>(static_cast<std::size_t>(w + 3), 2.f)) == 0);
    CHECK(place(std::vector<float>(static_cast<std::size_t>(w + 3), -inf)) == 0);
}
