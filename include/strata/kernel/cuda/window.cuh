// SPDX-License-Identifier: BSL-1.0
/// Pooling and its gradients on a device. A gradient is gathered: a place asks each window that holds it.
/// Launch: a thread an element of the result, any grid.   Needs: images [sample][channel][y][x] without gaps, of the result's type; for a
/// maximum's gradient the image too.   Bound: memory bandwidth.   Traffic: the window's places of each element, mostly from the cache.
#pragma once

#include <strata/kernel/cuda/product.cuh>

namespace strata::cuda {

template <class Step>
struct Pool2d;
template <class Real, Fold F, bool Gradient, int Capacity, int Unit, int C, int H, int W, int KY, int KX, int SY, int SX, int PY, int PX, class O, class A>
struct Pool2d<WindowStep<Real, F, Gradient, Capacity, Unit, false, C, H, W, KY, KX, SY, SX, PY, PX, O, A>> {
    static constexpr int oh = (H + 2 * PY - KY) / SY + 1, ow = (W + 2 * PX - KX) / SX + 1;
    static constexpr int rows = Gradient ? H : oh, columns = Gradient ? W : ow, threads = 256;
    using After = Result<Real, O, A>;
    static constexpr int own = After::operands, arrays = Gradient && F == Fold::max ? 3 : 1, operands = own + arrays;
    static constexpr long workspace = 0;
    static constexpr int tickets = 0, bytes = 0;

    /// Calls f(y, x) for the places of the window at (oy, ox), in scan order.
    template <class Each>
    __device__ __forceinline__ static void in_window(int oy, int ox, Each f) {
        for (int ky = 0; ky < KY; ++ky)
            for (int kx = 0; kx < KX; ++kx) {
                const int y = oy * SY + ky - PY, x = ox * SX + kx - PX;
                if (y >= 0 && y < H && x >= 0 && x < W) f(y, x);
            }
    }
    __device__ __forceinline__ static Real value(void* const* base, long plane, int y, int x) {
        const Real* first = static_cast<const Real*>(base[own]);
        constexpr Real share = Real(1) / static_cast<Real>(KY * KX);
        if constexpr (!Gradient) {
            const Real* from = first + plane * H * W;
            Real v = F == Fold::max ? fold_start<Real, Fold::max>() : Real(0);
            in_window(y, x, [&](int iy, int ix) {
                if constexpr (F == Fold::max)
                    v = fold_two<Fold::max>(v, from[iy * W + ix]);
                else
                    v += from[iy * W + ix] * share;
            });
            return v;
        } else {
            Real sum = Real(0);
            const Real* dy = (F == Fold::max ? static_cast<const Real*>(base[own + arrays - 1]) : first) + plane * oh * ow;
            // Windows (oy, ox) with oy SY - PY <= y < oy SY - PY + KY.
            const int top = y + PY - KY + 1, left = x + PX - KX + 1;
            for (int oy = top <= 0 ? 0 : (top + SY - 1) / SY; oy < oh && oy * SY <= y + PY; ++oy)
                for (int ox = left <= 0 ? 0 : (left + SX - 1) / SX; ox < ow && ox * SX <= x + PX; ++ox) {
                    if constexpr (F == Fold::max) {
                        const Real* from = first + plane * H * W;
                        int best = -1;  // the first of the greatest, or the first NaN
                        in_window(oy, ox, [&](int iy, int ix) {
                            const int at = iy * W + ix;
                            if (best < 0 || (from[best] == from[best] && !(from[at] <= from[best]))) best = at;
                        });
                        if (best == y * W + x) sum += dy[oy * ow + ox];
                    } else {
                        sum += dy[oy * ow + ox] * share;
                    }
                }
            return sum;
        }
    }
    __device__ __forceinline__ static void run(const Bases<operands>& base, const Facts*, char*, unsigned*, const Share& share) {
        // Divided by constants only, in 32 bits where they count every element.
        using Count = std::conditional_t<long{Capacity} * C * rows * columns < (1L << 30), unsigned, unsigned long>;
        const Count planes = static_cast<Count>(Unit == 0 ? Capacity : share.count * Unit) * C, all = planes * (rows * columns);
        for (Count e = Count{share.x} * threads + threadIdx.x; e < all; e += Count{share.width} * threads) {
            const Count plane = e / (rows * columns);
            const int place = static_cast<int>(e % (rows * columns));
            After::put(base.at, plane / C, plane % C, place, value(base.at, plane, static_cast<int>(static_cast<unsigned>(place) / columns), static_cast<int>(static_cast<unsigned>(place) % columns)));
        }
    }
    static constexpr dim3 grid() { return dim3(static_cast<unsigned>(at_most(divided_up(long{Capacity} * C * rows * columns, threads), 65536))); }
    static void launch(const Launch& l, void* const* base);
};

template <class Step, int N>
__global__ void __launch_bounds__(256, 1) window_kernel(Bases<N> base, const Facts* facts) {
    Pool2d<Step>::run(base, facts, nullptr, nullptr, own_share(facts));
}

template <class Real, Fold F, bool Gradient, int Capacity, int Unit, int C, int H, int W, int KY, int KX, int SY, int SX, int PY, int PX, class O, class A>
void Pool2d<WindowStep<Real, F, Gradient, Capacity, Unit, false, C, H, W, KY, KX, SY, SX, PY, PX, O, A>>::launch(const Launch& l, void* const* base) {
    Bases<operands> b{};
    for (int i = 0; i < operands; ++i) b.at[i] = base[i];
    window_kernel<WindowStep<Real, F, Gradient, Capacity, Unit, false, C, H, W, KY, KX, SY, SX, PY, PX, O, A>, operands><<<grid(), threads, 0, l.stream>>>(b, l.facts);
    launched();
}

}  // namespace strata::cuda
