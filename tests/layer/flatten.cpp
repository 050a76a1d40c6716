// SPDX-License-Identifier: BSL-1.0
#include <strata/layer/flatten.hpp>

#include <type_traits>

#include "../support/probe.hpp"

namespace st = strata;

namespace {
template <class L, class Output>
void check_same_numbers() {
    st::test::Probe<L, st::Shape<2, 3, 4>> probe;
    static_assert(std::is_same_v<typename decltype(probe)::Output, Output>);
    static_assert(decltype(probe)::M::parts() == 2, "those of the probe alone");
    CHECK(probe.infer() == probe.x);
    CHECK(probe.train() == probe.x);
    probe.check_gradient();
}
}  // namespace

TEST_CASE("Flatten keeps the numbers in order") { check_same_numbers<st::Flatten, st::Shape<24>>(); }
TEST_CASE("so does Reshape") { check_same_numbers<st::Reshape<6, 4>, st::Shape<6, 4>>(); }
TEST_CASE("a sample may become an image") { check_same_numbers<st::Reshape<1, 4, 6>, st::Shape<1, 4, 6>>(); }
