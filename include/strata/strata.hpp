// SPDX-License-Identifier: BSL-1.0
/// The library on the host: tensors, expressions, layers, models and training in memory. Files and data sets: <strata/io.hpp>,
/// <strata/data.hpp>, <strata/train.hpp>.
#pragma once

#include <strata/exec/gradient.hpp>
#include <strata/layer.hpp>
#include <strata/loss.hpp>
#include <strata/model/model.hpp>
#include <strata/model/summary.hpp>
#include <strata/op.hpp>
#include <strata/optim.hpp>
#include <strata/tensor/tensor.hpp>
#include <strata/tensor/text.hpp>
#include <strata/train/step.hpp>
