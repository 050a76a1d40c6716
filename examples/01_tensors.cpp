// SPDX-License-Identifier: BSL-1.0
/// Tensors and expressions: shapes in the types, a whole expression in one kernel.
#include <cstdio>

#include <strata/strata.hpp>

namespace st = strata;

int main() {
    st::Tensor<float, 2, 3> x{1, 2, 3, 4, 5, 6};
    st::Tensor<float, 3, 4> w = st::Tensor<float, 3, 4>::full(0.5f);
    st::Tensor<float, 4> b{-4, -2, 0, 2};

    // Nothing is computed here: `layer` is a small typed tree.
    const auto layer = st::relu(st::matmul(x, w) + b);
    static_assert(st::plan_of<decltype(layer)>.kernels == 1);  // product, bias and relu are one kernel
    const st::Tensor<float, 2, 4> y = layer;                   // here it runs

    for (int i = 0; i < 2; ++i) {
        for (int j = 0; j < 4; ++j) std::printf("%6.2f", static_cast<double>(y(i, j)));
        std::printf("\n");
    }

    // Broadcasting as in numpy, folds over any axes, several dtypes.
    const st::Tensor<float, 2, 4> p = st::softmax(y * 2.0f - 1.0f);
    const st::Tensor<float, 2> sums = st::sum(p, st::axis<-1>);
    const st::Tensor<int, 2> best = st::argmax(y);
    std::printf("softmax rows sum to %.3f and %.3f; the largest are %d and %d\n", static_cast<double>(sums(0)), static_cast<double>(sums(1)), best(0), best(1));

    // Views: rows, and memory of your own, without a copy. A StaticTensor needs no heap.
    float samples[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    const st::TensorView<float, 2, 4> view(samples);
    view[0] = view[1] * 10.0f + y[0];
    static const st::StaticTensor<float, 4> scale{1, 2, 3, 4};
    const st::Tensor<float> weighted = st::sum(view[0] * scale);
    std::printf("the first row of the program's own memory is now %g %g %g %g, weighted %g\n", static_cast<double>(samples[0]), static_cast<double>(samples[1]),
                static_cast<double>(samples[2]), static_cast<double>(samples[3]), static_cast<double>(weighted()));

    // A shape that does not fit does not compile:
    //     st::Tensor<float, 2, 4> wrong = st::matmul(w, x);
    return y(0, 0) == 0.0f && y(1, 3) == 9.5f ? 0 : 1;
}
