// SPDX-License-Identifier: BSL-1.0
/// The steps that slide over images: convolutions, their gradients, pooling. The kernels know shapes; the code on their results is the step's.
#pragma once

#include <strata/kernel/host/convolution.hpp>
#include <strata/kernel/host/convolution_gradient.hpp>
#include <strata/kernel/host/convolution_rowwise.hpp>
#include <strata/kernel/host/result.hpp>
#include <strata/kernel/host/window.hpp>

namespace strata::host::inline STRATA_VARIANT {

namespace detail {
constexpr int whole_vectors(int n, int w) { return (n + w - 1) / w * w; }
/// Samples of one run: those of its batch, or all where no batch bounds them.
template <int Capacity, int Unit>
constexpr int samples(const Run& run) {
    return Unit == 0 ? Capacity : run.count * Unit;
}
}  // namespace detail

template <class Step>
struct Slide;
template <class Real, class Of, Convolve Role, int Capacity, int Unit, bool BatchInnermost, int C, int H, int W, int F, int KH, int KW, int SY, int SX, int PY, int PX, int DY, int DX,
          int Groups, class O, class A>
struct Slide<ConvolutionStep<Real, Of, Role, Capacity, Unit, BatchInnermost, C, H, W, F, KH, KW, SY, SX, PY, PX, DY, DX, Groups, O, A>> {
    using Shape = Convolution<C, H, W, F, KH, KW, SY, SX, PY, PX, DY, DX, Groups>;
    using After = Result<Real, O, A>;
    static constexpr int operands = After::operands, lanes = detail::whole_vectors(Capacity, width<Real>);
    static constexpr int rows = Role == Convolve::data ? C : F;

    static void run(const Run& run, void* const* base) noexcept {
        const int samples = detail::samples<Capacity, Unit>(run);
        const auto* a = static_cast<const Real*>(base[operands]);
        const auto* b = static_cast<const Real*>(base[operands + 1]);
        if constexpr (Role == Convolve::weight) {
            static_assert(After::copies, "strata: code on a gradient by weights; report this as a defect");
            using Kernel = std::conditional_t<BatchInnermost, ConvolutionWeightGradient<Real, Shape, lanes>, ConvolutionWeightGradientRowwise<Real, Shape, Capacity>>;
            auto* dw = static_cast<Real*>(base[0]);
            spread(run, Kernel::items, [&](int i) { Kernel::run_item(i, samples, a, b, dw); });
        } else if constexpr (BatchInnermost) {
            using Kernel = std::conditional_t<Role == Convolve::data, ConvolutionDataGradient<Real, Shape, lanes>, ConvolutionForward<Real, Shape, lanes>>;
            spread(run, Kernel::items, [&](int i) {
                Kernel::run_item(i, samples, a, b, [&](const Real* from, int row, long column, int length) { After::line(base, from, 0, row, column, length); });
            });
        } else {
            using Kernel = std::conditional_t<Role == Convolve::data, ConvolutionDataGradientRowwise<Real, Shape, Capacity>, ConvolutionForwardRowwise<Real, Shape, Capacity>>;
            spread(run, Kernel::items, [&](int i) {
                Kernel::run_item(i, samples, a, b, [&](const Real* from, int row, long column, int length) {
                    After::line(base, from, row / rows, row % rows, column, length);
                });
            });
        }
    }
};

template <class Real, Fold F, bool Gradient, int Capacity, int Unit, bool BatchInnermost, int C, int H, int W, int KY, int KX, int SY, int SX, int PY, int PX, class O, class A>
struct Slide<WindowStep<Real, F, Gradient, Capacity, Unit, BatchInnermost, C, H, W, KY, KX, SY, SX, PY, PX, O, A>> {
    using Shape = Window<C, H, W, KY, KX, SY, SX, PY, PX>;
    using After = Result<Real, O, A>;
    static constexpr int operands = After::operands, lanes = BatchInnermost ? detail::whole_vectors(Capacity, width<Real>) : Capacity;
    template <class Kernel, class... P>
    static void items(const Run& run, void* const* base, P... operand) noexcept {
        const int samples = detail::samples<Capacity, Unit>(run);
        spread(run, Kernel::items, [&](int i) {
            Kernel::run_item(i, samples, operand..., [&](const Real* from, int row, long column, int length) {
                After::line(base, from, BatchInnermost ? 0 : row / C, BatchInnermost ? row : row % C, column, length);
            });
        });
    }
    static void run(const Run& run, void* const* base) noexcept {
        const auto at = [&](int k) { return static_cast<const Real*>(base[operands + k]); };
        if constexpr (F == Fold::max && !Gradient)
            items<MaxForward<Real, Shape, lanes, BatchInnermost>>(run, base, at(0));
        else if constexpr (F == Fold::max)
            items<MaxGradient<Real, Shape, lanes, BatchInnermost>>(run, base, at(0), at(1), at(2));
        else if constexpr (!Gradient)
            items<AverageForward<Real, Shape, lanes, BatchInnermost>>(run, base, at(0));
        else
            items<AverageGradient<Real, Shape, lanes, BatchInnermost>>(run, base, at(0));
    }
};

}  // namespace strata::host
