// SPDX-License-Identifier: BSL-1.0
#include <strata/op/matmul.hpp>

#include <strata/op/add.hpp>
#include <strata/op/relu.hpp>
#include <strata/op/transpose.hpp>

#include "../support/check.hpp"

namespace strata::test {

template <int... D>
using L = Leaf<float, D...>;
static_assert(std::is_same_v<ShapeIn<decltype(matmul(L<4, 5>{}, L<5, 3>{}))>, Shape<4, 3>>);
static_assert(std::is_same_v<ShapeIn<decltype(matmul(L<2, 4, 5>{}, L<2, 5, 3>{}))>, Shape<2, 4, 3>>);
static_assert(std::is_same_v<ShapeIn<decltype(matmul(L<2, 4, 5>{}, L<5, 3>{}))>, Shape<2, 4, 3>>);
static_assert(std::is_same_v<ShapeIn<decltype(matmul(L<7, 2, 4, 5>{}, L<5, 3>{}))>, Shape<7, 2, 4, 3>>);
static_assert(std::is_same_v<ShapeIn<decltype(matmul_transposed(L<4, 5>{}, L<3, 5>{}))>, Shape<4, 3>>);
static_assert(std::is_same_v<decltype(matmul(L<4, 5>{}, L<6, 3>{})), Misfit<MatmulOp<false, false>, 6, 5, Shape<4, 5>, Shape<6, 3>>>);
static_assert(std::is_same_v<decltype(matmul_transposed(L<4, 5>{}, L<5, 3>{})), Misfit<MatmulOp<false, true>, 3, 5, Shape<4, 5>, Shape<5, 3>>>);
static_assert(std::is_same_v<decltype(matmul(L<5>{}, L<5, 3>{})), Misfit<MatmulOp<false, false>, 2, 1, Shape<5>, Shape<5, 3>>>);
static_assert(refused<decltype(matmul(L<2, 4, 5>{}, L<3, 5, 3>{}))>, "as many matrices on either side");
static_assert(refused<decltype(matmul(L<2, 4, 5>{}, L<6, 3>{}))>);
static_assert(refused<decltype(relu(matmul(L<4, 5>{}, L<6, 3>{})) + 1)>, "a misfit travels upwards");
static_assert(std::is_same_v<ShapeIn<decltype(matmul(Ref<Shape<batch<64>, 5>, float>{}, L<5, 3>{}))>, Shape<batch<64>, 3>>);
static_assert(std::is_same_v<ShapeIn<decltype(matmul(Ref<Shape<batch<64>, 4, 5>, float>{}, L<5, 3>{}))>, Shape<batch<64>, 4, 3>>);

static_assert(std::is_same_v<ShapeIn<decltype(matmul(L<5, 5>{}, Ref<Shape<batch<64>, 5, 3>, float>{}))>, Shape<batch<64>, 5, 3>>);
static_assert(std::is_same_v<decltype(matmul(L<2, 4, 5>{}, L<3, 5, 3>{})), Misfit<MatmulOp<false, false>, 2, 3, Shape<2, 4, 5>, Shape<3, 5, 3>>>);
static_assert(refused<decltype(matmul(L<2, 3, 4, 5>{}, L<2, 5, 3>{}))>);

static_assert(plan_of<decltype(matmul(L<32, 64>{}, L<64, 16>{}))>.kernels == 1);
static_assert(plan_of<decltype(matmul(L<32, 64>{}, L<8, 64, 16>{}))>.kernels == 1 && plan_of<decltype(matmul(L<32, 64>{}, L<8, 64, 16>{}))>.arena_bytes == 0, "the one matrix is read in place");
static_assert(plan_of<decltype(matmul(L<2, 3, 32, 64>{}, L<2, 3, 64, 16>{}))>.kernels == 1);
static_assert(plan_of<decltype(relu(matmul(L<32, 64>{}, L<64, 16>{}) + L<16>{}))>.kernels == 1, "bias and activation are its epilogue");

constexpr auto matmul_of = [](const auto& a, const auto& b) { return matmul(a, b); };
template <bool TA, bool TB>
constexpr auto product = [](const auto& a, const auto& b) { return apply<MatmulOp<TA, TB>>(detail::wrap(a), detail::wrap(b)); };

TEST_CASE("matmul: golden values and gradients, each operand as it is or transposed") {
    const Golden golden{"ops_matmul.txt"};
    check_golden<Shape<4, 5>, Shape<5, 3>>(golden, "matmul.nn", matmul_of);
    check_golden<Shape<5, 4>, Shape<5, 3>>(golden, "matmul.tn", product<true, false>);
    check_golden<Shape<4, 5>, Shape<3, 5>>(golden, "matmul.nt", [](const auto& a, const auto& b) { return matmul_transposed(a, b); });
    check_golden<Shape<5, 4>, Shape<3, 5>>(golden, "matmul.tt", product<true, true>);
}

TEST_CASE("matmul: golden values and gradients of many matrices") {
    const Golden golden{"ops_matmul.txt"};
    check_golden<Shape<2, 4, 5>, Shape<2, 5, 3>>(golden, "matmul.batched", matmul_of);
    check_golden<Shape<2, 4, 5>, Shape<2, 3, 5>>(golden, "matmul.batched_nt", product<false, true>);
    check_golden<Shape<2, 4, 5>, Shape<5, 3>>(golden, "matmul.shared", matmul_of);
}

/// matmul and matmul_transposed of operands with batches A and B against sums written out, and their gradients against differences.
template <class A, class B, class Y>
struct BatchCase;
template <int... A, int... B, int... Y>
struct BatchCase<Shape<A...>, Shape<B...>, Shape<Y...>> {
    /// The matrix of an operand with batch extents of D that batch number `y` of the result reads.
    static long matrix(const Dims& d, long y) {
        constexpr Dims whole = Shape<Y..., 1>::dims();
        long at = 0, step = 1;
        for (int i = 1; i < whole.rank; ++i) {
            const int extent = whole.extent[whole.rank - 1 - i], own = i < d.rank ? d.extent[d.rank - 1 - i] : 1;
            if (own != 1) at += y % extent * step;
            step *= own, y /= extent;
        }
        return at;
    }
    template <class T, int M, int K, int N>
    static void check() {
        auto a = scattered<Tensor<T, A..., M, K>>(1);
        auto b = scattered<Tensor<T, B..., K, N>>(2);
        Tensor<T, B..., N, K> turned;
        const Dims da = Shape<A..., 1>::dims(), db = Shape<B..., 1>::dims();
        std::vector<double> wanted;
        for (long y = 0; y < Shape<Y...>::size; ++y) {
            const T *p = a.data() + matrix(da, y) * M * K, *q = b.data() + matrix(db, y) * K * N;
            T* const t = turned.data() + matrix(db, y) * K * N;
            for (int i = 0; i < M; ++i)
                for (int j = 0; j < N; ++j) {
                    double s = 0;
                    for (int k = 0; k < K; ++k) {
                        s += static_cast<double>(p[i * K + k]) * static_cast<double>(q[k * N + j]);
                        t[j * K + k] = q[k * N + j];
                    }
                    wanted.push_back(s);
                }
        }
        const auto y = computed(matmul(a, b));
        static_assert(std::is_same_v<typename decltype(y)::Shape, Shape<Y..., M, N>>);
        CHECK(unlike(y, wanted, 30 * tolerance<T>) == "");
        CHECK(unlike(computed(matmul_transposed(a, turned)), wanted, 30 * tolerance<T>) == "");
        if constexpr (std::is_same_v<T, double>) check_gradient(matmul_of, a, b);
    }
};

TEST_CASE("matmul: axes before the last two broadcast") {
    BatchCase<Shape<>, Shape<3>, Shape<3>>::check<double, 4, 5, 2>();
    BatchCase<Shape<1>, Shape<3>, Shape<3>>::check<double, 4, 5, 2>();
    BatchCase<Shape<3>, Shape<1>, Shape<3>>::check<double, 4, 5, 2>();
    BatchCase<Shape<1>, Shape<3>, Shape<3>>::check<float, 33, 17, 40>();
    BatchCase<Shape<>, Shape<1>, Shape<1>>::check<float, 4, 5, 2>();
    BatchCase<Shape<2, 3>, Shape<2, 3>, Shape<2, 3>>::check<double, 4, 5, 2>();
    BatchCase<Shape<2, 1>, Shape<3>, Shape<2, 3>>::check<double, 4, 5, 2>();
    BatchCase<Shape<3>, Shape<2, 1>, Shape<2, 3>>::check<float, 4, 5, 2>();
    BatchCase<Shape<1>, Shape<2, 3>, Shape<2, 3>>::check<float, 4, 5, 2>();
    BatchCase<Shape<2, 3>, Shape<1, 1>, Shape<2, 3>>::check<float, 4, 5, 2>();
}

template <class T, int M, int K, int N>
void check_extents() {
    CAPTURE(M);
    CAPTURE(K);
    CAPTURE(N);
    const auto a = scattered<Tensor<T, M, K>>(1);
    const auto b = scattered<Tensor<T, K, N>>(2);
    Tensor<T, N, K> turned;
    std::vector<double> wanted;
    for (int i = 0; i < M; ++i)
        for (int j = 0; j < N; ++j) {
            double s = 0;
            for (int k = 0; k < K; ++k) {
                s += static_cast<double>(a(i, k)) * static_cast<double>(b(k, j));
                turned(j, k) = b(k, j);
            }
            wanted.push_back(s);
        }
    // A sum of k products of size one: its error, not that of the result, is what k roundings make.
    CHECK(unlike(computed(matmul(a, b)), wanted, 30 * tolerance<T>) == "");
    CHECK(unlike(computed(matmul_transposed(a, turned)), wanted, 30 * tolerance<T>) == "");
}

TEST_CASE("matmul: any extents") {
    if constexpr (on_host) {
        check_extents<float, 1, 1, 1>();
        check_extents<float, 3, 7, 15>();
        check_extents<float, 17, 3, 16>();
    }
    check_extents<float, 1, 100, 7>();
    check_extents<float, 33, 16, 1>();
    check_extents<float, 15, 33, 100>();
    check_extents<double, 1, 17, 33>();
    check_extents<double, 7, 100, 3>();
}

TEST_CASE("matmul: bias, activation and what reads the result") {
    auto x = scattered<Tensor<double, 7, 5>>(1);
    auto w = scattered<Tensor<double, 5, 3>>(2);
    auto b = scattered<Tensor<double, 3>>(3);
    const auto layer = [](const auto& e, const auto& v, const auto& c) { return relu(matmul(e, v) + c); };
    const auto y = computed(layer(x, w, b));
    for (int i = 0; i < 7; ++i)
        for (int j = 0; j < 3; ++j) {
            double s = b(j);
            for (int k = 0; k < 5; ++k) s += x(i, k) * w(k, j);
            CHECK(near(y(i, j), std::fmax(s, 0), 1e-12));
        }
    check_gradient(layer, x, w, b);
}

template <class T, int M, int K, int N>
void check_prologue() {
    const auto a = scattered<Tensor<T, M, K>>(1);
    const auto s = scattered<Tensor<T, K>>(2);
    const auto w = scattered<Tensor<T, K, N>>(3);
    const auto y = relu(matmul(relu(a * s), w));
    CHECK(plan_of<decltype(y)>.kernels == 1);
    CHECK(plan_of<decltype(y)>.arena_bytes == 0);
    std::vector<double> wanted;
    for (int i = 0; i < M; ++i)
        for (int j = 0; j < N; ++j) {
            double t = 0;
            for (int k = 0; k < K; ++k) {
                const double v = static_cast<double>(a(i, k)) * static_cast<double>(s(k));
                if (v > 0) t += v * static_cast<double>(w(k, j));
            }
            wanted.push_back(t > 0 ? t : 0);
        }
    CHECK(unlike(computed(y), wanted, 100 * tolerance<T>) == "");
}

TEST_CASE("matmul: what its left operand is made of is computed within the kernel") {
    check_prologue<float, 1, 5, 3>();
    check_prologue<float, 200, 300, 17>();
    check_prologue<double, 33, 1030, 8>();
    check_prologue<double, 9, 16, 1>();
    auto a = scattered<Tensor<double, 6, 4>>(1);
    auto w = scattered<Tensor<double, 4, 5>>(2);
    const auto b = scattered<Tensor<double, 4, 6>>(3);
    const auto twice = matmul(relu(a), w);
    CHECK(plan_of<decltype(twice)>.kernels == 1);
    const Tensor<double, 6, 4> r = relu(a);
    check_gradient([](const auto& x, const auto& v) { return matmul(relu(x * 2.0), v); }, a, w);
    CHECK(near(computed(twice)(2, 3), computed(matmul(r, w))(2, 3), 1e-15));
    CHECK(plan_of<decltype(matmul(b, relu(a)))>.kernels == 2);  // the right operand is no row of its result
}

TEST_CASE("matmul: a matrix with itself; a product of products; a transpose in front") {
    auto x = scattered<Tensor<double, 5, 5>>(1);
    check_gradient([](const auto& e) { return matmul(e, e); }, x);
    auto a = scattered<Tensor<double, 3, 5>>(2);
    check_gradient([](const auto& p, const auto& q) { return matmul(matmul(p, q), transpose<1, 0>(p)); }, a, x);
}

TEST_CASE("matmul: what is not a number stays within its row") {
    Tensor<float, 2, 3> a{1, static_cast<float>(nan), 1, 1, 2, 3};
    const Tensor<float, 3, 2> b{1, 0, 0, 1, 1, 1};
    const auto y = computed(matmul(a, b));
    CHECK(std::isnan(y(0, 0)));
    CHECK(std::isnan(y(0, 1)));
    CHECK(y(1, 0) == 4);
    CHECK(y(1, 1) == 5);
}

}  // namespace strata::test
