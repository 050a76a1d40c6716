// SPDX-License-Identifier: BSL-1.0
/// Convolutions and their gradients on a device, as products whose operands are read through windows: no array of patches exists.
/// Every sum is gathered, so its order is fixed.   Launch, bound and traffic: those of the tiled product, with instructions as the bound where elements
/// come one by one (picture.cuh).   Needs: what the tiled product does; images [sample][channel][y][x] without gaps, at the alignment that the Factors
/// name; windows of fewer than 2^16 rows and columns; after a gradient by weights, operands of its own extents.
#pragma once

#include <strata/kernel/cuda/picture.cuh>
#include <strata/kernel/cuda/product.cuh>

namespace strata::cuda {

/// What neighbours that lie side by side may be copied by at once, in bytes: `run` of them, where all addresses are multiples of `aligned` and of a run.
template <class T>
constexpr int piece_of(long run, int aligned) {
    constexpr int size = static_cast<int>(sizeof(T));
    int b = 16;
    while (b > size && (aligned % b != 0 || run * size % b != 0)) b /= 2;
    return b;
}

template <class Step>
struct Convolve2d;
template <class Real, class Of, Convolve Role, int Capacity, int Unit, int C, int H, int W, int F, int KH, int KW, int SY, int SX, int PY, int PX, int DY, int DX, int Groups, class O, class A>
struct Convolve2d<ConvolutionStep<Real, Of, Role, Capacity, Unit, false, C, H, W, F, KH, KW, SY, SX, PY, PX, DY, DX, Groups, O, A>> {
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
    // The first operand is a picture, the right one of the product; the second is weights, or (of their gradient) the results' gradient.
    using Seen = Element<Of::left>;
    using Known = Element<Of::right>;
    using Index = std::conditional_t<(Capacity * (in_plane > out_plane ? in_plane : out_plane) < (1L << 31)), unsigned, long>;

    // Elements from one group's part of an operand to the next's.
    static constexpr long seen_part = data ? f_group * out_plane : c_group * in_plane, known_part = weight ? f_group * out_plane : long{f_group} * c_group * window;
    static_assert(in_plane < (1L << 31) && out_plane < (1L << 31), "strata: a picture of 2^31 places or more has no convolution on CUDA; take it in parts");

    /// The picture: x[sample][channel][y][x], padding is zero; of a data gradient dy, each of its places as often as a stride passes.
    struct Picture {
        static constexpr bool whole = data ? window == 1 && SY == 1 && SX == 1 && PY == 0 && PX == 0 : PY == 0 && PX == 0;
        using Far = Distance<Seen, seen_part + long{KH} * DY * W + KW * DX>;  // a window may be taller than its picture
        static constexpr bool few = KH + KW < 32;  ///< places of the window go into 32 bits: rows, then columns
        /// Whether row (column) ky of a window that begins at y lies in the picture.
        __device__ __forceinline__ static bool meets(int y, int ky, int stride, int dilation, int height) {
            const int at = data ? y - ky * dilation : y + ky * dilation;
            return at >= 0 && (data ? at % stride == 0 && at / stride < height : at < height);
        }
        __device__ __forceinline__ static bool meets_y(int y, int ky) { return meets(y, ky, SY, DY, data ? oh : H); }
        __device__ __forceinline__ static bool meets_x(int x, int kx) { return meets(x, kx, SX, DX, data ? ow : W); }
        /// Place i of the result, or of the results' gradient, over all samples.
        __device__ __forceinline__ static Spot spot(long i) {
            constexpr Index plane = data ? in_plane : out_plane, width = data ? W : ow;
            const Index all = static_cast<Index>(i), sample = all / plane;
            const int place = static_cast<int>(all % plane), row = place / static_cast<int>(width), column = place % static_cast<int>(width);
            Spot s{0, data ? row + PY : row * SY - PY, data ? column + PX : column * SX - PX, 0};
            // A gradient's place and the window's leave the same rest where they meet, so quotients may be subtracted.
            s.at = static_cast<long>(sample) * (data ? F * out_plane : C * in_plane) + (data ? s.y / SY * ow + s.x / SX : s.y * W + s.x);
            if constexpr (few && !whole) {
#pragma unroll
                for (int ky = 0; ky < KH; ++ky) s.meets |= meets_y(s.y, ky) ? 1u << ky : 0u;
#pragma unroll
                for (int kx = 0; kx < KW; ++kx) s.meets |= meets_x(s.x, kx) ? 1u << (KH + kx) : 0u;
            }
            return s;
        }
        /// Place i of the window, over all channels of the group.
        __host__ __device__ __forceinline__ static constexpr Tap<Far> tap(long i) {
            const int channel = static_cast<int>(i) / window, at = static_cast<int>(i) % window, ky = at / KW, kx = at % KW;
            const Far far = data ? channel * static_cast<Far>(out_plane) - ky * DY / SY * ow - kx * DX / SX : channel * static_cast<Far>(in_plane) + ky * DY * W + kx * DX;
            return {far, few ? 1u << ky | 1u << (KH + kx) : static_cast<unsigned>(ky) << 16 | static_cast<unsigned>(kx)};
        }
        __device__ __forceinline__ static unsigned found(const Spot& s, unsigned needs) {
            if constexpr (few)
                return s.meets & needs;
            else
                return meets_y(s.y, static_cast<int>(needs >> 16)) && meets_x(s.x, static_cast<int>(needs & 0xffff)) ? needs : ~needs;
        }
    };
    /// Weights, their channels along the result; or the results' gradient, its places along the sum. No window is in the way. Lanes go along what
    /// lies closer together.
    struct Plain {
        static constexpr bool whole = true, deep = weight || window > 1;
        using Far = Distance<Known, known_part>;
        /// Place q of the sum; row i of the result.
        __host__ __device__ __forceinline__ static constexpr long summand(long i) {
            constexpr Index run = data ? window : out_plane;
            return static_cast<long>(static_cast<Index>(i) / run) * (data ? long{c_group} * window : F * out_plane) + static_cast<long>(static_cast<Index>(i) % run);
        }
        __host__ __device__ __forceinline__ static constexpr long row(long i) { return i * (data ? window : out_plane); }
        __device__ __forceinline__ static Spot spot(long i) { return {deep ? summand(i) : row(i), 0, 0, 0}; }
        __host__ __device__ __forceinline__ static constexpr Tap<Far> tap(long i) { return {static_cast<Far>(deep ? row(i) : summand(i)), 0}; }
        __device__ __forceinline__ static unsigned found(const Spot&, unsigned needs) { return needs; }
    };
    static constexpr bool in_rows = window == 1 && SY == 1 && SX == 1 && PY == 0 && PX == 0;  ///< neighbours in a plane are neighbours in the product
    using Left = std::conditional_t<forward, InMemory<Known, k, 1, piece_of<Known>(known_part, Of::right_aligned)>,
                                    InPicture<Known, Plain::deep, piece_of<Known>(weight ? out_plane : window == 1 ? c_group : 1, Of::right_aligned), Plain>>;
    using Right = InPicture<Seen, weight, piece_of<Seen>(in_rows ? in_plane : 1, Of::left_aligned), Picture>;
    using Product = TiledProduct<Real, Left, Right, Groups, m, n, k, Of>;
    static constexpr long workspace = Product::workspace;
    static constexpr int tickets = Product::tickets, threads = Product::threads, bytes = Product::bytes;

    __device__ __forceinline__ static void run(const Bases<operands>& bases, const Facts*, char* memory, unsigned* tickets_of, const Share& block) {
        const Share share = Product::tile_of(block);
        const int samples = Unit == 0 ? Capacity : share.count * Unit;
        const int group = static_cast<int>(share.z) / Product::splits, split = static_cast<int>(share.z) % Product::splits;
        void* const* base = bases.at;
        const int c0 = group * c_group, f0 = group * f_group;
        const long columns = forward ? samples * out_plane : data ? samples * in_plane : n, depth = weight ? samples * out_plane : k;
        Product::run(share, group, split, m, columns, depth, Left{static_cast<const Known*>(base[own + 1]) + group * known_part},
                     Right{static_cast<const Seen*>(base[own]) + group * seen_part}, memory, tickets_of, [&](int, long i, long j, Real v) {
            if constexpr (forward)
                After::put(base, j / out_plane, f0 + i, j % out_plane, v);
            else if constexpr (data)
                After::put(base, j / in_plane, c0 + i, j % in_plane, v);
            else
                After::put(base, f0 + i, 0, j, v);
        });
    }
    static constexpr dim3 grid() { return Product::grid(); }
    static void launch(const Launch& l, void* const* base);
};

/// Bytes: of shared memory at the launch; the name says them to who reads machine code (tests/ptxas).
template <class Step, int Threads, int N, int Bytes>
__global__ void __launch_bounds__(Threads, 1) convolution_kernel(Bases<N> base, const Facts* facts, char* workspace, unsigned* tickets) {
    Convolve2d<Step>::run(base, facts, workspace, tickets, own_share(facts));
}

template <class Real, class Of, Convolve Role, int Capacity, int Unit, int C, int H, int W, int F, int KH, int KW, int SY, int SX, int PY, int PX, int DY, int DX, int Groups, class O, class A>
void Convolve2d<ConvolutionStep<Real, Of, Role, Capacity, Unit, false, C, H, W, F, KH, KW, SY, SX, PY, PX, DY, DX, Groups, O, A>>::launch(const Launch& l, void* const* base) {
    using Step = ConvolutionStep<Real, Of, Role, Capacity, Unit, false, C, H, W, F, KH, KW, SY, SX, PY, PX, DY, DX, Groups, O, A>;
    Bases<operands> b{};
    for (int i = 0; i < operands; ++i) b.at[i] = base[i];
    constexpr auto kernel = &convolution_kernel<Step, Product::threads, operands, Product::bytes>;
    grant(kernel, Product::bytes);
    kernel<<<Product::grid(), Product::threads, Product::bytes, l.stream>>>(b, l.facts, l.workspace, l.tickets);
    launched();
}

}  // namespace strata::cuda
