// SPDX-License-Identifier: BSL-1.0
#include <strata/device/cuda.cuh>

#include <doctest/doctest.h>

#include <cstdint>
#include <cstdlib>
#include <limits>
#include <string>

namespace strata::test {
namespace {

/// What `f` says when it fails.
template <class F>
std::string text_of(cudaError_t code, F f) {
    try {
        f();
    } catch (const CudaError& e) {
        CHECK(e.code() == code);
        return e.what();
    }
    return "nothing was thrown";
}
bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

template <class T>
Buffer<T> counted(long n) {
    Buffer<T> b(n);
    for (long i = 0; i < n; ++i) b[i] = static_cast<T>(3 * i + 1);
    return b;
}
template <class T>
bool equal(const Buffer<T>& a, const Buffer<T>& b) {
    bool same = a.size() == b.size();
    for (long i = 0; same && i < a.size(); ++i) same = a[i] == b[i];
    return same;
}

}  // namespace

TEST_CASE_TEMPLATE("memory begins as zeros, or as the host's numbers, and comes back as they are", T, float, double, std::int32_t, char) {
    static_assert(std::is_same_v<BufferOn<Cuda, T>, cuda::Memory<T>>);
    for (long n : {1L, 7L, 64L, 100003L}) {
        CAPTURE(n);
        CHECK(equal(cuda::Memory<T>(n).to_host(), Buffer<T>(n)));
        const cuda::Memory<T> from(counted<T>(n));
        CHECK(from.size() == n);
        CHECK(reinterpret_cast<std::uintptr_t>(from.data()) % 256 == 0);
        CHECK(equal(from.to_host(), counted<T>(n)));
    }
}
TEST_CASE("copies are independent, moves take along, nothing is no memory at all") {
    cuda::Memory<float> a(counted<float>(9));
    cuda::Memory<float> copy(a);
    CHECK(copy.data() != a.data());
    cuda::check(cudaMemset(a.data(), 0, 9 * sizeof(float)), "cudaMemset");
    CHECK(equal(a.to_host(), Buffer<float>(9)));
    CHECK(equal(copy.to_host(), counted<float>(9)));
    a = copy;
    CHECK(equal(a.to_host(), counted<float>(9)));
    float* const at = a.data();
    cuda::Memory<float> moved(std::move(a));
    CHECK(moved.data() == at);
    CHECK((a.data() == nullptr && a.size() == 0));
    a = std::move(moved);
    CHECK(a.data() == at);
    const cuda::Memory<float> none(0), none_of_the_host(Buffer<float>(0L)), none_at_all, copied(none);
    CHECK((none.data() == nullptr && none_of_the_host.data() == nullptr && none_at_all.data() == nullptr && copied.data() == nullptr));
    CHECK(none.to_host().size() == 0);
}
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
TEST_CASE("memory and streams are given back") {
    std::size_t before = 0, after = 0, all = 0;
    cuda::check(cudaMemGetInfo(&before, &all), "cudaMemGetInfo");
    for (int i = 0; i < 20; ++i) {
        cuda::Memory<char> a(1L << 22), b(a), c(std::move(a));
        c = b;
        c = std::move(b);
        cuda::Stream s;
    }
    cuda::check(cudaMemGetInfo(&after, &all), "cudaMemGetInfo");
    CHECK(after + (1u << 22) >= before);
}
TEST_CASE("an error names the call, the place, CUDA's text and what to do") {
    const int line = __LINE__ + 1;
    const std::string text = text_of(cudaErrorInvalidValue, [] { cuda::check(cudaErrorInvalidValue, "cudaThis"); });
    CHECK(holds(text, "strata: cudaThis at "));
    CHECK(holds(text, "device/cuda.cu:" + std::to_string(line) + " failed: "));
    CHECK(holds(text, cudaGetErrorString(cudaErrorInvalidValue)));
    CHECK(holds(text, "(cudaErrorInvalidValue); "));
    CHECK(holds(text_of(cudaErrorNoDevice, [] { cuda::check(cudaErrorNoDevice, ""); }), "; run where a CUDA device is, or take the place Host"));
    CHECK(holds(text_of(cudaErrorInsufficientDriver, [] { cuda::check(cudaErrorInsufficientDriver, ""); }), "; install a newer driver"));
    CHECK(holds(text_of(cudaErrorNoKernelImageForDevice, [] { cuda::check(cudaErrorNoKernelImageForDevice, ""); }), "CMAKE_CUDA_ARCHITECTURES"));
    CHECK_NOTHROW(cuda::check(cudaSuccess, "cudaThis"));
    CHECK_THROWS_AS(cuda::check(cudaErrorInvalidValue, ""), DeviceError);
}
TEST_CASE("out of memory says so, and leaves a device that goes on") {
    const std::string text = text_of(cudaErrorMemoryAllocation, [] { cuda::Memory<double>(1L << 50); });
    CHECK(holds(text, "strata: cudaMalloc at "));
    CHECK(holds(text, "(cudaErrorMemoryAllocation); take smaller batches"));
    CHECK(cudaPeekAtLastError() == cudaSuccess);
    CHECK(equal(cuda::Memory<float>(counted<float>(5)).to_host(), counted<float>(5)));
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

}  // namespace strata::test
