// SPDX-License-Identifier: BSL-1.0
/// What the data sheets say of devices, so that figures are shares of something.
#pragma once

#include <cstring>
#include <string>

namespace bench {

/// Peaks in operations a second (a multiply-add is two; dense; sums of 16-bit products in f32) and bytes a second of its memory; 0: not known.
struct Chip {
    const char* name;  ///< a part of the name that CUDA gives
    double f32, tf32, half, bandwidth;
    const char* source;
};

// The first that fits counts. Sources are NVIDIA's data sheets of those names; sparse figures are halved.
inline constexpr Chip chips[] = {
    {"A100-SXM4-40GB", 19.5e12, 156e12, 312e12, 1555e9, "NVIDIA A100 data sheet, 2021"},
    {"A100-PCIE-40GB", 19.5e12, 156e12, 312e12, 1555e9, "NVIDIA A100 data sheet, 2021"},
    {"A100 80GB PCIe", 19.5e12, 156e12, 312e12, 1935e9, "NVIDIA A100 data sheet, 2021"},
    {"A100", 19.5e12, 156e12, 312e12, 2039e9, "NVIDIA A100 data sheet, 2021, SXM 80 GB"},
    {"H100 PCIe", 51.2e12, 378e12, 756e12, 2039e9, "NVIDIA H100 white paper, 2022, PCIe"},
    {"H100 NVL", 60e12, 417.5e12, 835e12, 3938e9, "NVIDIA H100 data sheet, 2024, NVL"},
    {"H100", 66.9e12, 494.7e12, 989.4e12, 3352e9, "NVIDIA H100 white paper, 2022, SXM5"},
    {"H200", 66.9e12, 494.7e12, 989.4e12, 4800e9, "NVIDIA H200 data sheet, 2024, SXM"},
    {"B200", 75e12, 1125e12, 2250e12, 8000e9, "NVIDIA HGX B200 data sheet, 2024"},
    {"L40S", 91.6e12, 183e12, 362e12, 864e9, "NVIDIA L40S data sheet, 2023"},
    {"L4", 30.3e12, 60e12, 121e12, 300e9, "NVIDIA L4 data sheet, 2023"},
    {"RTX 5090", 104.8e12, 104.8e12, 209.5e12, 1792e9, "NVIDIA RTX Blackwell white paper, 2025"},
    {"RTX 4090", 82.6e12, 82.6e12, 165.2e12, 1008e9, "NVIDIA Ada white paper, 2022"},
    {"RTX 3090", 35.6e12, 35.6e12, 71e12, 936e9, "NVIDIA GA102 white paper, 2020"},
};
inline Chip chip_named(const char* device) {
    for (const Chip& c : chips)
        if (std::strstr(device, c.name) != nullptr) return c;
    return {"", 0, 0, 0, 0, "no data sheet known; give --peak-f32, --peak-tf32, --peak-half (TFLOP/s) and --bandwidth (GB/s)"};
}

/// What a number of the operands is, and how products of them are summed: always in f32.
enum class Number { f32, tf32, bf16, f16 };
constexpr const char* name_of(Number n) { return n == Number::f32 ? "f32" : n == Number::tf32 ? "tf32" : n == Number::bf16 ? "bf16" : "f16"; }
constexpr int bytes_of(Number n) { return n == Number::bf16 || n == Number::f16 ? 2 : 4; }
inline double peak_of(const Chip& c, Number n) { return n == Number::f32 ? c.f32 : n == Number::tf32 ? c.tf32 : c.half; }

}  // namespace bench
