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
    using After = Result<Real, O, A>;
    static constexpr int own = After::operands, operands = own + 2;

    /// x[sample][channel] at output place (oy, ox) and window place (ky, kx); padding is zero.
    __device__ __forceinline__ static Real seen(const Real* x, long sample, long channel, int oy, int ox, int ky, int kx) {
        const int iy = oy * SY + ky * DY - PY, ix = ox * SX + kx * DX - PX;
        return iy >= 0 && iy < H && ix >= 0 && ix < W ? x[(sample * C + channel) * in_plane + iy * W + ix] : Real(0);
    }
    /// The left operand: weights, or (of their gradient) the results' gradient.
    struct LeftOf {
        const Real *x, *y;
        int f0, c0;
        __device__ __forceinline__ Real operator()(long i, long q) const {
            if constexpr (forward)
                return y[(f0 + i) * k + q];
            else if constexpr (data)  // x: dy, y: w
                return y[((f0 + q / window) * c_group + i) * window + q % window];
            else  // x: x, y: dy
                return y[((q / out_plane) * F + f0 + i) * out_plane + q % out_plane];
        }
    };
    /// The right operand: what a place of the result, or a weight, meets.
    struct RightOf {
        const Real *x, *y;
        int f0, c0;
        __device__ __forceinline__ Real operator()(long j, long q) const {
            if constexpr (forward) {
                const int place = static_cast<int>(j % out_plane), at = static_cast<int>(q % window);
                return seen(x, j / out_plane, c0 + q / window, place / ow, place % ow, at / KW, at % KW);
            } else if constexpr (data) {
                const int place = static_cast<int>(j % in_plane), at = static_cast<int>(q % window);
                const int ty = place / W + PY - at / KW * DY, tx = place % W + PX - at % KW * DX;
                const bool met = ty >= 0 && tx >= 0 && ty % SY == 0 && tx % SX == 0 && ty / SY < oh && tx / SX < ow;
                return met ? x[((j / in_plane) * F + f0 + q / window) * out_plane + ty / SY * ow + tx / SX] : Real(0);
            } else {
                const int place = static_cast<int>(q % out_plane), at = static_cast<int>(j % window);
                return seen(x, q / out_plane, c0 + j / window, place / ow, place % ow, at / KW, at % KW);
            }
        }
    };
    using Left = Computed<Real, !data, LeftOf>;
    using Right = Computed<Real, weight, RightOf>;
    using Product = TiledProduct<Real, Left, Right, Groups, m, n, k, Factors<dtype_of<Real>, dtype_of<Real>>>;
    static constexpr long workspace = Product::workspace;
    static constexpr int tickets = Product::tickets, threads = Product::threads, bytes = Product::bytes;

    __device__ __forceinline__ static void run(const Bases<operands>& bases, const Facts*, char* memory, unsigned* tickets_of, const Share& share) {
        const int samples = Unit == 0 ? Capacity : share.count * Unit;
        const int group = static_cast<int>(share.z) / Product::splits, split = static_cast<int>(share.z) % Product::splits;
        void* const* base = bases.at;
        const Real* x = static_cast<const Real*>(base[own]);
        const Real* y = static_cast<const Real*>(base[own + 1]);
        const int c0 = group * c_group, f0 = group * f_group;
        const long columns = forward ? samples * out_plane : data ? samples * in_plane : n, depth = weight ? samples * out_plane : k;
        Product::run(share, group, split, m, columns, depth, Left{LeftOf{x, y, f0, c0}}, Right{RightOf{x, y, f0, c0}}, memory, tickets_of, [&](int, long i, long j, Real v) {
            if constexpr (forward)
                After::put(base, j / out_plane, f0 + i, j % out_plane, v);
            else if constexpr (data)
                After::put(base, j / in_plane, c0 + i, j % in_plane, v);
            else
                static_cast<Real*>(base[0])[(f0 + i) * n + j] = v;
        });
    }
    static constexpr dim3 grid() { return Product::grid(); }
    static void launch(const Launch& l, void* const* base);
};

template <class Step, int Threads, int N>
__global__ void __launch_bounds__(Threads, 1) convolution_kernel(Bases<N> base, const Facts* facts, char* workspace, unsigned* tickets) {
    Convolve2d<Step>::run(base, facts, workspace, tickets, own_share(facts));
}

template <class Real, Convolve Role, int Capacity, int Unit, int C, int H, int W, int F, int KH, int KW, int SY, int SX, int PY, int PX, int DY, int DX, int Groups, class O, class A>
void Convolve2d<ConvolutionStep<Real, Role, Capacity, Unit, false, C, H, W, F, KH, KW, SY, SX, PY, PX, DY, DX, Groups, O, A>>::launch(const Launch& l, void* const* base) {
    using Step = ConvolutionStep<Real, Role, Capacity, Unit, false, C, H, W, F, KH, KW, SY, SX, PY, PX, DY, DX, Groups, O, A>;
    Bases<operands> b{};
    for (int i = 0; i < operands; ++i) b.at[i] = base[i];
    constexpr auto kernel = &convolution_kernel<Step, Product::threads, operands>;
    grant(kernel, Product::bytes);
    kernel<<<Product::grid(), Product::threads, Product::bytes, l.stream>>>(b, l.facts, l.workspace, l.tickets);
    launched();
}

}  // namespace strata::cuda
