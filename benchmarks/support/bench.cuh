// SPDX-License-Identifier: BSL-1.0
/// Cases and systems of a benchmark on a device: results are checked, then the systems take turns.
/// Times are those of CUDA events round a recorded graph of many calls, so that the host's share is in none of them; medians over rounds.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <strata/device/cuda.cuh>

#include "chip.hpp"

namespace bench {

struct Options {
    std::vector<std::string> filter;  ///< cases whose name holds one of them; none: all
    long least = 64, most = 8192;     ///< of a square product's side
    int rounds = 31;
    double seconds = 1;  ///< at most so long for one case, once it is ready
    bool modelled = false;
    std::string json;
};

const Options& options();

/// One of a case's systems.   `call` puts the work into the stream; it can be recorded.
struct System {
    std::string name;
    const strata::cuda::Stream* stream;
    std::function<void()> call;
    double error = 0, bound = 0;  ///< of its result, and what is allowed
    bool modelled = true;         ///< whether a runtime that models can tell its time: it knows only kernels whose code the program holds
    bool recorded = true;         ///< calls are put into one graph; else they are made one by one, and the host's share counts
    std::string absent;           ///< why it cannot run, if so
    std::vector<double> seconds{};
};

/// What a case does at the least, and the systems that do it; the baseline first, Strata last.
struct Case {
    std::string suite, name;
    Number number = Number::f32;
    double operations = 0;  ///< multiply-adds count two
    double bytes = 0;       ///< that must be read or written at the least
    double places = 0;      ///< the same, with what is read and written counted once, as models do; 0: `bytes`
    double moved() const { return options().modelled && places > 0 ? places : bytes; }
    std::vector<System> systems{};
};

/// Adds a case that is made, checked and timed when its turn comes.   `side`: 0, or the side by which --sizes chooses.
void add(const char* suite, const std::string& name, long side, std::function<void(Case&)> make);

/// Numbers in [-1, 1), by index and seed.
inline double uniform(std::uint64_t i, std::uint64_t seed) {
    std::uint64_t x = (i + 1) * 0x9e3779b97f4a7c15u + seed * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return static_cast<double>((x ^ (x >> 31)) >> 11) * 0x1p-52 - 1;
}

}  // namespace bench
