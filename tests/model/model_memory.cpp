// SPDX-License-Identifier: BSL-1.0
// A session touches no byte beside its batch, at any count and alignment.
#include <doctest/doctest.h>

#include <cstring>
#include <span>
#include <vector>

#include <strata/layer/batch_norm.hpp>
#include <strata/layer/conv2d.hpp>
#include <strata/layer/dense.hpp>
#include <strata/layer/flatten.hpp>
#include <strata/layer/pool.hpp>
#include <strata/layer/softmax.hpp>
#include <strata/layer/tanh.hpp>
#include <strata/model/model.hpp>

#include "../support/guarded.hpp"
#include "../support/probe.hpp"

namespace st = strata;

namespace {
template <class Real>
using Mlp = st::Model<st::Sequential<st::Dense<7>, st::Tanh, st::Dense<3>>, st::Shape<5>, st::Host, st::Precision<Real>>;
using Images =
    st::Model<st::Sequential<st::Conv2d<3, 3>, st::BatchNorm, st::Tanh, st::MaxPool2d<2>, st::Flatten, st::Dense<4>, st::Softmax>,
              st::Shape<2, 6, 8>>;
}  // namespace

TEST_CASE("any count up to the capacity: a sample's result has the same bits in every batch") {
    const auto check = [](auto model) {
        using M = decltype(model);
        using Real = typename M::Real;
        constexpr int capacity = 37;
        constexpr long in = M::Input::size, out = M::Output::size;
        const auto drawn = st::test::Numbers{1}.many(capacity * in);
        const std::vector<Real> x(drawn.begin(), drawn.end());
        st::Session<M, capacity> session(model);
        std::vector<Real> all(capacity * out);
        session.run(x.data(), capacity, all.data());
        for (int count = 1; count <= capacity; ++count) {
            CAPTURE(count);
            // No byte more than the batch is read or written, at any alignment.
            const long from = count * 7 % (capacity - count + 1);
            st::test::Guarded<Real> own(static_cast<std::size_t>(count * in)), y(static_cast<std::size_t>(count * out));
            std::memcpy(own.data(), x.data() + from * in, own.size() * sizeof(Real));
            CHECK(session(std::span<const Real>(own.data(), own.size()), std::span<Real>(y.data(), y.size())) == count);
            CHECK(std::memcmp(y.data(), all.data() + from * out, y.size() * sizeof(Real)) == 0);
            CHECK(y.intact());
        }
    };
    check(Mlp<float>{st::Seed{1}});
    check(Mlp<double>{st::Seed{1}});
    check(Images{st::Seed{1}});
}
