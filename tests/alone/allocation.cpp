// SPDX-License-Identifier: BSL-1.0
// After set-up neither a training step nor an inference call takes memory: counted by operator new, replaced for the whole program.
#include <doctest/doctest.h>

#include <atomic>
#include <cstdlib>
#include <new>
#include <vector>

#include <strata/device/pool.hpp>
#include <strata/layer/dropout.hpp>
#include <strata/layer/layer_norm.hpp>
#include <strata/optim/adam.hpp>
#include <strata/optim/sgd.hpp>
#include <strata/tensor/tensor.hpp>

#include "../support/golden_nets.hpp"

namespace {
std::atomic<long> taken{0};  // on any thread

void* take(std::size_t bytes, std::size_t alignment) {
    ++taken;
    void* p = std::aligned_alloc(alignment, (bytes + alignment) / alignment * alignment);
    if (p == nullptr) throw std::bad_alloc();
    return p;
}
[[gnu::noinline]] void give(void* p) noexcept { std::free(p); }  // inlined, g++ warns of a free that is no delete
}  // namespace

void* operator new(std::size_t bytes) { return take(bytes, alignof(std::max_align_t)); }
void* operator new[](std::size_t bytes) { return take(bytes, alignof(std::max_align_t)); }
void* operator new(std::size_t bytes, std::align_val_t a) { return take(bytes, static_cast<std::size_t>(a)); }
void* operator new[](std::size_t bytes, std::align_val_t a) { return take(bytes, static_cast<std::size_t>(a)); }
void operator delete(void* p) noexcept { give(p); }
void operator delete[](void* p) noexcept { give(p); }
void operator delete(void* p, std::size_t) noexcept { give(p); }
void operator delete[](void* p, std::size_t) noexcept { give(p); }
void operator delete(void* p, std::align_val_t) noexcept { give(p); }
void operator delete[](void* p, std::align_val_t) noexcept { give(p); }
void operator delete(void* p, std::size_t, std::align_val_t) noexcept { give(p); }
void operator delete[](void* p, std::size_t, std::align_val_t) noexcept { give(p); }

namespace strata::test {
namespace {

/// How often f takes memory.
template <class F>
long takes(F f) {
    const long before = taken;
    f();
    return taken - before;
}

/// The very first call counts as the later ones do, and so does a batch that is not full.
template <class M, class Optimiser>
void check(const Optimiser& optimiser) {
    using Real = typename M::Real;
    constexpr int capacity = 8;
    for (const int threads : {1, 2}) {
        CAPTURE(threads);
        Pool pool(threads);
        M model{Seed{1}};
        TrainingStep<M, CrossEntropy, Optimiser, capacity> step(model, optimiser, Seed{1}, &pool);
        Session<M, capacity> session(model, &pool);
        const std::vector<Real> x(capacity * M::Input::size, Real(0.5));
        const std::vector<std::int32_t> labels(capacity, 1);
        std::vector<Real> y(capacity * M::Output::size);
        for (const int count : {capacity, 3, 1, capacity}) {
            CAPTURE(count);
            const auto n = static_cast<std::size_t>(count);
            CHECK(takes([&] { step.run(x.data(), labels.data(), count); }) == 0);
            CHECK(takes([&] { step({x.data(), n * M::Input::size}, {labels.data(), n}); }) == 0);
            CHECK(takes([&] { session.run(x.data(), count, y.data()); }) == 0);
            CHECK(takes([&] { session({x.data(), n * M::Input::size}, {y.data(), n * M::Output::size}); }) == 0);
        }
    }
}

TEST_CASE("memory that is taken is counted, on other threads too") {
    CHECK(takes([] { ::operator delete(::operator new(8)); }) == 1);
    CHECK(takes([] { ::operator delete[](::operator new[](8)); }) == 1);
    CHECK(takes([] { const Buffer<float> buffer(3); }) == 1);
    CHECK(takes([] { const Mlp<float> model; }) > 0);
    Pool pool(2);
    CHECK(takes([&] { pool.for_each(16, [](int) { ::operator delete(::operator new(8, std::align_val_t{64}), std::align_val_t{64}); }); }) == 16);
}
TEST_CASE("a multi-layer perceptron trains and answers without taking memory") {
    check<Mlp<float>>(Adam{});
    check<Mlp<double>>(Nesterov{});
}
TEST_CASE("so does a net of row norms and dropout") {
    check<Model<Sequential<Dense<24>, LayerNorm, Dropout<0.5f>, Dense<4>>, Shape<12>>>(Adam{});
}
TEST_CASE("expressions of static tensors and views take none either, where they need little beside their result") {
    static StaticTensor<float, 8, 16> x;
    static StaticTensor<float, 16, 4> w;
    static StaticTensor<float, 8, 4> y;
    static float own[8 * 4];
    const TensorView<float, 8, 4> view(own);
    CHECK(takes([&] {
              y = softmax(matmul(relu(x + 1.f), w));
              view[3] = y[2] * 2.f;
              y *= 0.5f;
              view += y;
          }) == 0);
}
TEST_CASE("so does LeNet") { check<LeNet<float>>(Adam{}); }
TEST_CASE("so does a residual net with batch norm") { check<ResidualNet<float>>(Adam{}); }

}  // namespace
}  // namespace strata::test
