// SPDX-License-Identifier: BSL-1.0
/// Values instead of classes: the flight of a ball with drag, learned from noisy throws; the weights of the lowest validation loss are kept.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <vector>

#include <strata/data.hpp>
#include <strata/strata.hpp>
#include <strata/train.hpp>

namespace st = strata;

using Net = st::Sequential<st::Dense<64>, st::Silu, st::Dense<64>, st::Silu, st::Dense<2>>;
using Flight = st::Model<Net, st::Shape<3>>;                                 // speed, angle, drag -> distance, height
using Throws = st::data::TensorDataset<Flight::Input, Flight::Output>;

/// Distance and greatest height in tens of metres, by small steps of time.
void fly(const float* thrown, float* landed) {
    double vx = 40 * thrown[0] * std::cos(1.4 * thrown[1]), vy = 40 * thrown[0] * std::sin(1.4 * thrown[1]), x = 0, y = 0, top = 0;
    const double drag = 0.05 * thrown[2], dt = 1e-2;
    while (y >= 0) {
        const double v = std::sqrt(vx * vx + vy * vy);
        vx -= drag * v * vx * dt, vy -= (9.81 + drag * v * vy) * dt;
        x += vx * dt, y += vy * dt, top = std::max(top, y);
    }
    landed[0] = static_cast<float>(x / 10), landed[1] = static_cast<float>(top / 10);
}

Throws throws(int n, std::uint64_t seed, float noise) {
    std::vector<float> thrown, landed;
    std::uint64_t k = 0;
    const auto uniform = [&] { return st::Philox::uniform(seed, 0, k++); };
    for (int i = 0; i < n; ++i) {
        const float x[3] = {0.2f + 0.8f * uniform(), uniform(), uniform()};
        float y[2];
        fly(x, y);
        thrown.insert(thrown.end(), x, x + 3);
        for (const float v : y) landed.push_back(v + noise * (uniform() + uniform() - 1));
    }
    return {thrown, landed};
}

int main() {
    const auto [train, validation] = st::data::split(throws(4000, 1, 0.2f), 500, st::Seed{1});
    Flight model{st::Seed{1}};
    st::Trainer trainer{model, st::MeanSquaredError{}, st::Adam{.rate = 3e-3}, st::batch<64>};
    st::OnEpochEnd tell{[](const st::EpochRecord& e) {
        if (e.epoch % 50 == 0) std::printf("epoch %3d  loss %.4f  on throws left out %.4f\n", e.epoch, e.loss, e.validation_loss.value());
    }};
    const st::History history = trainer.fit(train, {.epochs = 400, .validation = &validation, .patience = 60, .progress = {.silent = true}}, tell);
    std::printf("stopped after %zu epochs\n", history.epochs.size());

    const Throws exact = throws(500, 2, 0);
    const double error = 10 * std::sqrt(trainer.evaluate(exact).loss);
    std::printf("distance and height without the noise are %.2f m off (root mean square); single throws were %.2f m off\n", error, 10 * 0.2 / std::sqrt(6.0));

    st::Session<Flight, 1> session{model};
    const st::Tensor<float, 3> thrown{0.9f, 0.5f, 0.3f};
    st::Tensor<float, 2> learned, truth;
    session(thrown, learned);
    fly(thrown.data(), truth.data());
    std::printf("36 m/s at 40 degrees: %.1f m far, %.1f m high; in truth %.1f and %.1f\n", static_cast<double>(10 * learned(0)), static_cast<double>(10 * learned(1)),
                static_cast<double>(10 * truth(0)), static_cast<double>(10 * truth(1)));
    return error < 0.6 ? 0 : 1;
}
