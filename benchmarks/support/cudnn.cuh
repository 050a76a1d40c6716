// SPDX-License-Identifier: BSL-1.0
/// cuDNN as a baseline, where it was found (STRATA_BENCHMARK_CUDNN); else its absence is told in its place.
#pragma once

#include <memory>

#include "program.cuh"
#ifdef STRATA_BENCHMARK_CUDNN
#include <cudnn.h>
#endif

namespace bench {

inline System absent_cudnn() {
    System s{"cuDNN", nullptr, {}};
    s.modelled = false;
#ifdef STRATA_BENCHMARK_CUDNN
    s.absent = "not asked where time is modelled";
#else
    s.absent = "absent: build with cuDNN 9 (NVIDIA's package libcudnn9-dev-cuda-13) or -DCUDNN_ROOT=<its folder>";
#endif
    return s;
}
inline bool has_cudnn() {
#ifdef STRATA_BENCHMARK_CUDNN
    return !options().modelled;
#else
    return false;
#endif
}

/// One convolution or one of its gradients, over [batch, channel, height, width].
enum class Pass { forward, data, weight };
struct Window {
    int batch, channels, height, width, filters, kernel, pad;
    constexpr int out_height() const { return height + 2 * pad - kernel + 1; }
    constexpr int out_width() const { return width + 2 * pad - kernel + 1; }
    constexpr long x() const { return long{batch} * channels * height * width; }
    constexpr long w() const { return long{filters} * channels * kernel * kernel; }
    constexpr long y() const { return long{batch} * filters * out_height() * out_width(); }
};

#ifdef STRATA_BENCHMARK_CUDNN
inline void check(cudnnStatus_t s, const char* call, const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
    if (s != CUDNN_STATUS_SUCCESS)
        throw strata::DeviceError(std::string("strata: ") + call + " at " + file + ":" + std::to_string(line) + " failed: " + cudnnGetErrorString(s));
}
class Cudnn {
  public:
    Cudnn() {
        check(cudnnCreate(&handle), "cudnnCreate");
        check(cudnnSetStream(handle, stream.get()), "cudnnSetStream");
        for (cudnnTensorDescriptor_t* t : {&x, &y}) check(cudnnCreateTensorDescriptor(t), "cudnnCreateTensorDescriptor");
        check(cudnnCreateFilterDescriptor(&w), "cudnnCreateFilterDescriptor");
        check(cudnnCreateConvolutionDescriptor(&slide), "cudnnCreateConvolutionDescriptor");
    }
    Cudnn(const Cudnn&) = delete;
    Cudnn& operator=(const Cudnn&) = delete;
    ~Cudnn() {
        static_cast<void>(cudnnDestroyConvolutionDescriptor(slide));
        static_cast<void>(cudnnDestroyFilterDescriptor(w));
        for (cudnnTensorDescriptor_t t : {x, y}) static_cast<void>(cudnnDestroyTensorDescriptor(t));
        static_cast<void>(cudnnDestroy(handle));
    }
    static void dims(cudnnTensorDescriptor_t t, int n, int c, int h, int wide) {
        check(cudnnSetTensor4dDescriptor(t, CUDNN_TENSOR_NCHW, CUDNN_DATA_FLOAT, n, c, h, wide), "cudnnSetTensor4dDescriptor");
    }
    /// The quickest way that cuDNN finds by trying, with the workspace that it wants.
    void prepare(Pass pass, const Window& of, const float* a, const float* b, float* to) {
        dims(x, of.batch, of.channels, of.height, of.width);
        dims(y, of.batch, of.filters, of.out_height(), of.out_width());
        check(cudnnSetFilter4dDescriptor(w, CUDNN_DATA_FLOAT, CUDNN_TENSOR_NCHW, of.filters, of.channels, of.kernel, of.kernel), "cudnnSetFilter4dDescriptor");
        check(cudnnSetConvolution2dDescriptor(slide, of.pad, of.pad, 1, 1, 1, 1, CUDNN_CROSS_CORRELATION, CUDNN_DATA_FLOAT), "cudnnSetConvolution2dDescriptor");
        check(cudnnSetConvolutionMathType(slide, CUDNN_FMA_MATH), "cudnnSetConvolutionMathType");  // f32, as ours
        int found = 0;
        std::size_t bytes = 0;
        if (pass == Pass::forward) {
            cudnnConvolutionFwdAlgoPerf_t best;
            check(cudnnFindConvolutionForwardAlgorithm(handle, x, w, slide, y, 1, &found, &best), "cudnnFindConvolutionForwardAlgorithm");
            const auto algorithm = best.algo;
            bytes = best.memory;
            run = [=, this] { check(cudnnConvolutionForward(handle, &one, x, a, w, b, slide, algorithm, workspace.data(), bytes, &zero, y, to), "cudnnConvolutionForward"); };
        } else if (pass == Pass::data) {
            cudnnConvolutionBwdDataAlgoPerf_t best;
            check(cudnnFindConvolutionBackwardDataAlgorithm(handle, w, y, slide, x, 1, &found, &best), "cudnnFindConvolutionBackwardDataAlgorithm");
            const auto algorithm = best.algo;
            bytes = best.memory;
            run = [=, this] { check(cudnnConvolutionBackwardData(handle, &one, w, b, y, a, slide, algorithm, workspace.data(), bytes, &zero, x, to), "cudnnConvolutionBackwardData"); };
        } else {
            cudnnConvolutionBwdFilterAlgoPerf_t best;
            check(cudnnFindConvolutionBackwardFilterAlgorithm(handle, x, y, slide, w, 1, &found, &best), "cudnnFindConvolutionBackwardFilterAlgorithm");
            const auto algorithm = best.algo;
            bytes = best.memory;
            run = [=, this] { check(cudnnConvolutionBackwardFilter(handle, &one, x, a, y, b, slide, algorithm, workspace.data(), bytes, &zero, w, to), "cudnnConvolutionBackwardFilter"); };
        }
        workspace = st::cuda::Memory<char>(static_cast<long>(bytes), st::cuda::Unset{});
    }
    static constexpr float one = 1, zero = 0;
    cudnnHandle_t handle = nullptr;
    st::cuda::Stream stream{};
    cudnnTensorDescriptor_t x = nullptr, y = nullptr;
    cudnnFilterDescriptor_t w = nullptr;
    cudnnConvolutionDescriptor_t slide = nullptr;
    st::cuda::Memory<char> workspace{};
    std::function<void()> run{};
};
#endif

template <class X, class Error>
void add_softmax_of_cudnn(Case& c, int rows, int columns, const X& x, Error error, double allowed) {
    if (!has_cudnn()) return c.systems.push_back(absent_cudnn());
#ifdef STRATA_BENCHMARK_CUDNN
    const auto n = std::make_shared<Cudnn>();
    const auto y = std::make_shared<st::cuda::Memory<float>>(long{rows} * columns, st::cuda::Unset{});
    Cudnn::dims(n->x, rows, columns, 1, 1);
    n->run = [x, y, of = n.get()] {
        check(cudnnSoftmaxForward(of->handle, CUDNN_SOFTMAX_ACCURATE, CUDNN_SOFTMAX_MODE_INSTANCE, &Cudnn::one, of->x, x->there.data(), &Cudnn::zero, of->x, y->data()), "cudnnSoftmaxForward");
    };
    n->run(), n->stream.wait();
    c.systems.push_back({"cuDNN", &n->stream, [n] { n->run(); }, error(*y), allowed, false});
#endif
}
/// a, b: x and w; dy and w; x and dy, by the pass.
template <class A, class Error>
void add_convolution_of_cudnn(Case& c, Pass pass, const Window& of, const A& a, const A& b, long results, Error error, double allowed) {
    if (!has_cudnn()) return c.systems.push_back(absent_cudnn());
#ifdef STRATA_BENCHMARK_CUDNN
    const auto n = std::make_shared<Cudnn>();
    const auto y = std::make_shared<st::cuda::Memory<float>>(results, st::cuda::Unset{});
    n->prepare(pass, of, a->there.data(), b->there.data(), y->data());
    n->run(), n->stream.wait();
    c.systems.push_back({"cuDNN", &n->stream, [n, a, b, y] { n->run(); }, error(*y), allowed, false});
#endif
}

}  // namespace bench
