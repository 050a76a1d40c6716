// SPDX-License-Identifier: BSL-1.0
/// Convolutions and their gradients on a device, as products whose operands are read through windows: no array of patches exists.
/// Launch, bound and traffic: those of the tiled product. Images lie [sample][channel][y][x]; every sum is gathered, so its order is fixed.
#pragma once

#include <strata/kernel/cuda/product.cuh>

namespace strata::cuda {

template <class Step>
struct Convolve2d;
template <class Real, Convolve Role, int Capacity, int Unit, int C, int H, int W, int F, int KH, int KW, int SY, int SX, int PY, int PX, int DY, int DX, int Groups, class O, class A>
struct Convolve2d<ConvolutionStep<Real, Role, Capacity, Unit, false, C, H, W, F, KH, KW, SY, SX, PY, PX, DY, DX, Groups, O, A>> {
    static constexpr int oh = (H + 2 * PY - DY * (KH - 1) - 1) / SY + 1, ow = (W + 2 * PX - DX * (KW - 1) - 1) / SX + 1;
    static constexpr int c_group = C / Groups, f_group = F / Groups, window = KH * KW;
    static constexpr long in_plane = long{H} * W, out_plane = long{oh} * ow;
    static constexpr bool forward = Role == Convolve::forward, data = Role == Convolve::data, weight = Role == Convolve::weight;
    // Rows: channels of the result. Columns: its places, of all samples; of a weight gradient, places of the window.
    static constexpr long m = data ? c_group : f_group;
    static constexpr long n = forward ? Capacity * out_plane : data ? Capacity * in_plane : long{c_group} * window;
    static constexpr long k = forward ? long{c_group} * window : data ? long{f_group} * window : Capacity * out_plane;
    using Product = TiledProduct<Real, Groups, m, n, k>;
    using After = Result<Real, O, A>;
    static constexpr int own = After::operands, operands = own + 2;
    static constexpr int threads = Product::threads;
    static constexpr long workspace = Product::workspace;
    static constexpr int tickets = Product::tickets;

    /// x[sample][channel] at output place (oy, ox) and window place (ky, kx); padding is zero.
    __device__ __forceinline__ static Real seen(const Real* x, long sample, long channel, int oy, int ox, int ky, int kx) {
        const int iy = oy * SY + ky * DY - PY, ix = ox * SX + kx * DX - PX;
        return iy >= 0 && iy < H && ix >= 0 && ix < W ? x[(sample * C + channel) * in_plane + iy * W + ix] : Real(0);
    }
    __device__ __forceinline__ static void run(const Bases<operands>& bases, const Facts*, char* memory, unsigned* tickets_of, const Share& share) {
        const int samples = Unit == 0 ? Capacity : share.count * Unit;
        const int group = static_cast<int>(share.z) / Product::splits, split = static_cast<int>(share.z) % Product::splits;
        void* const* base = bases.at;
        const Real* x = static_cast<const Real*>(base[own]);
        const Real* y = static_cast<const Real*>(base[own + 1]);
        Real* space = reinterpret_cast<Real*>(memory);
        const int c0 = group * c_group, f0 = group * f_group;
        if constexpr (forward) {
            const auto w = [=](long f, long q) { return y[(f0 + f) * k + q]; };
            const auto patch = [=](long q, long j) {
                const int place = static_cast<int>(j % out_plane), at = static_cast<int>(q % window);
                return seen(x, j / out_plane, c0 + q / window, place / ow, place % ow, at / KW, at % KW);
            };
            Product::template run<true, false>(share, group, split, m, samples * out_plane, k, w, patch, space, tickets_of,
                                               [&](int, int, long f, long j, Real v) { After::put(base, j / out_plane, f0 + f, j % out_plane, v); });
        } else if constexpr (data) {  // x: dy, y: w
            const auto w = [=](long c, long q) { return y[((f0 + q / window) * c_group + c) * window + q % window]; };
            const auto from = [=](long q, long j) {
                const int place = static_cast<int>(j % in_plane), at = static_cast<int>(q % window);
                const int ty = place / W + PY - at / KW * DY, tx = place % W + PX - at % KW * DX;
                const bool met = ty >= 0 && tx >= 0 && ty % SY == 0 && tx % SX == 0 && ty / SY < oh && tx / SX < ow;
                return met ? x[((j / in_plane) * F + f0 + q / window) * out_plane + ty / SY * ow + tx / SX] : Real(0);
            };
            Product::template run<false, false>(share, group, split, m, samples * in_plane, k, w, from, space, tickets_of,
                                                [&](int, int, long c, long j, Real v) { After::put(base, j / in_plane, c0 + c, j % in_plane, v); });
        } else {  // x: x, y: dy
            const auto dy = [=](long f, long q) { return y[((q / out_plane) * F + f0 + f) * out_plane + q % out_plane]; };
            const auto patch = [=](long q, long j) {
                const int place = static_cast<int>(q % out_plane), at = static_cast<int>(j % window);
                return seen(x, q / out_plane, c0 + j / window, place / ow, place % ow, at / KW, at % KW);
            };
            Real* dw = static_cast<Real*>(base[0]);
            Product::template run<true, true>(share, group, split, m, n, samples * out_plane, dy, patch, space, tickets_of,
                                              [&](int, int, long f, long j, Real v) { dw[(f0 + f) * n + j] = v; });
        }
    }
    static dim3 grid() { return Product::grid(); }
    static void launch(const Launch& l, void* const* base);
};

template <class Step, int N>
__global__ void __launch_bounds__(256) convolution_kernel(Bases<N> base, const Facts* facts, char* workspace, unsigned* tickets) {
    Convolve2d<Step>::run(base, facts, workspace, tickets, own_share(facts));
}

template <class Real, Convolve Role, int Capacity, int Unit, int C, int H, int W, int F, int KH, int KW, int SY, int SX, int PY, int PX, int DY, int DX, int Groups, class O, class A>
void Convolve2d<ConvolutionStep<Real, Role, Capacity, Unit, false, C, H, W, F, KH, KW, SY, SX, PY, PX, DY, DX, Groups, O, A>>::launch(const Launch& l, void* const* base) {
    Bases<operands> b{};
    for (int i = 0; i < operands; ++i) b.at[i] = base[i];
    convolution_kernel<ConvolutionStep<Real, Role, Capacity, Unit, false, C, H, W, F, KH, KW, SY, SX, PY, PX, DY, DX, Groups, O, A>, operands><<<Product::grid(), Product::threads, 0, l.stream>>>(b, l.facts, l.workspace, l.tickets);
    launched();
}

}  // namespace strata::cuda
