// SPDX-License-Identifier: BSL-1.0
/// The main job on a device: the same program, compiled for the place Cuda.
#include "fashion_mnist.cpp"
