// SPDX-License-Identifier: BSL-1.0
/// Tensors of 16-bit floats in expressions of every family, held to double: what is read is exact, what is computed is f32, what is stored is
/// rounded once.
#include <strata/exec/expression.hpp>

#include <strata/strata.hpp>

#include "../support/narrow_check.hpp"

namespace strata::test {

TEST_CASE_TEMPLATE("maps: arithmetic, functions, broadcasts, choices, of sizes that fill no vector", H, f16) {
    using M = Shape<5, 37>;
    check_narrow<H, M, Shape<37>, Shape<5, 1>>("arithmetic", [](const auto& x, const auto& y, const auto& z) { return (x + y) * z - x / (z * z + 1.5f); });
    check_narrow<H, M>("functions", [](const auto& x) { return exp(x) + tanh(x) * sigmoid(x) + sqrt(abs(x)) - gelu(x); }, 4e-5);
    check_narrow<H, M, Shape<37>>("choices", [](const auto& x, const auto& y) { return select(x > y, maximum(x, 0.5f), relu(y)); });
    check_narrow<H, Shape<>>("one number", [](const auto& x) { return x * 3.f; });
}
TEST_CASE_TEMPLATE("folds: rows, columns, all, soft maxima", H, bf16) {
    using M = Shape<19, 37>;
    check_narrow<H, M>("rows", [](const auto& x) { return sum(x, axis<1>); }, 4e-5);
    check_narrow<H, M>("columns", [](const auto& x) { return mean(square(x), axis<0>); }, 4e-5);
    check_narrow<H, M>("maxima", [](const auto& x) { return max(x, axis<1>) - min(x, axis<1>); });
    check_narrow<H, M>("soft", [](const auto& x) { return softmax(x * 2.f); }, 4e-5);
    check_narrow<H, M>("whole", [](const auto& x) { return mean(x * x); }, 4e-5);
    const Both<H, M> x(3, -2, 2);
    const Tensor<std::int32_t, 19> narrow = argmax(x.narrow), wide = argmax(x.wide);
    for (int i = 0; i < 19; ++i) CHECK(narrow(i) == wide(i));
}
TEST_CASE_TEMPLATE("products: both operands, transposed, batches, with what comes before and after", H, bf16) {
    check_narrow<H, Shape<17, 40>, Shape<40, 23>, Shape<23>>("layer", [](const auto& x, const auto& w, const auto& b) { return relu(matmul(x, w) + b); }, 4e-5);
    check_narrow<H, Shape<40, 17>, Shape<23, 40>>("transposed", [](const auto& x, const auto& w) { return matmul(transpose<1, 0>(x), transpose<1, 0>(w)); }, 4e-5);
    check_narrow<H, Shape<3, 9, 20>, Shape<3, 20, 7>>("batches", [](const auto& x, const auto& w) { return matmul(x, w) * 0.5f; }, 4e-5);
    check_narrow<H, Shape<17, 40>, Shape<40, 8>>("before", [](const auto& x, const auto& w) { return matmul(relu(x * 0.3f), w); }, 4e-5);
}
TEST_CASE_TEMPLATE("moves: parts, borders, joins, other shapes", H, f16) {
    check_narrow<H, Shape<6, 8>>("parts", [](const auto& x) { return transpose<1, 0>(slice<1, 1, 7>(x)) * 2.f; });
    check_narrow<H, Shape<6, 8>>("borders", [](const auto& x) { return pad<1, 2, 3>(x) + 1.f; });
    check_narrow<H, Shape<6, 8>, Shape<2, 8>>("joins", [](const auto& x, const auto& y) { return concat<0>(x, y); });
    check_narrow<H, Shape<6, 8>>("shapes", [](const auto& x) { return reshape<Shape<4, 12>>(x); });
    const Both<H, Shape<6, 8>> x(1, -2, 2);
    const Tensor<H, 8, 6> t = transpose<1, 0>(x.narrow);
    for (int i = 0; i < 6; ++i)
        for (int k = 0; k < 8; ++k) CHECK(t(k, i).bits == x.narrow(i, k).bits);
}
}  // namespace strata::test
