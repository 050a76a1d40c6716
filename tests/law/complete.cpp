// SPDX-License-Identifier: BSL-1.0
// No op is left out of the laws: the facade's headers are compared with the names that the files beside this one check.
#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

namespace strata::test {

std::string text_of(const std::string& path) {
    std::ifstream in(path);
    REQUIRE_MESSAGE(in, path);
    return {std::istreambuf_iterator<char>(in), {}};
}

TEST_CASE("every op of the facade is held to the laws") {
    const std::string here = __FILE__, folder = here.substr(0, here.rfind('/'));
    std::string laws;
    for (const char* file : {"map", "map_more", "broadcast", "fold", "product"}) laws += text_of(folder + "/" + file + ".cpp");
    std::istringstream facade(text_of(folder + "/../../include/strata/op.hpp"));
    int ops = 0;
    const std::string begin = "#include <strata/op/";
    for (std::string line; std::getline(facade, line);) {
        if (line.compare(0, begin.size(), begin) != 0) continue;
        const std::string name = line.substr(begin.size(), line.rfind(".hpp>") - begin.size());
        CAPTURE(name);
        CHECK(laws.find(">(\"" + name + "\", ") != std::string::npos);
        ++ops;
    }
    CHECK(ops >= 48);
}

}  // namespace strata::test
