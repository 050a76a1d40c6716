// SPDX-License-Identifier: BSL-1.0
/// What every worker of the paired benchmark works on: the same numbers from the same generator, drawn in the order of torch_worker.py.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

namespace peers {

/// s = 1664525 s + 1013904223 (mod 2^32), (s >> 8) / 2^24, as (-1, 1).
struct Uniform {
    std::uint32_t s;
    double operator()() {
        s = s * 1664525u + 1013904223u;
        return static_cast<double>(s >> 8) / 8388608.0 - 1;
    }
};

/// Initial weights: layer after layer its weight, output by output, then its bias, each uniform within 1 / sqrt(fan-in).
struct Weights {
    Uniform u{3};
    float next(int fan_in) { return static_cast<float>(u() / std::sqrt(static_cast<double>(fan_in))); }
};

constexpr int batches = 8, width = 784, classes = 10, samples = 64;

/// Eight batches; the label is the largest of x P, P drawn first.
struct Images {
    std::vector<float> x;
    std::vector<std::int32_t> label;
    explicit Images(int batch) : x(static_cast<std::size_t>(batches * batch * width)), label(static_cast<std::size_t>(batches * batch)) {
        Uniform u{7};
        std::vector<double> p(width * classes);
        for (double& e : p) e = u();
        for (std::size_t i = 0; i < label.size(); ++i) {
            double score[classes] = {};
            for (std::size_t k = 0; k < width; ++k) {
                const double e = u();
                x[i * width + k] = static_cast<float>(e);
                for (std::size_t c = 0; c < classes; ++c) score[c] += e * p[k * classes + c];
            }
            for (int c = 1; c < classes; ++c)
                if (score[c] > score[label[i]]) label[i] = c;
        }
    }
};

/// The samples that latency is measured with, in turn.
inline std::vector<float> single_samples() {
    Uniform u{12345};
    std::vector<float> x(samples * width);
    for (float& e : x) e = static_cast<float>(u());
    return x;
}

/// c [m, n] = a [m, k] b [k, n], row-major. dw = x^T dy reads a turned (it lies [k, m]), dx = dy w^T reads b turned (it lies [n, k]).
enum class Pass { y, dw, dx };
struct Product {
    const char* layer;
    Pass pass;
    int m, k, n;
    constexpr bool turns_a() const { return pass == Pass::dw; }
    constexpr bool turns_b() const { return pass == Pass::dx; }
    constexpr double operations() const { return 2.0 * m * k * n; }
    std::string name() const {
        constexpr const char* names[] = {"y", "dw", "dx"};
        return std::string("product: ") + layer + ' ' + names[static_cast<int>(pass)] + ' ' + std::to_string(m) + 'x' + std::to_string(k) + 'x' + std::to_string(n);
    }
};
/// The layer shapes, then the products of a step of mlp32, mlp128 and lenet32.
inline constexpr Product products[] = {
    {"layer", Pass::y, 1, 784, 128}, {"layer", Pass::y, 32, 784, 128}, {"layer", Pass::y, 128, 784, 256},
    {"layer", Pass::y, 32, 128, 512}, {"layer", Pass::y, 128, 512, 512}, {"layer", Pass::y, 64, 1024, 4096},
    {"mlp32", Pass::y, 32, 784, 256}, {"mlp32", Pass::y, 32, 256, 128}, {"mlp32", Pass::y, 32, 128, 10}, {"mlp32", Pass::dw, 784, 32, 256},
    {"mlp32", Pass::dw, 256, 32, 128}, {"mlp32", Pass::dw, 128, 32, 10}, {"mlp32", Pass::dx, 32, 128, 256}, {"mlp32", Pass::dx, 32, 10, 128},
    {"mlp128", Pass::y, 128, 256, 128}, {"mlp128", Pass::y, 128, 128, 10}, {"mlp128", Pass::dw, 784, 128, 256}, {"mlp128", Pass::dw, 256, 128, 128},
    {"mlp128", Pass::dw, 128, 128, 10}, {"mlp128", Pass::dx, 128, 128, 256}, {"mlp128", Pass::dx, 128, 10, 128},
    {"lenet32", Pass::y, 32, 256, 120}, {"lenet32", Pass::y, 32, 120, 84}, {"lenet32", Pass::y, 32, 84, 10}, {"lenet32", Pass::dw, 256, 32, 120},
    {"lenet32", Pass::dw, 120, 32, 84}, {"lenet32", Pass::dw, 84, 32, 10}, {"lenet32", Pass::dx, 32, 120, 256}, {"lenet32", Pass::dx, 32, 84, 120},
    {"lenet32", Pass::dx, 32, 10, 84}};

/// The memory of one product, on cache lines.
class Matrices {
  public:
    explicit Matrices(const Product& p) : p_(p), a(make(p.m * p.k, 1)), b(make(p.k * p.n, 2)), c(make(p.m * p.n, 3)) {}
    Matrices(const Matrices&) = delete;
    ~Matrices() { std::free(a), std::free(b), std::free(c); }
    /// 64 places of c.
    std::vector<double> probes() const {
        std::vector<double> all;
        for (long i = 0; i < 64; ++i) all.push_back(static_cast<double>(c[i * 7919 % p_.m * p_.n + (i * 104729 + 13) % p_.n]));
        return all;
    }

  private:
    static float* make(int size, std::uint32_t seed) {
        auto* data = static_cast<float*>(std::aligned_alloc(64, (static_cast<std::size_t>(size) * 4 + 63) / 64 * 64));
        Uniform u{seed};
        for (int i = 0; i < size; ++i) data[i] = static_cast<float>(u());
        return data;
    }
    Product p_;

  public:
    float *a, *b, *c;
};

}  // namespace peers
