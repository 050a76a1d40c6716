// SPDX-License-Identifier: BSL-1.0
/// Eigen: products of run-time sizes, and one sample through 784-256-128-10 (relu, relu, soft-max) by hand with sizes fixed at compile time, what a
/// careful user writes today.
#define EIGEN_STACK_ALLOCATION_LIMIT 0  // Eigen refuses fixed sizes above 128 KB, static ones too
#include <Eigen/Dense>

#include <memory>

#include "cases.hpp"
#include "worker.hpp"

namespace {

template <int Rows>
using Vector = Eigen::Matrix<float, Rows, 1>;

/// y = W x + b; column-major weights, so that the product runs down whole columns.
template <int In, int Out>
struct Dense {
    Eigen::Matrix<float, Out, In> weight;
    Vector<Out> bias;
    explicit Dense(peers::Weights& w) {
        for (int o = 0; o < Out; ++o)
            for (int i = 0; i < In; ++i) weight(o, i) = w.next(In);
        for (float& b : bias) b = w.next(In);
    }
    void operator()(const Vector<In>& x, Vector<Out>& y) const {
        y.noalias() = weight * x;
        y += bias;
    }
};

struct Net {
    peers::Weights weights;
    Dense<784, 256> first{weights};
    Dense<256, 128> second{weights};
    Dense<128, 10> third{weights};
    Vector<256> a;
    Vector<128> b;
    Vector<10> y;

    const Vector<10>& operator()(const float* x) {
        first(Eigen::Map<const Vector<784>>(x), a);
        a = a.cwiseMax(0.0f);
        second(a, b);
        b = b.cwiseMax(0.0f);
        third(b, y);
        y = (y.array() - y.maxCoeff()).exp().matrix();
        y /= y.sum();
        return y;
    }
};

void product(const peers::Product& p, peers::Matrices& d) {
    using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    using Lying = Eigen::Map<Matrix, Eigen::Aligned64>;
    Lying a(d.a, p.turns_a() ? p.k : p.m, p.turns_a() ? p.m : p.k), b(d.b, p.turns_b() ? p.n : p.k, p.turns_b() ? p.k : p.n), c(d.c, p.m, p.n);
    if (p.turns_a()) c.noalias() = a.transpose() * b;
    else if (p.turns_b()) c.noalias() = a * b.transpose();
    else c.noalias() = a * b;
}

peers::Ready one_sample() {
    static Net net;
    static const std::vector<float> x = peers::single_samples();
    const Vector<10>& y = net(x.data());
    return {std::vector<double>(y.begin(), y.end()), [turn = 0u]() mutable {
                const float first = net(x.data() + turn++ % peers::samples * peers::width)[0];
                asm volatile("" : : "x"(first) : "memory");
            }};
}

}  // namespace

int main(int, char** arguments) {
    Eigen::setNbThreads(std::stoi(arguments[1]));
    std::vector<peers::Item> items{{"one sample", "eigen", 469504, one_sample}};
    for (const peers::Product& p : peers::products)
        items.push_back({p.name(), "eigen", p.operations(), [p] {
                             const auto d = std::make_shared<peers::Matrices>(p);
                             product(p, *d);
                             return peers::Ready{d->probes(), [p, d] { product(p, *d); }};
                         }});
    return peers::serve("Eigen " + std::to_string(EIGEN_WORLD_VERSION) + '.' + std::to_string(EIGEN_MAJOR_VERSION) + '.' + std::to_string(EIGEN_MINOR_VERSION),
                        std::move(items));
}
