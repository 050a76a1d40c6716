// SPDX-License-Identifier: BSL-1.0
#include <strata/train/fingerprint.hpp>

#include <doctest/doctest.h>

#include <set>
#include <utility>

#include <strata/layer/batch_norm.hpp>
#include <strata/layer/dense.hpp>
#include <strata/layer/sequential.hpp>

#include "../support/here.hpp"

namespace strata::test {

using Net = Sequential<Dense<5>, BatchNorm, Dense<3>>;
using M = Model<Net, Shape<3>>;

TEST_CASE("equal numbers have one fingerprint, and each number counts, of states too, and where it stands") {
    M m{Seed{1}};
    const M same = m;
    CHECK(fingerprint(m) == fingerprint(same));
    std::set<std::uint64_t> seen{fingerprint(m)};
    long numbers = 0;
    for (int i = 0; i < M::parts(); ++i) {
        auto part = m.part(i);
        for (long k = 0; k < part.dims.size(); ++k, ++numbers) {
            const float before = std::exchange(part.data[k], 77.5f);
            seen.insert(fingerprint(m));
            part.data[k] = before;
        }
    }
    CHECK(seen.size() == static_cast<std::size_t>(1 + numbers));
    std::swap(m.part(0).data[0], m.part(0).data[2]);
    CHECK(fingerprint(m) != fingerprint(same));
    std::swap(m.part(0).data[0], m.part(0).data[2]);
    CHECK(fingerprint(m) == fingerprint(same));
}

TEST_CASE("a model has the same one at every place") {
    const M m{Seed{1}};
    const Model<Net, Shape<3>, Here> there{Seed{1}};
    CHECK(fingerprint(m) == fingerprint(there));
}

}  // namespace strata::test
