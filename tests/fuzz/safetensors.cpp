// SPDX-License-Identifier: BSL-1.0
// clang++ -std=c++20 -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all -Iinclude -DSTRATA_HAS_ZLIB=1
// tests/fuzz/safetensors.cpp -lz -o fuzz_safetensors
// ./fuzz_safetensors -max_total_time=120 found tests/fuzz/corpus/safetensors      (what is new goes into the empty folder `found`)
#include "targets.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::safetensors(std::as_bytes(std::span(data, size)));
    return 0;
}
