// SPDX-License-Identifier: BSL-1.0
/// Convolution, its two gradients and pooling on one thread, batch 32 (and 1): plain loops first, then oneDNN where it is linked
/// (-DSTRATA_BENCHMARK_DNNL -ldnnl, OMP_NUM_THREADS=1; its own choice of layouts, reorders not timed), then ours.
/// flops: operations per second, the border counted as if it were inside. peak: the share of this core's multiply-add peak. Results are checked first.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <string>

#include <strata/kernel/host/convolution_rowwise.hpp>
#include <strata/kernel/host/window.hpp>

#ifdef STRATA_BENCHMARK_DNNL
#include <oneapi/dnnl/dnnl.hpp>
#endif

namespace {

using namespace strata::host;
constexpr int N = convolution_width<float>;

/// Seconds of this thread on a core: other programs on it do not count.
double seconds() {
    timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

/// Multiply-add peak in FLOP/s: independent sums in registers, best of several rounds.
template <int... I> [[gnu::noinline]] float multiply_add(int turns, float factor, float term, std::integer_sequence<int, I...>) {
    using V = Lanes<float, N>::Type;
    V sum[] = {(V{} + static_cast<float>(I))...};
    const V x = V{} + factor, y = V{} + term;
    for (int i = 0; i < turns; ++i) ((sum[I] = sum[I] * x + y), ...);
    return (sum[I][0] + ...);
}
double peak() {
    constexpr int sums = convolution_registers >= 32 ? 24 : 12, turns = 100000;
    double best = 0;
    for (int round = 0; round < 15; ++round) {
        const double start = seconds();
        benchmark::DoNotOptimize(multiply_add(turns, 0.999f, 1e-3f, std::make_integer_sequence<int, sums>{}));
        best = std::max(best, 2.0 * sums * N * turns / (seconds() - start));
    }
    return best;
}

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
[[gnu::noinline]] void finish(float* to, const float* run, int length, float bias, float least) {
    int i = 0;
    for (; i + N <= length; i += N) {
        auto v = load_lanes<N>(run + i) + bias;
        store_lanes<N>(to + i, v > least ? v : v - v + least);
    }
    for (; i < length; ++i) to[i] = run[i] + bias > least ? run[i] + bias : least;
}
[[gnu::noinline]] void store(float* to, const float* run, int length) {
    int i = 0;
    for (; i + N <= length; i += N) store_lanes<N>(to + i, load_lanes<N>(run + i));
    for (; i < length; ++i) to[i] = run[i];
}

template <class C, int Batch, Pass pass> void ours(Memory<C, Batch>& m) {
    constexpr bool innermost = Batch % N == 0;
    float *x = m.x.data(), *y = m.y.data(), *w = m.w.data(), *bias = m.bias.data();
    if constexpr (pass == forward) {
        constexpr long row_length = static_cast<long>(C::out_height) * C::out_width * (innermost ? Batch : 1);
        using Kernel = std::conditional_t<innermost, ConvolutionForward<float, C, innermost ? Batch : N>, ConvolutionForwardRowwise<float, C, Batch>>;
        for (int i = 0; i < Kernel::items; ++i)
            Kernel::run_item(i, Batch, x, w, [=](const float* run, int row, long column, int length) {
                float* to = y + row * row_length + column;
                finish(to, run, length, bias[row % C::filters], 0.f);
            });
    } else if constexpr (pass == data_gradient) {
        constexpr long row_length = static_cast<long>(C::height) * C::width * (innermost ? Batch : 1);
        using Kernel = std::conditional_t<innermost, ConvolutionDataGradient<float, C, innermost ? Batch : N>, ConvolutionDataGradientRowwise<float, C, Batch>>;
        for (int i = 0; i < Kernel::items; ++i)
            Kernel::run_item(i, Batch, y, w, [=](const float* run, int row, long column, int length) {
                float* to = x + row * row_length + column;
                store(to, run, length);
            });
    } else {
        using Kernel = std::conditional_t<innermost, ConvolutionWeightGradient<float, C, innermost ? Batch : N>, ConvolutionWeightGradientRowwise<float, C, Batch>>;
        for (int i = 0; i < Kernel::items; ++i) Kernel::run_item(i, Batch, x, y, w);
    }
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
/// oneDNN with any layouts it likes, only the primitive timed.
template <class C, int Batch, Pass pass> void onednn(benchmark::State& state) {
    using namespace dnnl;
    static engine cpu(engine::kind::cpu, 0);
    stream s(cpu);
    const auto any = [](memory::dims d) { return memory::desc(d, memory::data_type::f32, memory::format_tag::any); };
    const auto x = any({Batch, C::channels, C::height, C::width}), y = any({Batch, C::filters, C::out_height, C::out_width});
    const auto w = any({C::filters, C::channels, C::kernel_y, C::kernel_x});
    const memory::desc b({C::filters}, memory::data_type::f32, memory::format_tag::x);
    const memory::dims strides{C::stride_y, C::stride_x}, pads{C::pad_y, C::pad_x};
    primitive_attr attr;
    post_ops ops;
    ops.append_eltwise(1.f, algorithm::eltwise_relu, 0.f, 0.f);
    if (pass == forward) attr.set_post_ops(ops);
    const convolution_forward::primitive_desc fwd({prop_kind::forward_training, algorithm::convolution_direct, x, w, b, y, strides, pads, pads}, attr, cpu);
    const auto fill = [&](memory::desc d) {
        memory m(d, cpu);
        auto* p = static_cast<char*>(m.get_data_handle());
        for (std::size_t i = 0; i + 4 <= d.get_size(); i += 4) *reinterpret_cast<float*>(p + i) = static_cast<float>(i % 17) * 0.1f;
        return m;
    };
    const auto time = [&](auto primitive, std::unordered_map<int, memory> args) {
        for (auto _ : state) primitive.execute(s, args), s.wait();
    };
    if (pass == forward)
        time(convolution_forward(fwd), {{DNNL_ARG_SRC, fill(fwd.src_desc())}, {DNNL_ARG_WEIGHTS, fill(fwd.weights_desc())}, {DNNL_ARG_BIAS, fill(b)}, {DNNL_ARG_DST, fill(fwd.dst_desc())}});
    else if (pass == data_gradient) {
        const convolution_backward_data::primitive_desc pd({algorithm::convolution_direct, x, w, y, strides, pads, pads}, cpu, fwd);
        time(convolution_backward_data(pd), {{DNNL_ARG_DIFF_DST, fill(pd.diff_dst_desc())}, {DNNL_ARG_WEIGHTS, fill(pd.weights_desc())}, {DNNL_ARG_DIFF_SRC, fill(pd.diff_src_desc())}});
    } else {
        const convolution_backward_weights::primitive_desc pd({algorithm::convolution_direct, x, w, y, strides, pads, pads}, cpu, fwd);
        time(convolution_backward_weights(pd), {{DNNL_ARG_SRC, fill(pd.src_desc())}, {DNNL_ARG_DIFF_DST, fill(pd.diff_dst_desc())}, {DNNL_ARG_DIFF_WEIGHTS, fill(pd.diff_weights_desc())}});
    }
}
#endif

void count(benchmark::State& state, double flops) {
    static const double fastest = peak();
    state.counters["flops"] = benchmark::Counter(flops, benchmark::Counter::kIsIterationInvariantRate);
    state.counters["peak"] = benchmark::Counter(flops / fastest, benchmark::Counter::kIsIterationInvariantRate);
}

template <class C, int Batch, Pass pass> void add(const std::string& what) {
    constexpr double flops = static_cast<double>(C::flops) * Batch;
    const auto one = [&](const char* system, void (*f)(Memory<C, Batch>&)) {
        benchmark::RegisterBenchmark((what + '/' + system).c_str(), [f](benchmark::State& state) {
            if (f == ours<C, Batch, pass> && !right<C, Batch, pass>()) return state.SkipWithError("wrong result");
            Memory<C, Batch> m;
            for (auto _ : state) {
                f(m);
                benchmark::ClobberMemory();
            }
            count(state, flops);
        })->Unit(benchmark::kMicrosecond);
    };
    one("plain", plain<C, Batch, pass>);
#ifdef STRATA_BENCHMARK_DNNL
    benchmark::RegisterBenchmark((what + "/onednn").c_str(), [](benchmark::State& state) {
        onednn<C, Batch, pass>(state);
        count(state, flops);
    })->Unit(benchmark::kMicrosecond);
#endif
    one("strata", ours<C, Batch, pass>);
}
template <class C, int Batch> void layer(const std::string& what) {
    add<C, Batch, forward>(what + " forward"), add<C, Batch, data_gradient>(what + " dx"), add<C, Batch, weight_gradient>(what + " dw");
}

template <class W, int Batch> void pool(const std::string& what) {
    constexpr int in = W::channels * W::height * W::width * Batch, out = W::channels * W::out_height * W::out_width * Batch;
    const auto one = [&](const char* name, auto run) {
        benchmark::RegisterBenchmark((what + name).c_str(), [run](benchmark::State& state) {
            Buffer x(in), y(out), dy(out), dx(in);
            for (auto _ : state) {
                run(x.data(), y.data(), dy.data(), dx.data());
                benchmark::ClobberMemory();
            }
            state.SetBytesProcessed(state.iterations() * 4 * (in + out));
        })->Unit(benchmark::kMicrosecond);
    };
    one(" max/plain", [](const float* x, float* y, const float*, float*) {
        for (int o = 0; o < out / Batch; ++o)
            for (int b = 0; b < Batch; ++b) {
                float most = -INFINITY;
                const int c = o / (W::out_height * W::out_width), oy = o / W::out_width % W::out_height, ox = o % W::out_width;
                for (int ky = 0; ky < W::kernel_y; ++ky)
                    for (int kx = 0; kx < W::kernel_x; ++kx)
                        most = std::max(most, x[((c * W::height + oy * W::stride_y + ky) * W::width + ox * W::stride_x + kx) * Batch + b]);
                y[o * Batch + b] = most;
            }
    });
    one(" max/strata", [](const float* x, float* y, const float*, float*) {
        using Kernel = MaxForward<float, W, Batch>;
        for (int i = 0; i < Kernel::items; ++i)
            Kernel::run_item(i, Batch, x, [=](const float* run, int row, long column, int n) { store(y + static_cast<long>(row) * (out / W::channels) + column, run, n); });
    });
    one(" max gradient/strata", [](const float* x, float* y, const float* dy, float* dx) {
        using Kernel = MaxGradient<float, W, Batch>;
        for (int i = 0; i < Kernel::items; ++i)
            Kernel::run_item(i, Batch, x, y, dy, [=](const float* run, int row, long column, int n) { store(dx + static_cast<long>(row) * (in / W::channels) + column, run, n); });
    });
}

[[maybe_unused]] const bool added = [] {
    layer<Convolution<1, 28, 28, 6, 5, 5>, 32>("LeNet 1");
    layer<Convolution<6, 12, 12, 16, 5, 5>, 32>("LeNet 2");
    layer<Convolution<64, 14, 14, 64, 3, 3, 1, 1, 1, 1>, 32>("3x3 64 14x14");
    layer<Convolution<1, 28, 28, 6, 5, 5>, 1>("one sample LeNet 1");
    layer<Convolution<6, 12, 12, 16, 5, 5>, 1>("one sample LeNet 2");
    layer<Convolution<64, 14, 14, 64, 3, 3, 1, 1, 1, 1>, 1>("one sample 3x3 64 14x14");
    pool<Window<6, 24, 24, 2, 2>, 32>("pool 24x24x6");
    return true;
}();

} // namespace
