// SPDX-License-Identifier: BSL-1.0
/// Golden numbers: what tests/golden/make.py wrote, read back by name.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace strata::test {

/// One golden file. Every error names the file and is a std::runtime_error, which doctest reports as a failure.
///     const Golden golden{"ops_map.txt"};
///     for (const auto& c : golden.cases("relu.")) check(golden.values(c + ".x0"), golden.values(c + ".y"));
class Golden {
public:
    /// Reads the whole file from STRATA_GOLDEN_DIR, or from tests/golden below the working directory.
    /// Throws if it is missing or a line is not `name rank d0 d1 ... : v0 v1 ...`.
    explicit Golden(const std::string& file) : path_(directory() + "/" + file) {
        std::ifstream in(path_);
        if (!in) fail("cannot be opened; run the test from the repository's root or define STRATA_GOLDEN_DIR");
        read(in);
    }
    /// Reads a stream; the name is for errors.
    Golden(std::istream& in, std::string name) : path_(std::move(name)) { read(in); }

    /// The elements, row-major. Inputs are exact in float too.
    const std::vector<double>& values(const std::string& name) const { return find(name).values; }
    /// The same as T: `as<float>("relu.plain.x0")`, `as<int>("take.vector.x1")`.
    template <class T>
    std::vector<T> as(const std::string& name) const {
        std::vector<T> result;
        for (double v : values(name)) result.push_back(static_cast<T>(v));
        return result;
    }
    /// The extents; empty for a scalar.
    const std::vector<int>& shape(const std::string& name) const { return find(name).shape; }
    bool contains(const std::string& name) const { return arrays_.count(name) != 0; }

    /// Names that begin with the prefix, in the order of the file.
    std::vector<std::string> names(std::string_view prefix = {}) const {
        std::vector<std::string> result;
        for (const auto& name : order_)
            if (name.compare(0, prefix.size(), prefix) == 0) result.push_back(name);
        if (result.empty()) fail("has no array that begins with '" + std::string(prefix) + "'");
        return result;
    }
    /// `op.case` for each case whose name begins with the prefix, in the order of the file.
    std::vector<std::string> cases(std::string_view prefix = {}) const {
        std::vector<std::string> result;
        for (const auto& name : names(prefix)) {
            const std::string c = name.substr(0, name.find('.', name.find('.') + 1));
            if (std::find(result.begin(), result.end(), c) == result.end()) result.push_back(c);
        }
        return result;
    }

private:
    struct Array {
        std::vector<int> shape;
        std::vector<double> values;
    };

    static std::string directory() {
#ifdef STRATA_GOLDEN_DIR
        return STRATA_GOLDEN_DIR;
#else
        return "tests/golden";
#endif
    }
    [[noreturn]] void fail(const std::string& what) const {
        throw std::runtime_error("golden file " + path_ + " " + what);
    }

    const Array& find(const std::string& name) const {
        const auto found = arrays_.find(name);
        if (found == arrays_.end())
            fail("has no array '" + name + "'; add it to tests/golden/make.py and run that");
        return found->second;
    }
    void read(std::istream& in) {
        std::string line;
        for (int number = 1; std::getline(in, line); ++number)
            if (!line.empty() && line[0] != '#') add(line, number);
    }
    void add(const std::string& line, int number) {
        const auto bad = [&](const char* why) { fail("line " + std::to_string(number) + ": " + why); };
        const std::size_t colon = line.find(" :");
        if (colon == std::string::npos) bad("no ' :'");
        std::istringstream head(line.substr(0, colon));
        std::string name, rest;
        std::size_t rank = 0, size = 1;
        Array array;
        if (!(head >> name >> rank) || rank > 8) bad("no name or no rank");
        for (std::size_t i = 0; i < rank; ++i) {
            int extent = 0;
            if (!(head >> extent) || extent < 0) bad("fewer extents than its rank");
            array.shape.push_back(extent);
            size *= static_cast<std::size_t>(extent);
        }
        if (head >> rest) bad("more extents than its rank");
        const char* text = line.c_str() + colon + 2;
        for (char* end = nullptr;; text = end) {   // strtod: istream >> double is several times slower
            const double value = std::strtod(text, &end);
            if (end == text) break;
            array.values.push_back(value);
        }
        if (line.find_first_not_of(" \r", static_cast<std::size_t>(text - line.c_str())) != std::string::npos)
            bad("something that is not a number");
        if (array.values.size() != size) bad("not as many values as its shape holds");
        if (!arrays_.emplace(name, std::move(array)).second) bad("a name that was there before");
        order_.push_back(name);
    }

    std::string path_;
    std::map<std::string, Array> arrays_;
    std::vector<std::string> order_;
};

}  // namespace strata::test
