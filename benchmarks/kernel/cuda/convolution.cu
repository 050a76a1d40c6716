// SPDX-License-Identifier: BSL-1.0
/// Convolutions and their gradients: cuBLAS's product of the same size first, which has its patches for nothing, then cuDNN where it was found (the
/// quickest way that it finds by trying, in f32), then ours. LeNet's, batch 32, and blocks of 3 x 3, in f32 and in bf16 with sums in f32. Results are compared with
/// sums in double.
#include <strata/op/cast.hpp>
#include <strata/op/conv2d.hpp>

#include "../../support/cublas.cuh"
#include "../../support/cudnn.cuh"
#include "../../support/program.cuh"

namespace bench {
namespace {

/// Operands in bf16 are exact, their results are rounded once.
template <class T>
constexpr double allowed = std::is_same_v<T, float> ? 2e-6 : 4e-3;
template <class T>
constexpr Number number_of = std::is_same_v<T, float> ? Number::f32 : Number::bf16;

/// a, b as add_convolution_of_cudnn takes them.
template <class T>
double error_in(const st::cuda::Memory<T>& got, Pass pass, const Window& v, const Numbers<T>& a, const Numbers<T>& b) {
    const int oh = v.out_height(), ow = v.out_width();
    return error_of(got, 60, [&](long i) {
        double sum = 0, size = 0;
        const auto take = [&](double x) { sum += x, size += std::fabs(x); };
        const auto at_x = [&](int n, int ch, int h, int w) { return ((long{n} * v.channels + ch) * v.height + h) * v.width + w; };
        const auto at_w = [&](int f, int ch, int p, int q) { return ((long{f} * v.channels + ch) * v.kernel + p) * v.kernel + q; };
        const auto at_y = [&](int n, int f, int h, int w) { return ((long{n} * v.filters + f) * oh + h) * ow + w; };
        const auto inside = [](int at, int extent) { return at >= 0 && at < extent; };
        if (pass == Pass::forward) {
            const int ox = static_cast<int>(i % ow), oy = static_cast<int>(i / ow % oh), f = static_cast<int>(i / (ow * oh) % v.filters), n = static_cast<int>(i / (long{ow} * oh * v.filters));
            for (int ch = 0; ch < v.channels; ++ch)
                for (int p = 0; p < v.kernel; ++p)
                    for (int q = 0; q < v.kernel; ++q)
                        if (const int h = oy + p - v.pad, w = ox + q - v.pad; inside(h, v.height) && inside(w, v.width)) take(a[at_x(n, ch, h, w)] * b[at_w(f, ch, p, q)]);
        } else if (pass == Pass::data) {
            const int w = static_cast<int>(i % v.width), h = static_cast<int>(i / v.width % v.height), ch = static_cast<int>(i / (v.width * v.height) % v.channels),
                      n = static_cast<int>(i / (long{v.width} * v.height * v.channels));
            for (int f = 0; f < v.filters; ++f)
                for (int p = 0; p < v.kernel; ++p)
                    for (int q = 0; q < v.kernel; ++q)
                        if (const int oy = h - p + v.pad, ox = w - q + v.pad; inside(oy, oh) && inside(ox, ow)) take(a[at_y(n, f, oy, ox)] * b[at_w(f, ch, p, q)]);
        } else {
            const int q = static_cast<int>(i % v.kernel), p = static_cast<int>(i / v.kernel % v.kernel), ch = static_cast<int>(i / (v.kernel * v.kernel) % v.channels),
                      f = static_cast<int>(i / (long{v.kernel} * v.kernel * v.channels));
            for (int n = 0; n < v.batch; ++n)
                for (int oy = 0; oy < oh; ++oy)
                    for (int ox = 0; ox < ow; ++ox)
                        if (const int h = oy + p - v.pad, w = ox + q - v.pad; inside(h, v.height) && inside(w, v.width)) take(a[at_x(n, ch, h, w)] * b[at_y(n, f, oy, ox)]);
        }
        return Wanted{sum, size};
    });
}

/// The product that the convolution is, on operands that are there already.
template <class T>
void add_product(Case& c, Pass pass, const Window& v) {
    const long places = long{v.batch} * v.out_height() * v.out_width(), patch = long{v.channels} * v.kernel * v.kernel;
    const long m = pass == Pass::weight ? v.filters : places, k = pass == Pass::forward ? patch : pass == Pass::data ? v.filters : places, n = pass == Pass::forward ? v.filters : patch;
    struct Product {
        st::cuda::Memory<T> a, b, to;
        Cublas cublas{};
    };
    System s{"cuBLAS, product alone", nullptr, {}};
    s.modelled = false;
    if (options().modelled) {
        s.absent = "not asked where time is modelled";
    } else {
        const auto p = std::make_shared<Product>(st::cuda::Memory<T>(m * k), st::cuda::Memory<T>(k * n), st::cuda::Memory<T>(m * n));
        s.stream = &p->cublas.stream();
        s.call = [=] { p->cublas.product(number_of<T>, m, k, n, p->a.data(), p->b.data(), p->to.data()); };
    }
    c.systems.push_back(s);
}

template <class T, int Batch, int C, int H, int W, int F, int K, int P>
void convolution(const char* name) {
    static constexpr Window v{Batch, C, H, W, F, K, P};
    using S = st::Sliding<1, 1, P, P>;
    const auto one = [&]<Pass pass>(std::integral_constant<Pass, pass>, const char* what) {
        add("convolution", std::string(name) + ", " + what + (std::is_same_v<T, float> ? "" : ", bf16"), 0, [](Case& c) {
            c.operations = 2.0 * static_cast<double>(v.y()) * C * K * K;
            c.number = number_of<T>;
            c.bytes = static_cast<double>(sizeof(T)) * static_cast<double>(v.x() + v.w() + v.y());
            const auto a = std::make_shared<Numbers<T>>(pass == Pass::data ? v.y() : v.x(), 1), b = std::make_shared<Numbers<T>>(pass == Pass::weight ? v.y() : v.w(), 2);
            const long results = pass == Pass::forward ? v.y() : pass == Pass::data ? v.x() : v.w();
            const auto to = std::make_shared<st::cuda::Memory<T>>(results, st::cuda::Unset{});
            add_product<T>(c, pass, v);
            if constexpr (std::is_same_v<T, float>) add_convolution_of_cudnn(c, pass, v, a, b, results, [&](const st::cuda::Memory<T>& got) { return error_in(got, pass, v, *a, *b); }, allowed<T>);
            constexpr auto expression = [](const Numbers<T>& l, const Numbers<T>& r) {
                // Of x and w in the gradients only the shape is asked.
                const auto x = widened(l.template as<Batch, C, H, W>());
                const auto dy = widened((pass == Pass::data ? l : r).template as<Batch, F, v.out_height(), v.out_width()>());
                const auto w = widened(r.template as<F, C, K, K>());
                if constexpr (pass == Pass::forward)
                    return narrowed<T>(st::conv2d<S>(x, w));
                else if constexpr (pass == Pass::data)
                    return narrowed<T>(st::apply<st::Conv2dDataOp<S>>(dy, w, x));
                else
                    return narrowed<T>(st::apply<st::Conv2dWeightOp<S>>(x, dy, w));
            };
            const auto ours = ready<T>(expression(*a, *b), to->data());
            c.systems.push_back({"Strata", &ours->stream(), [=] { ours->again(), static_cast<void>(a), static_cast<void>(b), static_cast<void>(to); }, error_in(*to, pass, v, *a, *b), allowed<T>});
        });
    };
    one(std::integral_constant<Pass, Pass::forward>{}, "forward");
    one(std::integral_constant<Pass, Pass::data>{}, "by data");
    one(std::integral_constant<Pass, Pass::weight>{}, "by weights");
}

[[maybe_unused]] const bool added = [] {
    convolution<float, 32, 1, 28, 28, 6, 5, 0>("LeNet 1: 32 x 1 x 28 x 28, 6 of 5 x 5");
    convolution<float, 32, 6, 12, 12, 16, 5, 0>("LeNet 2: 32 x 6 x 12 x 12, 16 of 5 x 5");
    convolution<float, 8, 64, 56, 56, 64, 3, 1>("8 x 64 x 56 x 56, 64 of 3 x 3");
    convolution<float, 8, 128, 28, 28, 128, 3, 1>("8 x 128 x 28 x 28, 128 of 3 x 3");
    convolution<float, 8, 256, 14, 14, 256, 3, 1>("8 x 256 x 14 x 14, 256 of 3 x 3");
    convolution<st::bf16, 32, 1, 28, 28, 6, 5, 0>("LeNet 1: 32 x 1 x 28 x 28, 6 of 5 x 5");
    convolution<st::bf16, 32, 6, 12, 12, 16, 5, 0>("LeNet 2: 32 x 6 x 12 x 12, 16 of 5 x 5");
    convolution<st::bf16, 8, 64, 56, 56, 64, 3, 1>("8 x 64 x 56 x 56, 64 of 3 x 3");
    convolution<st::bf16, 8, 128, 28, 28, 128, 3, 1>("8 x 128 x 28 x 28, 128 of 3 x 3");
    convolution<st::bf16, 8, 256, 14, 14, 256, 3, 1>("8 x 256 x 14 x 14, 256 of 3 x 3");
    return true;
}();

}  // namespace
}  // namespace bench
