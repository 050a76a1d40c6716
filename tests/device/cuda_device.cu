// SPDX-License-Identifier: BSL-1.0
#include <strata/device/cuda_device.cuh>

#include <doctest/doctest.h>

#include <string>

#include <strata/exec/cuda_expression.cuh>
#include <strata/exec/gradient.hpp>
#include <strata/layer/dense.hpp>
#include <strata/layer/sequential.hpp>
#include <strata/model/model.hpp>
#include <strata/op/add.hpp>
#include <strata/op/multiply.hpp>
#include <strata/op/sum.hpp>

#include "../support/cuda_error.cuh"

// With two devices or more the last of them, with one device that one: then what is said of two cannot be seen, and is said of none.
namespace strata::test {
namespace {

template <class F>
std::string text_of(F f) {
    return text_of(cudaErrorInvalidDevice, f, [](const CudaError& e) { CHECK_FALSE(e.lost()); });
}
int last() { return cuda::devices() - 1; }
std::string apart(int there, int here) { return " of device " + std::to_string(there) + " meets a program on device " + std::to_string(here) + "; bring one"; }

}  // namespace

TEST_CASE("a guard changes the current device for a scope; a device that is not there is an error that says how many are") {
    const int before = cuda::current();
    {
        const cuda::Guard guard(Cuda{last()});
        CHECK(cuda::current() == last());
        CHECK(cuda::resolved(Cuda{}) == Cuda{last()});
    }
    CHECK(cuda::current() == before);
    const std::string text = text_of([] { cuda::Guard guard(Cuda{last() + 1}); });
    CHECK(text.find("strata: cudaSetDevice at ") == 0);
    CHECK(text.find("; take a device whose number is below cuda::devices()") != std::string::npos);
    CHECK(cuda::current() == before);
}
TEST_CASE("what is made on a device stays there: memory, tensors, results of expressions, gradients, models and their results") {
    const Cuda at{last()};
    const int before = cuda::current();
    cuda::Memory<float> m(5, at);
    CHECK(cuda::device_of(m.data()) == last());
    CHECK(cuda::Memory<float>(m).place() == at);
    const TensorOn<Cuda, float, 3> a(Tensor<float, 3>{1, 2, 3}, at), b(Tensor<float, 3>{4, 5, 6}, at);
    const TensorOn<Cuda, float, 3> c = a * b;
    CHECK(c.place() == at);
    CHECK(c.to_host()(2) == 18);
    const auto [da] = gradient(sum(a * b), a);
    CHECK(da.place() == at);
    CHECK(da.to_host()(1) == 5);
    using Net = Sequential<Dense<2>>;
    const Model<Net, Shape<3>, Cuda> there{Seed{2}, at};
    const Model<Net, Shape<3>> here{Seed{2}};
    CHECK(there.place() == at);
    const auto y = there(a);
    CHECK(y.place() == at);
    CHECK(y.to_host()(1) == doctest::Approx(here(Tensor<float, 3>{1, 2, 3})(1)));
    CHECK(cuda::device_of(there.parameters()) == last());
    CHECK(cuda::current() == before);
}
TEST_CASE("what is on two devices does not meet: the error names both, and nothing is the worse for it") {
    if (last() == 0) {
        CHECK(cuda::devices() == 1);
        return;
    }
    const Cuda first{0}, second{last()};
    const TensorOn<Cuda, float, 3> a(Tensor<float, 3>{1, 2, 3}, first), b(Tensor<float, 3>{4, 5, 6}, second);
    TensorOn<Cuda, float, 3> c(first);
    CHECK(text_of([&] { c = a + b; }).find("strata: a tensor" + apart(last(), 0)) == 0);
    CHECK(text_of([&] { TensorOn<Cuda, float, 3> d(second); d = a + a; }).find("strata: a tensor" + apart(0, last())) == 0);
    CHECK(text_of([&] { gradient(sum(a * b), a); }).find(apart(last(), 0)) != std::string::npos);
    using M = Model<Sequential<Dense<2>>, Shape<3>, Cuda>;
    M model{Seed{2}, first};
    CHECK(text_of([&] { model(b); }).find("strata: an input" + apart(last(), 0)) == 0);
    Session<M, 1> session(model);
    const M other(model, second);
    CHECK(other.place() == second);
    model = other;  // copied to where it is
    CHECK(model.place() == first);
    const TensorOn<Cuda, float, 3> moved(b, first);
    CHECK(moved.place() == first);
    c = a + moved;
    CHECK(c.to_host()(0) == 5);
}

}  // namespace strata::test
