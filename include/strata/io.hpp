// SPDX-License-Identifier: BSL-1.0
/// All of io.
#pragma once

#include <strata/io/file.hpp>
#include <strata/io/gzip.hpp>
#include <strata/io/idx.hpp>
#include <strata/io/json.hpp>
#include <strata/io/model.hpp>
#include <strata/io/safetensors.hpp>
