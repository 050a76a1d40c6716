// SPDX-License-Identifier: BSL-1.0
/// Training in 16 bits: what it computes, by a reference in double that rounds where products read; and that it learns.
#include <strata/train/step.hpp>

#include <doctest/doctest.h>

#include <cmath>

#include <strata/layer/dropout.hpp>
#include <strata/optim/adam.hpp>
#include <strata/optim/sgd.hpp>

#include "../support/narrow.hpp"
#include "../support/narrow_step.hpp"

namespace strata::test {
namespace {

/// A dense net of the small step's layers, by hand, in double: x -> tanh(x W1 + b1) -> relu(. W2 + b2) -> . W3 + b3, cross-entropy, plain descent.
/// H: what the operands of products are rounded to; void: not at all.
template <class H>
struct ByHand {
    using Matrix = std::vector<double>;
    static constexpr int widths[4] = {Sorted::features, 20, 11, Sorted::classes}, n = Sorted::samples;
    Matrix w[3], b[3];
    double loss = 0;

    explicit ByHand(const SmallModel<bf16>& model) {
        const auto all = parameters_of(model);
        for (int i = 0; i < 6; ++i) {
            const long offset = SmallModel<bf16>::layout.entry[i].offset, size = SmallModel<bf16>::layout.entry[i].dims.size();
            (i % 2 == 0 ? w : b)[i / 2].assign(all.begin() + offset, all.begin() + offset + size);
        }
    }
    static double rounded_to(double x) {
        if constexpr (std::is_void_v<H>)
            return x;
        else
            return value(nearest<H>(static_cast<float>(x)));
    }
    static double value(std::uint16_t h) { return (h >> 15 ? -1 : 1) * value_of<std::conditional_t<std::is_void_v<H>, bf16, H>>(h & 0x7fff); }
    static Matrix rounded_to(Matrix m) {
        for (double& x : m) x = rounded_to(x);
        return m;
    }
    /// [p, q] x [q, r], either transposed.
    static Matrix product(const Matrix& a0, bool ta, const Matrix& c0, bool tc, int p, int q, int r) {
        const Matrix a = rounded_to(a0), c = rounded_to(c0);
        Matrix y(static_cast<std::size_t>(p * r));
        for (int i = 0; i < p; ++i)
            for (int j = 0; j < r; ++j)
                for (int k = 0; k < q; ++k)
                    y[static_cast<std::size_t>(i * r + j)] += a[static_cast<std::size_t>(ta ? k * p + i : i * q + k)] * c[static_cast<std::size_t>(tc ? j * q + k : k * r + j)];
        return y;
    }
    void step(const Sorted& data, double rate) {
        Matrix y[4];
        y[0].assign(data.x.begin(), data.x.end());
        for (int l = 0; l < 3; ++l) {
            y[l + 1] = product(y[l], false, w[l], false, n, widths[l], widths[l + 1]);
            for (std::size_t i = 0; i < y[l + 1].size(); ++i) {
                double& v = y[l + 1][i];
                v += b[l][i % b[l].size()];
                v = l == 0 ? std::tanh(v) : l == 1 ? std::fmax(v, 0) : v;
            }
        }
        Matrix d = y[3];
        loss = 0;
        for (int i = 0; i < n; ++i) {
            double* s = &d[static_cast<std::size_t>(i * Sorted::classes)];
            double sum = 0;
            for (int c = 0; c < Sorted::classes; ++c) sum += std::exp(s[c]);
            const int right = data.label[static_cast<std::size_t>(i)];
            loss -= (s[right] - std::log(sum)) / n;
            for (int c = 0; c < Sorted::classes; ++c) s[c] = (std::exp(s[c]) / sum - (c == right)) / n;
        }
        for (int l = 2; l >= 0; --l) {
            const Matrix dw = product(y[l], true, d, false, widths[l], n, widths[l + 1]);
            const Matrix dx = product(d, false, w[l], true, n, widths[l + 1], widths[l]);
            for (std::size_t i = 0; i < d.size(); ++i) b[l][i % b[l].size()] -= rate * d[i];
            for (std::size_t i = 0; i < dw.size(); ++i) w[l][i] -= rate * dw[i];
            if (l == 0) break;
            d = dx;
            for (std::size_t i = 0; i < d.size(); ++i) {
                const double v = rounded_to(y[l][i]);  // the activation as products read it
                d[i] *= l == 1 ? 1 - v * v : v > 0;
            }
        }
    }
    /// The greatest distance of a parameter.
    double distance(const SmallModel<bf16>& model) const {
        const ByHand other(model);
        double most = 0;
        for (int l = 0; l < 3; ++l) {
            for (std::size_t i = 0; i < w[l].size(); ++i) most = std::fmax(most, std::abs(w[l][i] - other.w[l][i]));
            for (std::size_t i = 0; i < b[l].size(); ++i) most = std::fmax(most, std::abs(b[l][i] - other.b[l][i]));
        }
        return most;
    }
};
}  // namespace

TEST_CASE("steps in bf16 are those of a double reference that rounds what products read, and not those of one that does not") {
    const Sorted data;
    SmallModel<bf16> model{Seed{1}};
    SmallStep<bf16, Sgd> step{model, Sgd{.rate = 0.5}, Seed{2}};
    ByHand<bf16> rounds(model);
    ByHand<void> exact(model);
    for (int i = 0; i < 10; ++i) {
        const double loss = static_cast<double>(step.run(data.x.data(), data.label.data(), Sorted::samples));
        rounds.step(data, 0.5);
        exact.step(data, 0.5);
        // f32 and double round to different sides of a tie now and then: a 256th of one operand.
        CHECK(std::abs(loss - rounds.loss) < 2e-5);
    }
    MESSAGE("away from the reference that rounds by ", rounds.distance(model), ", from the one that does not by ", exact.distance(model));
    CHECK(rounds.distance(model) < 1e-4);
    CHECK(exact.distance(model) > 10 * rounds.distance(model));
}

namespace {
using Dropped = Model<Sequential<Dense<20>, Dropout<0.25>, Tanh, Dense<Sorted::classes>>, Shape<Sorted::features>, Here, Precision<f16>>;
struct Course {
    std::vector<float> losses, parameters, moments;
    std::vector<double> factors;
    long steps, skipped;
    std::pair<float, float> scale;
    bool operator==(const Course&) const = default;
};
/// Twenty steps, of which those are left out under which the scale is too large: each waited for, or up to two on their way at a time.
/// The rate falls with the steps that were taken, Adam's corrections depend on their number, and what is dropped on the number of all.
Course taken(bool waits, int read_every) {
    constexpr int steps = 20;
    const Sorted data;
    const auto schedule = [](long n) { return 1 / (1 + 0.25 * static_cast<double>(n)); };
    Dropped model{Seed{1}};
    TrainingStep<Dropped, CrossEntropy, Adam, Sorted::samples> step{model, Adam{.rate = 0.02}, Seed{2}, nullptr, LossScale{.initial = 0x1p21, .interval = 2}};
    StagingOn<Here, float> losses(steps);
    Course c;
    for (int i = 0; i < steps; ++i) {
        const int count = Sorted::samples - i % 3;
        if (waits)
            losses[i] = step.run(data.x.data(), data.label.data(), count, schedule(step.steps()));
        else
            step.start(data.x.data(), data.label.data(), count, schedule, losses.data() + i);
        if ((i + 1) % read_every != 0) continue;
        step.finish();
        c.factors.push_back(step.factor());
    }
    step.finish();
    c.losses.assign(losses.data(), losses.data() + steps);
    c.parameters = parameters_of(model);
    c.moments = numbers_of<Dropped>(step.moments(), 2);
    c.steps = step.steps(), c.skipped = step.skipped(), c.scale = step.scale();
    return c;
}
}  // namespace

TEST_CASE("steps that are not waited for are the same, those after one that was left out too") {
    for (const int read_every : {1, 3, 20}) {
        CAPTURE(read_every);
        const Course waited = taken(true, read_every), started = taken(false, read_every);
        CHECK(started == waited);
        CHECK(waited.steps + waited.skipped == 20);
        CHECK(waited.skipped > 3);
        CHECK(waited.steps > 9);
    }
}

#ifndef __CUDACC__  // hundreds of steps take a stand-in for a device long
namespace {
/// The losses of examples/03_mlp.cpp.
template <class Stored>
std::vector<double> spirals(int steps) {
    constexpr int points = 256;
    using Classifier = Model<Sequential<Dense<64>, Tanh, Dense<64>, Tanh, Dense<2>>, Shape<2>, Host, Precision<Stored>>;
    float x[points * 2];
    std::int32_t label[points];
    for (int i = 0; i < points; ++i) {
        label[i] = i % 2;
        const float turn = static_cast<float>(i) / points, angle = turn * 9 + static_cast<float>(label[i]) * 3.14159265f;
        x[2 * i] = turn * std::cos(angle) * 2;
        x[2 * i + 1] = turn * std::sin(angle) * 2;
    }
    Classifier model{Seed{7}};
    TrainingStep<Classifier, CrossEntropy, Adam, points> step{model, Adam{.rate = 1e-2}, Seed{7}};
    std::vector<double> losses;
    for (int i = 0; i < steps; ++i) losses.push_back(static_cast<double>(step.run(x, label, points)));
    CHECK(step.skipped() == 0);
    return losses;
}
}  // namespace

TEST_CASE("two spirals are learnt in 16 bits as in 32") {
    const auto wide = spirals<float>(600), b = spirals<bf16>(600), h = spirals<f16>(600);
    for (std::size_t i = 0; i < 50; ++i) {
        CHECK(std::abs(b[i] - wide[i]) < 0.01);
        CHECK(std::abs(h[i] - wide[i]) < 0.002);
    }
    CHECK(wide.back() < 0.05);
    CHECK(b.back() < 0.05);
    CHECK(h.back() < 0.05);
}
#endif

}  // namespace strata::test
