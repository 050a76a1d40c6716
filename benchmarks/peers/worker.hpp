// SPDX-License-Identifier: BSL-1.0
/// A worker of the paired benchmark: a program that prepares, then times what `run` asks for, one repeat at a time, so that systems take turns.
/// It is given the number of threads, and first prints {"version": ..., "items": [[case, system, operations of a call]...]}. Then it answers lines:
///   prepare<TAB>case<TAB>system<TAB>seconds    {"result": [numbers to compare with the others']}; later repeats last about so long
///   time<TAB>case<TAB>system                   {"seconds": of a call, "busy": CPU time by wall time}
/// or {"error": ...}.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <exception>
#include <functional>
#include <iostream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace peers {

/// What is ready to be timed. `restart`, where there is one, is called before each repeat, outside the time.
struct Ready {
    std::vector<double> result;
    std::function<void()> call, restart{};
};
struct Item {
    std::string name, system;
    double operations;
    std::function<Ready()> prepare;
    Ready ready{};
    long inner = 0;
};

inline double wall() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }
inline double cpu() {
    timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

inline std::string prepare(Item& item, double seconds) {
    item.ready = item.prepare();
    long calls = 0;
    const double start = wall();
    for (; wall() - start < 0.1 || calls < 3; ++calls) item.ready.call();
    item.inner = std::max(1L, static_cast<long>(seconds * static_cast<double>(calls) / (wall() - start)));
    std::ostringstream text;
    text.precision(9);
    for (const double r : item.ready.result) {
        if (!std::isfinite(r)) throw std::runtime_error("a result is not finite");
        text << (text.tellp() > 0 ? ", " : "") << r;
    }
    return "{\"result\": [" + text.str() + "]}";
}

inline std::string time(Item& item) {
    if (item.inner == 0) throw std::runtime_error("not prepared");
    for (long i = 0; i < 1 + item.inner / 50; ++i) item.ready.call();  // others used the caches meanwhile
    if (item.ready.restart) item.ready.restart();
    const double c = cpu(), w = wall();
    for (long i = 0; i < item.inner; ++i) item.ready.call();
    const double used = cpu() - c, passed = wall() - w;
    std::ostringstream text;
    text.precision(9);
    text << "{\"seconds\": " << passed / static_cast<double>(item.inner) << ", \"busy\": " << used / passed << '}';
    return text.str();
}

inline int serve(const std::string& version, std::vector<Item> items) {
    std::cout << "{\"version\": \"" << version << "\", \"items\": [";
    std::cout.precision(17);
    for (std::size_t i = 0; i < items.size(); ++i)
        std::cout << (i > 0 ? ", " : "") << "[\"" << items[i].name << "\", \"" << items[i].system << "\", " << items[i].operations << ']';
    std::cout << "]}" << std::endl;
    for (std::string line; std::getline(std::cin, line);) {
        std::istringstream words(line);
        std::string verb, name, system, seconds = "0.02";
        std::getline(words, verb, '\t'), std::getline(words, name, '\t'), std::getline(words, system, '\t'), std::getline(words, seconds);
        try {
            const auto item = std::find_if(items.begin(), items.end(), [&](const Item& i) { return i.name == name && i.system == system; });
            if (item == items.end()) throw std::runtime_error("no such item");
            std::cout << (verb == "prepare" ? prepare(*item, std::stod(seconds)) : time(*item)) << std::endl;
        } catch (const std::exception& e) {
            std::cout << "{\"error\": \"" << e.what() << "\"}" << std::endl;
        }
    }
    return 0;
}

}  // namespace peers
