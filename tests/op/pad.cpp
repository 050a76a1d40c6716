// SPDX-License-Identifier: BSL-1.0
#include <strata/op/pad.hpp>

#include <strata/op/add.hpp>
#include <strata/op/conv2d.hpp>
#include <strata/op/matmul.hpp>
#include <strata/op/max.hpp>
#include <strata/op/pool.hpp>
#include <strata/op/relu.hpp>
#include <strata/op/softmax.hpp>
#include <strata/op/transpose.hpp>

#include "../support/check.hpp"

namespace strata::test {

using X = Leaf<float, 4, 10>;
static_assert(std::is_same_v<ShapeIn<decltype(pad<1, 2, 3>(X{}))>, Shape<4, 15>>);
static_assert(std::is_same_v<ShapeIn<decltype(pad<-2, 1>(X{}))>, Shape<6, 10>>);
static_assert(std::is_same_v<ShapeIn<decltype(pad<0, 0>(X{}))>, Shape<4, 10>>);
static_assert(std::is_same_v<ShapeIn<decltype(pad<1, 2, 3>(X{}, 1))>, Shape<4, 15>>);
static_assert(std::is_same_v<TypeIn<decltype(pad<0, 1>(Leaf<bool, 4>{}))>, bool>);
// Read where it lies.
static_assert(plan_of<decltype(pad<1, 2, 3>(pad<0, 1>(X{})) * 2)>.kernels == 1);
static_assert(plan_of<decltype(sum(pad<1, 2, 3>(X{})))>.kernels == 1);
static_assert(plan_of<decltype(pad<1, 2, 3>(X{}, 7) + 1)>.kernels == 1);
static_assert(plan_of<decltype(matmul(relu(pad<1, 2, 3>(X{})), Leaf<float, 15, 4>{}))>.kernels == 2);  // products read plain rows
static_assert(std::is_same_v<decltype(pad<2, 1>(X{})), Misfit<PadOp<2, 1, 1>, 3, 2, Shape<4, 10>>>);
static_assert(refused<decltype(pad<-3, 1>(X{}))> && refused<decltype(pad<0, 1>(Leaf<float, batch<8>, 5>{}))>);

template <int Axis, int Before, int After, class T, int M, int N>
void check_pad() {
    CAPTURE(Axis);
    CAPTURE(Before);
    CAPTURE(After);
    const auto x = scattered<Tensor<T, M, N>>(1);
    std::vector<T> zeros, nines;
    const int rows = Axis == 0 ? M + Before + After : M, columns = Axis == 1 ? N + Before + After : N;
    for (int i = 0; i < rows; ++i)
        for (int j = 0; j < columns; ++j) {
            const int a = i - (Axis == 0 ? Before : 0), b = j - (Axis == 1 ? Before : 0);
            const bool inside = a >= 0 && a < M && b >= 0 && b < N;
            zeros.push_back(inside ? x(a, b) : 0);
            nines.push_back(inside ? x(a, b) : 9);
        }
    CHECK(unlike(computed(pad<Axis, Before, After>(x)), zeros, 0) == "");
    CHECK(unlike(computed(pad<Axis, Before, After>(x, 9)), nines, 0) == "");
}

TEST_CASE("pad: rows and columns, within a vector, at its edges and over several") {
    check_pad<0, 1, 0, float, 3, 5>();
    check_pad<0, 0, 2, float, 3, 33>();
    check_pad<0, 2, 3, double, 1, 16>();
    check_pad<1, 1, 0, float, 3, 5>();
    check_pad<1, 0, 1, float, 3, 16>();
    check_pad<1, 16, 16, float, 2, 16>();
    check_pad<1, 40, 3, float, 2, 50>();
    check_pad<1, 5, 40, double, 2, 33>();
    check_pad<1, 20, 20, float, 2, 1>();
}

TEST_CASE("pad: infinite around what a fold must not see; a value that broadcasts") {
    const auto x = scattered<Tensor<float, 3, 6>>(1);
    const auto c = scattered<Tensor<float, 3, 1>>(2);
    const auto y = computed(max(pad<1, 4, 20>(x, -inf), axis<1>));
    const auto z = computed(pad<1, 0, 2>(x, c));
    for (int i = 0; i < 3; ++i) {
        float most = x(i, 0);
        for (int j = 0; j < 6; ++j) most = std::fmax(most, x(i, j));
        CHECK(y(i) == most);
        for (int j = 0; j < 8; ++j) CHECK(z(i, j) == (j < 6 ? x(i, j) : c(i, 0)));
    }
}

TEST_CASE("pad: two axes at once, three with a copy between; integers, masks, numbers and positions") {
    Tensor<std::int32_t, 2, 3, 17> x;
    for (int i = 0; i < 102; ++i) x.data()[i] = i + 1;
    const auto y = computed(pad<0, 1>(pad<1, 0, 2>(pad<2, 3, 1>(x))));
    const auto m = computed(pad<1, 1>(pad<2, 2>(x > 50)));
    for (int i = 0; i < 4; ++i)
        for (int j = 0; j < 5; ++j)
            for (int k = 0; k < 21; ++k) CHECK(y(i, j, k) == (i >= 1 && i < 3 && j < 3 && k >= 3 && k < 20 ? x(i - 1, j, k - 3) : 0));
    for (int i = 0; i < 2; ++i)
        for (int j = 0; j < 5; ++j)
            for (int k = 0; k < 21; ++k) CHECK(m(i, j, k) == (j >= 1 && j < 4 && k >= 2 && k < 19 && x(i, j - 1, k - 2) > 50));
    const auto p = computed(pad<0, 2, 1>(index<20>()));
    for (int i = 0; i < 23; ++i) CHECK(p(i) == (i >= 2 && i < 22 ? i - 2 : 0));
    const auto s = scattered<Tensor<float, 5>>(1);
    const auto n = computed(pad<0, 1, 2>(softmax(s) * 0 + 3) + s(0));
    for (int i = 0; i < 8; ++i) CHECK(n(i) == doctest::Approx((i >= 1 && i < 6 ? 3 : 0) + s(0)));
}

TEST_CASE("pad: under views, before products, convolutions and pooling") {
    auto x = scattered<Tensor<double, 4, 6>>(1);
    auto w = scattered<Tensor<double, 9, 5>>(2);
    auto p = scattered<Tensor<double, 2, 3, 4, 5>>(3);
    auto k = scattered<Tensor<double, 2, 3, 3, 3>>(4);
    const auto t = computed(transpose<1, 0>(pad<1, 2, 1>(x)));
    const auto r = computed(reshape<Shape<12, 3>>(pad<1, 2, 1>(x)));
    for (int i = 0; i < 4; ++i)
        for (int j = 0; j < 9; ++j) {
            const double wanted = j >= 2 && j < 8 ? x(i, j - 2) : 0;
            CHECK(t(j, i) == wanted);
            CHECK(r((i * 9 + j) / 3, (i * 9 + j) % 3) == wanted);
        }
    check_gradient([](const auto& a, const auto& b) { return matmul(pad<1, 2, 1>(a), b); }, x, w);
    check_gradient([](const auto& a, const auto& b) { return matmul(relu(pad<1, 2, 1>(a)), b); }, x, w);
    const auto padded = computed(conv2d<Sliding<>>(pad<2, 1>(pad<3, 1>(p)), k));
    CHECK(unlike(padded, computed(conv2d<Sliding<1, 1, 1>>(p, k)).span(), 1e-12) == "");
    check_gradient([](const auto& a, const auto& b) { return conv2d<Sliding<>>(pad<2, 1, 0>(a * a), b); }, p, k);
    check_gradient([](const auto& a) { return avg_pool2d<2>(pad<2, 0, 2>(pad<3, 1, 0>(a * a))); }, p);
}

TEST_CASE("pad: gradients, of the value too") {
    auto x = scattered<Tensor<double, 4, 6>>(1);
    auto c = scattered<Tensor<double, 4, 1>>(2);
    check_gradient([](const auto& e) { return pad<1, 2, 1>(e * e) * 3; }, x);
    check_gradient([](const auto& e) { return pad<0, 2, 1>(pad<1, 1>(e)); }, x);
    check_gradient([](const auto& e) { return softmax(pad<1, 2, 1>(e) * 2); }, x);
    check_gradient([](const auto& e, const auto& v) { return pad<1, 2, 1>(e, v); }, x, c);
    check_gradient([](const auto& e) { return transpose<1, 0>(pad<1, 2, 1>(e)) + 1; }, x);
}

TEST_CASE("a convolution reads a transposed picture and transposed weights as they are meant") {
    const auto x = scattered<Tensor<double, 2, 4, 5, 3>>(1);  // channels last
    const auto w = scattered<Tensor<double, 3, 2, 3, 3>>(2);
    const auto a = computed(transpose<0, 3, 1, 2>(x));
    const auto b = computed(transpose<1, 0, 2, 3>(w));
    const auto y = computed(conv2d<Sliding<>>(transpose<0, 3, 1, 2>(x), transpose<1, 0, 2, 3>(w)));
    CHECK(unlike(y, computed(conv2d<Sliding<>>(a, b)).span(), 1e-12) == "");
    CHECK(unlike(computed(max_pool2d<2>(transpose<0, 3, 1, 2>(x))), computed(max_pool2d<2>(a)).span(), 0) == "");
}

}  // namespace strata::test
