// SPDX-License-Identifier: BSL-1.0
/// The families of steps on a device.
#pragma once

#include <strata/kernel/cuda/contract.cuh>
#include <strata/kernel/cuda/convolution.cuh>
#include <strata/kernel/cuda/loop.cuh>
#include <strata/kernel/cuda/scatter.cuh>
#include <strata/kernel/cuda/window.cuh>
#ifdef STRATA_CUBLAS
#include <strata/kernel/cuda/cublas.cuh>
#endif

namespace strata::cuda {

/// operands, threads, grid(), bytes of shared memory, workspace, tickets; run(bases, facts, workspace, tickets, share) on the device; launch on the host.
template <class Step>
struct Family;
template <class R, class N, class O, class A>
struct Family<LoopStep<R, N, O, A>> : Loop<LoopStep<R, N, O, A>> {};
template <class R, class F, int B, int M, int N, int K, int Bd, int U, long AB, long AM, long AK, long BB, long BK, long BN, bool S, class O, class A, class BO, class BA>
struct Family<ContractStep<R, F, B, M, N, K, Bd, U, AB, AM, AK, BB, BK, BN, S, O, A, BO, BA>> : Contract<ContractStep<R, F, B, M, N, K, Bd, U, AB, AM, AK, BB, BK, BN, S, O, A, BO, BA>> {};
template <class R, class Of, Convolve Role, int Cap, int U, bool BI, int C, int H, int W, int F, int KH, int KW, int SY, int SX, int PY, int PX, int DY, int DX, int G, class O, class A>
struct Family<ConvolutionStep<R, Of, Role, Cap, U, BI, C, H, W, F, KH, KW, SY, SX, PY, PX, DY, DX, G, O, A>>
    : Convolve2d<ConvolutionStep<R, Of, Role, Cap, U, BI, C, H, W, F, KH, KW, SY, SX, PY, PX, DY, DX, G, O, A>> {};
template <class R, Fold F, bool Gr, int Cap, int U, bool BI, int C, int H, int W, int KY, int KX, int SY, int SX, int PY, int PX, class O, class A>
struct Family<WindowStep<R, F, Gr, Cap, U, BI, C, H, W, KY, KX, SY, SX, PY, PX, O, A>> : Pool2d<WindowStep<R, F, Gr, Cap, U, BI, C, H, W, KY, KX, SY, SX, PY, PX, O, A>> {};
template <DType T, DType I, int B, int R, int C, int N, int Bd, int U>
struct Family<ScatterStep<T, I, B, R, C, N, Bd, U>> : Scatter<ScatterStep<T, I, B, R, C, N, Bd, U>> {};

/// What runs a step in a launch of its own.
template <class Step>
struct KernelFor : Family<Step> {};
#ifdef STRATA_CUBLAS
template <class R, class F, int B, int M, int N, int K, int Bd, int U, long AB, long AM, long AK, long BB, long BK, long BN, bool S, class O, class A, class BO, class BA>
    requires ByCublas<ContractStep<R, F, B, M, N, K, Bd, U, AB, AM, AK, BB, BK, BN, S, O, A, BO, BA>>::fits
struct KernelFor<ContractStep<R, F, B, M, N, K, Bd, U, AB, AM, AK, BB, BK, BN, S, O, A, BO, BA>> : ByCublas<ContractStep<R, F, B, M, N, K, Bd, U, AB, AM, AK, BB, BK, BN, S, O, A, BO, BA>> {};
#endif

}  // namespace strata::cuda
