// SPDX-License-Identifier: BSL-1.0
// A residual net with batch normalisation: ten steps beside PyTorch's, parameters and running statistics.
#include <strata/train/step.hpp>

#include <strata/layer/batch_norm.hpp>
#include <strata/layer/conv2d.hpp>
#include <strata/layer/dense.hpp>
#include <strata/layer/pool.hpp>
#include <strata/layer/relu.hpp>
#include <strata/loss/cross_entropy.hpp>
#include <strata/optim/adam.hpp>
#include <strata/optim/sgd.hpp>

#include "../support/training.hpp"

namespace st = strata;
using st::test::check_golden_run;

namespace {
using Convolution = st::Conv2d<4, 3, st::Sliding<1, 1, 1>, st::HeUniform, st::NoBias>;
using Net = st::Sequential<Convolution, st::BatchNorm, st::Relu, st::Residual<Convolution, st::BatchNorm, st::Relu, Convolution, st::BatchNorm>, st::Relu,
                           st::GlobalAvgPool, st::Dense<4>>;
template <class Real>
using Residual = st::Model<Net, st::Shape<2, 6, 6>, st::Host, st::Precision<Real>>;
}  // namespace

TEST_CASE("ten steps of SGD in float") { check_golden_run<Residual<float>>("residual", "sgd", st::Sgd{0.1}, 1e-5); }
TEST_CASE("ten steps of SGD in double") { check_golden_run<Residual<double>>("residual", "sgd", st::Sgd{0.1}, 1e-9); }
