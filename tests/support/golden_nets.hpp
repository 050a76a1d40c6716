// SPDX-License-Identifier: BSL-1.0
/// The nets of tests/golden/training_*.txt.
#pragma once

#include <strata/layer/batch_norm.hpp>
#include <strata/layer/conv2d.hpp>
#include <strata/layer/dense.hpp>
#include <strata/layer/flatten.hpp>
#include <strata/layer/pool.hpp>
#include <strata/layer/relu.hpp>
#include <strata/layer/sequential.hpp>
#include <strata/loss/cross_entropy.hpp>

#include "training.hpp"

namespace strata::test {

template <class Real>
using Mlp = Model<Sequential<Dense<16>, Relu, Dense<8>, Relu, Dense<4>>, Shape<12>, Here, Precision<Real>>;

template <class Real>
using LeNet = Model<Sequential<Conv2d<3, 3>, Relu, MaxPool2d<2>, Conv2d<4, 3>, Relu, Flatten, Dense<10>, Relu, Dense<4>>, Shape<1, 12, 12>, Here,
                    Precision<Real>>;

using Padded3 = Conv2d<4, 3, Sliding<1, 1, 1>, HeUniform, NoBias>;
template <class Real>
using ResidualNet = Model<Sequential<Padded3, BatchNorm, Relu, Residual<Padded3, BatchNorm, Relu, Padded3, BatchNorm>, Relu, GlobalAvgPool, Dense<4>>,
                          Shape<2, 6, 6>, Here, Precision<Real>>;

/// A run in float and in double.
template <template <class> class Net, class Optimiser, class... Schedule>
void check_golden_runs(const char* net, const char* run, const Optimiser& optimiser, Schedule... schedule) {
    check_golden_run<Net<float>>(net, run, optimiser, 1e-5, schedule...);
    check_golden_run<Net<double>>(net, run, optimiser, 1e-9, schedule...);
}

}  // namespace strata::test
