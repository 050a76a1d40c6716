// SPDX-License-Identifier: BSL-1.0
/// All of metric.
#pragma once

#include <strata/metric/accuracy.hpp>
#include <strata/metric/average.hpp>
#include <strata/metric/class_names.hpp>
#include <strata/metric/confusion.hpp>
#include <strata/metric/f1.hpp>
#include <strata/metric/precision.hpp>
#include <strata/metric/recall.hpp>
#include <strata/metric/report.hpp>
#include <strata/metric/table.hpp>
