// SPDX-License-Identifier: BSL-1.0
/// Convolution and its two gradients by plain loops, by oneDNN (where STRATA_BENCHMARK_DNNL is defined) and ours: what
/// kernel/host/convolution.cpp and peers/strata.cpp time.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <string>
#include <type_traits>
#include <vector>

#include <strata/kernel/host/convolution_rowwise.hpp>
#include <strata/kernel/host/run.hpp>
#include <strata/kernel/host/window.hpp>

#ifdef STRATA_BENCHMARK_DNNL
#include <oneapi/dnnl/dnnl.hpp>
#endif

namespace baseline::sliding {

using namespace strata::host;
constexpr int N = convolution_width<float>;

class Buffer {
public:
    explicit Buffer(long size) : data_(static_cast<float*>(std::aligned_alloc(64, static_cast<std::size_t>(size * 4 + 63) / 64 * 64))) {
        std::uint32_t s = 1;
        for (long i = 0; i < size; ++i) s = s * 1664525u + 1013904223u, data_[i] = static_cast<float>(s >> 8) / 8388608.f - 1.f;
    }
    Buffer(const Buffer&) = delete;
    ~Buffer() { std::free(data_); }
    float* data() { return data_; }

private:
    float* data_;
};

enum Pass { forward, data_gradient, weight_gradient };

template <class C, int Batch> struct Memory {
    Buffer x{static_cast<long>(Batch) * C::channels * C::height * C::width}, y{static_cast<long>(Batch) * C::filters * C::out_height * C::out_width};
    Buffer w{C::weights}, bias{C::filters};
    strata::Pool* pool = nullptr;
};

/// f(x, y, w) for the addresses of every multiply-add inside the image; data are [row][y][x][Batch], or [Batch][row][y][x].
template <class C, int Batch, bool Innermost, class F> void plain_loops(F f) {
    for (int b = 0; b < Batch; ++b)
        for (int o = 0; o < C::filters; ++o)
            for (int c = 0; c < C::group_channels; ++c)
                for (int oy = 0; oy < C::out_height; ++oy)
                    for (int ky = 0; ky < C::kernel_y; ++ky)
                        for (int kx = 0; kx < C::kernel_x; ++kx) {
                            const int iy = oy * C::stride_y + ky * C::dilation_y - C::pad_y, channel = o / C::group_filters * C::group_channels + c;
                            if (iy < 0 || iy >= C::height) continue;
                            const TapRange inside = taps_inside(kx * C::dilation_x - C::pad_x, C::stride_x, C::out_width, C::width);
                            for (int ox = inside.first; ox < inside.last; ++ox) {
                                const int ix = ox * C::stride_x + kx * C::dilation_x - C::pad_x;
                                const long x = (channel * C::height + iy) * C::width + ix, y = (o * C::out_height + oy) * C::out_width + ox;
                                f(Innermost ? x * Batch + b : x + static_cast<long>(b) * C::channels * C::height * C::width,
                                  Innermost ? y * Batch + b : y + static_cast<long>(b) * C::filters * C::out_height * C::out_width,
                                  ((o * C::group_channels + c) * C::kernel_y + ky) * C::kernel_x + kx);
                            }
                        }
}

/// The baseline: row-major samples, the loops of the definition in an order that vectorises.
template <class C, int Batch, Pass pass> void plain(Memory<C, Batch>& m) {
    float *x = m.x.data(), *y = m.y.data(), *w = m.w.data();
    if (pass == forward) {
        constexpr int places = C::out_height * C::out_width;
        for (int i = 0; i < Batch * C::filters * places; ++i) y[i] = m.bias.data()[i / places % C::filters];
        plain_loops<C, Batch, false>([=](long i, long o, long k) { y[o] += x[i] * w[k]; });
        for (int i = 0; i < Batch * C::filters * places; ++i) y[i] = y[i] > 0 ? y[i] : 0;
    } else if (pass == data_gradient) {
        for (int i = 0; i < Batch * C::channels * C::height * C::width; ++i) x[i] = 0;
        plain_loops<C, Batch, false>([=](long i, long o, long k) { x[i] += y[o] * w[k]; });
    } else {
        for (long i = 0; i < C::weights; ++i) w[i] = 0;
        plain_loops<C, Batch, false>([=](long i, long o, long k) { w[k] += x[i] * y[o]; });
    }
}

/// Rows of the result get bias and relu (forward), or are stored.
[[gnu::noinline]] inline void finish(float* to, const float* run, int length, float bias, float least) {
    int i = 0;
    for (; i + N <= length; i += N) {
        auto v = load_lanes<N>(run + i) + bias;
        store_lanes<N>(to + i, v > least ? v : v - v + least);
    }
    for (; i < length; ++i) to[i] = run[i] + bias > least ? run[i] + bias : least;
}
[[gnu::noinline]] inline void store(float* to, const float* run, int length) {
    int i = 0;
    for (; i + N <= length; i += N) store_lanes<N>(to + i, load_lanes<N>(run + i));
    for (; i < length; ++i) to[i] = run[i];
}

template <class C, int Batch, Pass pass> void ours(Memory<C, Batch>& m) {
    constexpr bool innermost = Batch % N == 0;
    constexpr int lanes = innermost ? Batch : N;
    float *x = m.x.data(), *y = m.y.data(), *w = m.w.data(), *bias = m.bias.data();
    const strata::Run run{Batch, 0, 0, m.pool};
    if constexpr (pass == forward) {
        constexpr long row_length = static_cast<long>(C::out_height) * C::out_width * (innermost ? Batch : 1);
        using Kernel = std::conditional_t<innermost, ConvolutionForward<float, C, lanes>, ConvolutionForwardRowwise<float, C, Batch>>;
        spread(run, Kernel::items, [=](int i) {
            Kernel::run_item(i, Batch, x, w, [=](const float* from, int row, long column, int length) {
                finish(y + row * row_length + column, from, length, bias[row % C::filters], 0.f);
            });
        });
    } else if constexpr (pass == data_gradient) {
        constexpr long row_length = static_cast<long>(C::height) * C::width * (innermost ? Batch : 1);
        using Kernel = std::conditional_t<innermost, ConvolutionDataGradient<float, C, lanes>, ConvolutionDataGradientRowwise<float, C, Batch>>;
        spread(run, Kernel::items, [=](int i) {
            Kernel::run_item(i, Batch, y, w, [=](const float* from, int row, long column, int length) { store(x + row * row_length + column, from, length); });
        });
    } else {
        using Kernel = std::conditional_t<innermost, ConvolutionWeightGradient<float, C, lanes>, ConvolutionWeightGradientRowwise<float, C, Batch>>;
        spread(run, Kernel::items, [=](int i) { Kernel::run_item(i, Batch, x, y, w); });
    }
}

/// 64 places of an array.
inline std::vector<double> probes(const float* data, long size) {
    std::vector<double> all;
    for (long i = 0; i < 64; ++i) all.push_back(static_cast<double>(data[(i * 104729 + 13) % size]));
    return all;
}
/// [outer][inner] becomes [inner][outer].
inline void turn(float* data, int outer, int inner) {
    const std::vector<float> was(data, data + static_cast<long>(outer) * inner);
    for (int o = 0; o < outer; ++o)
        for (int i = 0; i < inner; ++i) data[static_cast<long>(i) * outer + o] = was[static_cast<std::size_t>(o) * static_cast<std::size_t>(inner) + static_cast<std::size_t>(i)];
}
/// Probes of our result on the numbers of a Memory that is read sample by sample, as oneDNN's are.
template <class C, int Batch, Pass pass> std::vector<double> probes_of_ours() {
    constexpr int in = C::channels * C::height * C::width, out = C::filters * C::out_height * C::out_width;
    constexpr bool innermost = Batch % N == 0;
    Memory<C, Batch> m;
    if (innermost) turn(m.x.data(), Batch, in), turn(m.y.data(), Batch, out);
    ours<C, Batch, pass>(m);
    if (innermost) turn(m.x.data(), in, Batch), turn(m.y.data(), out, Batch);
    return pass == forward ? probes(m.y.data(), long{Batch} * out) : pass == data_gradient ? probes(m.x.data(), long{Batch} * in) : probes(m.w.data(), C::weights);
}

/// Our result against the definition, in our layout.
template <class C, int Batch, Pass pass> bool right() {
    Memory<C, Batch> m, want;
    ours<C, Batch, pass>(m);
    Buffer& got = pass == forward ? m.y : pass == data_gradient ? m.x : m.w;
    float* result = pass == forward ? want.y.data() : pass == data_gradient ? want.x.data() : want.w.data();
    constexpr bool innermost = Batch % N == 0;
    constexpr long places = static_cast<long>(C::out_height) * C::out_width * (innermost ? Batch : 1);
    constexpr long size = pass == forward ? Batch * static_cast<long>(C::filters) * C::out_height * C::out_width
                          : pass == data_gradient ? Batch * static_cast<long>(C::channels) * C::height * C::width : C::weights;
    for (long i = 0; i < size; ++i) result[i] = pass == forward ? want.bias.data()[i / places % C::filters] : 0;
    float *x = want.x.data(), *y = want.y.data(), *w = want.w.data();
    plain_loops<C, Batch, innermost>([=](long i, long o, long k) {
        if (pass == forward) y[o] += x[i] * w[k];
        else if (pass == data_gradient) x[i] += y[o] * w[k];
        else w[k] += x[i] * y[o];
    });
    for (long i = 0; i < size; ++i)
        if (const float e = pass == forward && result[i] < 0 ? 0 : result[i]; !(std::abs(e - got.data()[i]) < 1e-3f * (1 + std::abs(e)))) return false;
    return true;
}

#ifdef STRATA_BENCHMARK_DNNL
/// oneDNN on the same numbers, ready to run, pictures in the layout of `tag`: only the primitive is to be timed.   result: gets probes.
template <class C, int Batch, Pass pass> std::function<void()> onednn(dnnl::memory::format_tag tag, std::vector<double>* result) {
    using namespace dnnl;
    using Tag = memory::format_tag;
    static engine cpu(engine::kind::cpu, 0);
    static stream s(cpu);
    const memory::dims xs{Batch, C::channels, C::height, C::width}, ys{Batch, C::filters, C::out_height, C::out_width},
        ws{C::filters, C::channels, C::kernel_y, C::kernel_x}, strides{C::stride_y, C::stride_x}, pads{C::pad_y, C::pad_x};
    const auto desc = [](const memory::dims& d, Tag layout) { return memory::desc(d, memory::data_type::f32, layout); };
    const auto x = desc(xs, tag), y = desc(ys, tag), w = desc(ws, Tag::any), b = desc({C::filters}, Tag::x);
    primitive_attr attr;
    post_ops ops;
    ops.append_eltwise(1.f, algorithm::eltwise_relu, 0.f, 0.f);
    if (pass == forward) attr.set_post_ops(ops);
    const convolution_forward::primitive_desc fwd({prop_kind::forward_training, algorithm::convolution_direct, x, w, b, y, strides, pads, pads}, attr, cpu);

    Memory<C, Batch> plain;
    memory x_plain(desc(xs, Tag::nchw), cpu, plain.x.data()), y_plain(desc(ys, Tag::nchw), cpu, plain.y.data()), w_plain(desc(ws, Tag::oihw), cpu, plain.w.data());
    const auto in = [&](memory& from, const memory::desc& d) {
        memory m(d, cpu);
        reorder(from, m).execute(s, from, m);
        return m;
    };
    const auto ready = [&](auto primitive, std::unordered_map<int, memory> args, int out, memory& to) -> std::function<void()> {
        primitive.execute(s, args);
        reorder(args.at(out), to).execute(s, args.at(out), to);
        s.wait();
        *result = probes(static_cast<const float*>(to.get_data_handle()), static_cast<long>(to.get_desc().get_size() / 4));
        return [primitive, args] { primitive.execute(s, args), s.wait(); };
    };
    if (pass == forward) {
        memory bias(b, cpu);
        std::copy_n(plain.bias.data(), C::filters, static_cast<float*>(bias.get_data_handle()));
        return ready(convolution_forward(fwd), {{DNNL_ARG_SRC, in(x_plain, fwd.src_desc())}, {DNNL_ARG_WEIGHTS, in(w_plain, fwd.weights_desc())}, {DNNL_ARG_BIAS, bias},
                     {DNNL_ARG_DST, memory(fwd.dst_desc(), cpu)}}, DNNL_ARG_DST, y_plain);
    } else if (pass == data_gradient) {
        const convolution_backward_data::primitive_desc pd({algorithm::convolution_direct, x, w, y, strides, pads, pads}, cpu, fwd);
        return ready(convolution_backward_data(pd), {{DNNL_ARG_DIFF_DST, in(y_plain, pd.diff_dst_desc())}, {DNNL_ARG_WEIGHTS, in(w_plain, pd.weights_desc())},
                     {DNNL_ARG_DIFF_SRC, memory(pd.diff_src_desc(), cpu)}}, DNNL_ARG_DIFF_SRC, x_plain);
    } else {
        const convolution_backward_weights::primitive_desc pd({algorithm::convolution_direct, x, w, y, strides, pads, pads}, cpu, fwd);
        return ready(convolution_backward_weights(pd), {{DNNL_ARG_SRC, in(x_plain, pd.src_desc())}, {DNNL_ARG_DIFF_DST, in(y_plain, pd.diff_dst_desc())},
                     {DNNL_ARG_DIFF_WEIGHTS, memory(pd.diff_weights_desc(), cpu)}}, DNNL_ARG_DIFF_WEIGHTS, w_plain);
    }
}
/// The same in the layout that is quickest: the one that oneDNN chooses is not always.
template <class C, int Batch, Pass pass> std::function<void()> onednn(std::vector<double>* result = nullptr) {
    using Tag = dnnl::memory::format_tag;
    using Clock = std::chrono::steady_clock;
    std::function<void()> quickest;
    auto least = Clock::duration::max();
    for (const Tag tag : {Tag::any, Tag::nchw, Tag::nhwc}) {
        std::vector<double> probed;
        const auto call = onednn<C, Batch, pass>(tag, &probed);
        for (int i = 0; i < 10; ++i) {
            const auto start = Clock::now();
            call();
            if (const auto time = Clock::now() - start; time < least) {
                least = time, quickest = call;
                if (result) *result = probed;
            }
        }
    }
    return quickest;
}
#endif

/// One of the cases, as a value.
template <class C, int B, Pass P> struct Case {
    using Shape = C;
    static constexpr int batch = B;
    static constexpr Pass pass = P;
};
/// f(Case, name) for each layer and pass.
template <int Batch, class F> void each_case(F f) {
    const auto layer = [f]<class C>(C, const std::string& name) {
        f(Case<C, Batch, forward>{}, name + " forward"), f(Case<C, Batch, data_gradient>{}, name + " dx"), f(Case<C, Batch, weight_gradient>{}, name + " dw");
    };
    layer(Convolution<1, 28, 28, 6, 5, 5>{}, "LeNet 1");
    layer(Convolution<6, 12, 12, 16, 5, 5>{}, "LeNet 2");
    layer(Convolution<64, 14, 14, 64, 3, 3, 1, 1, 1, 1>{}, "3x3 64 14x14");
}

}  // namespace baseline::sliding
