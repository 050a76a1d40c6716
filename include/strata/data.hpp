// SPDX-License-Identifier: BSL-1.0
/// All of data.
#pragma once

#include <strata/data/augment.hpp>
#include <strata/data/dataset.hpp>
#include <strata/data/fashion_mnist.hpp>
#include <strata/data/index.hpp>
#include <strata/data/loader.hpp>
#include <strata/data/shuffle.hpp>
#include <strata/data/split.hpp>
#include <strata/data/tensor_dataset.hpp>
