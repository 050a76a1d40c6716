// SPDX-License-Identifier: BSL-1.0
// Moves keep their meaning in layers, where the batch is bounded and pictures may lie batch innermost.
#include <strata/layer.hpp>
#include <strata/op.hpp>

#include "../support/probe.hpp"

namespace strata::test {

/// A learnt token before those of each sample, and gates between halves.   x: [batch, 3, 6] -> [batch, 4, 3].
struct Token {
    template <class In>
    struct Parameters {
        BOOST_HANA_DEFINE_STRUCT(Parameters, (Param<Shape<1, last<In>>, Ones>, token), (Param<Shape<last<In>, last<In>>, GlorotUniform>, weight));
    };
    static constexpr auto forward(const auto& p, Expression auto x) {
        const auto all = matmul(concat<1>(insert_axis<0>(p.token), x), p.weight);
        return slice<-1, 0, 3>(all) * sigmoid(slice<-1, 3>(all));
    }
};

TEST_CASE("a token before each sample's, and halves that gate") {
    Probe<Token, Shape<3, 6>> probe;
    double* token = probe.field("token");
    for (int k = 0; k < 6; ++k) token[k] = 0.3 * k - 1;
    const auto y = probe.infer();
    REQUIRE(y.size() == 3 * 4 * 3);
    const double* w = probe.field("weight");
    for (int b = 0; b < 3; ++b)
        for (int t = 0; t < 4; ++t)
            for (int c = 0; c < 3; ++c) {
                const double* x = t == 0 ? token : probe.x.data() + (b * 3 + t - 1) * 6;
                double a = 0, g = 0;
                for (int k = 0; k < 6; ++k) a += x[k] * w[k * 6 + c], g += x[k] * w[k * 6 + c + 3];
                CHECK(y[static_cast<std::size_t>((b * 4 + t) * 3 + c)] == doctest::Approx(a / (1 + std::exp(-g))));
            }
    probe.check_gradient();
}

/// Pictures cut, padded and joined between convolutions.
struct Patches {
    template <class In>
    struct Parameters {
        BOOST_HANA_DEFINE_STRUCT(Parameters, (Param<Shape<4, 2, 3, 3>, GlorotUniform>, first), (Param<Shape<2, 6, 2, 2>, GlorotUniform>, second));
    };
    static constexpr auto forward(const auto& p, Expression auto x) {
        const auto y = tanh(conv2d<Sliding<1, 1, 1>>(x, p.first));
        const auto z = concat<1>(y, x * slice<1, 1, 3>(y));                    // channels
        const auto u = pad<3, 1, 0>(slice<2, 0, to_end, 2>(z)) + slice<1, 0, 1>(pad<3, 0, 1>(slice<2, 1, to_end, 2>(z)));
        return conv2d<Sliding<1>>(u, p.second);
    }
};

TEST_CASE("pictures cut, padded and joined") {
    Probe<Patches, Shape<2, 6, 5>> probe;
    probe.check_gradient();
    const auto infer = probe.infer(), train = probe.train();
    for (std::size_t i = 0; i < infer.size(); ++i) CHECK(infer[i] == doctest::Approx(train[i]));
}

}  // namespace strata::test
