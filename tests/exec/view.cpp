// SPDX-License-Identifier: BSL-1.0
#include <strata/exec/view.hpp>

#include <doctest/doctest.h>

#include "../support/view.hpp"

namespace strata::test {
namespace {

template <class Net, class In, class Real>
void check(double most) {
    const Viewed<Net, In, Real> v;
    const auto f = v.model.device_view();
    using F = std::remove_const_t<decltype(f)>;
    std::vector<Real> y;
    for (int i = 0; i < v.samples; ++i) {
        typename F::Input x;
        for (long k = 0; k < In::size; ++k) x[k] = v.x[static_cast<std::size_t>(i * In::size + k)];
        const typename F::Output out = f(x);
        y.insert(y.end(), out.at, out.at + out.size);
    }
    v.check(y, most);
}

}  // namespace

TEST_CASE("a view of a host's model says what a session says, sample by sample") {
    check<Activations, Shape<13>, float>(1e-5);
    check<Normed, Shape<12>, double>(1e-12);
    check<Words, Shape<6>, float>(1e-5);
}
TEST_CASE("a view sees what becomes of the model's numbers") {
    Model<Sequential<Dense<2>>, Shape<3>> model{Seed{1}};
    const auto f = model.device_view();
    const Numbers<float, 3> x{{1, 2, 3}};
    const float before = f(x)[0];
    for (long i = 0; i < model.parameter_block(); ++i) model.parameters()[i] *= 2;
    CHECK(f(x)[0] == 2 * before);
    const Model<Sequential<Dense<2>>, Shape<3>> other{Seed{2}};
    model = other;
    CHECK(f(x)[0] == other.device_view()(x)[0]);
    model = Model<Sequential<Dense<2>>, Shape<3>>{Seed{1}};
    CHECK(f(x)[0] == before);
}

}  // namespace strata::test
