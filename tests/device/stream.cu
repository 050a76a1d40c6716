// SPDX-License-Identifier: BSL-1.0
#include <strata/device/stream.cuh>

#include <doctest/doctest.h>

#include <strata/device/cuda.cuh>

#include "../support/counted.hpp"

namespace strata::test {

TEST_CASE("a stream's work is done once it was waited for, and a stream that was moved from is none") {
    cuda::Stream s;
    cuda::Memory<float> m(100);
    const Buffer<float> from = counted<float>(100);
    cuda::check(cudaMemcpyAsync(m.data(), from.data(), 100 * sizeof(float), cudaMemcpyHostToDevice, s.get()), "cudaMemcpyAsync");
    s.wait();
    CHECK(equal(m.to_host(), from));
    cuda::Stream t(std::move(s));
    CHECK(s.get() == nullptr);
    CHECK(t.get() != nullptr);
    s = std::move(t);
    CHECK(s.get() != nullptr);
    s.wait();
}
TEST_CASE("what is recorded happens when it is launched, each time; a recording that failed is none") {
    cuda::Stream stream;
    cuda::Memory<int> from(4), to(4);
    cuda::Recording recording;
    CHECK_FALSE(recording);
    const auto copy = [&] { cuda::check(cudaMemcpyAsync(to.data(), from.data(), 16, cudaMemcpyDeviceToDevice, stream.get()), "cudaMemcpyAsync"); };
    recording.record(stream, copy);
    REQUIRE(recording);
    stream.wait();
    for (int value : {3, 5}) {
        Buffer<int> host(4);
        for (int& x : host) x = value;
        cuda::check(cudaMemcpy(from.data(), host.data(), 16, cudaMemcpyHostToDevice), "cudaMemcpy");
        CHECK(to.to_host()[2] != value);
        recording.launch(stream);
        stream.wait();
        CHECK(to.to_host()[2] == value);
    }
    CHECK_THROWS_AS(recording.record(stream, [] { throw DataError("no"); }), DataError);
    CHECK_FALSE(recording);
    recording.record(stream, copy);  // the stream is as before
    CHECK(recording);
}
TEST_CASE("a stream waits for a mark in another; a stream that ends has done its work") {
    cuda::Memory<float> a(1000), b(1000);
    const Buffer<float> from = counted<float>(1000);
    cuda::Pinned<float> source(1000);
    for (long i = 0; i < 1000; ++i) source[i] = from[i];
    {
        cuda::Stream first, second;
        cuda::Event event;
        event.wait();  // never set: nothing to wait for
        cuda::check(cudaMemcpyAsync(a.data(), source.data(), 4000, cudaMemcpyHostToDevice, first.get()), "cudaMemcpyAsync");
        first.mark(event);
        second.wait_for(event);
        cuda::check(cudaMemcpyAsync(b.data(), a.data(), 4000, cudaMemcpyDeviceToDevice, second.get()), "cudaMemcpyAsync");
        cuda::Event done(std::move(event));
        CHECK(event.get() == nullptr);
        done.wait();
    }
    CHECK(equal(b.to_host(), from));
}

}  // namespace strata::test
