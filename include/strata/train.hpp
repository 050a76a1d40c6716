// SPDX-License-Identifier: BSL-1.0
/// All of train.
#pragma once

#include <strata/train/axis.hpp>
#include <strata/train/callbacks.hpp>
#include <strata/train/checkpoint.hpp>
#include <strata/train/confusion_svg.hpp>
#include <strata/train/curves.hpp>
#include <strata/train/early_stopping.hpp>
#include <strata/train/evaluation.hpp>
#include <strata/train/fingerprint.hpp>
#include <strata/train/gallery.hpp>
#include <strata/train/history.hpp>
#include <strata/train/optimiser_fault.hpp>
#include <strata/train/png.hpp>
#include <strata/train/progress.hpp>
#include <strata/train/step.hpp>
#include <strata/train/step_fault.hpp>
#include <strata/train/svg.hpp>
#include <strata/train/trainer.hpp>
#include <strata/train/trainer_fault.hpp>
