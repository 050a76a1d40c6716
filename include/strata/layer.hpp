// SPDX-License-Identifier: BSL-1.0
/// All of layer.
#pragma once

#include <strata/layer/batch_norm.hpp>
#include <strata/layer/conv2d.hpp>
#include <strata/layer/dense.hpp>
#include <strata/layer/dropout.hpp>
#include <strata/layer/embedding.hpp>
#include <strata/layer/flatten.hpp>
#include <strata/layer/gelu.hpp>
#include <strata/layer/lambda.hpp>
#include <strata/layer/layer_norm.hpp>
#include <strata/layer/leaky_relu.hpp>
#include <strata/layer/param.hpp>
#include <strata/layer/pool.hpp>
#include <strata/layer/relu.hpp>
#include <strata/layer/repeat.hpp>
#include <strata/layer/rms_norm.hpp>
#include <strata/layer/sequential.hpp>
#include <strata/layer/sigmoid.hpp>
#include <strata/layer/silu.hpp>
#include <strata/layer/softmax.hpp>
#include <strata/layer/softplus.hpp>
#include <strata/layer/tanh.hpp>
