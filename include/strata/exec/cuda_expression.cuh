// SPDX-License-Identifier: BSL-1.0
/// Expressions over tensors on a device: their programs run on the tensors where they lie; only numbers travel.
#pragma once

#include <strata/exec/cuda.cuh>
#include <strata/exec/expression.hpp>
#include <strata/kernel/cuda/accumulate.cuh>

namespace strata {

template <>
struct Executor<Cuda> {
    /// The device that the first tensor of e is on; the current one where e has none.
    template <class E>
    static Cuda place_of(const E& e) {
        detail::Operand tensors[detail::leaves_of<E>];
        detail::Literal numbers[detail::leaves_of<E>];
        detail::LeafCount n;
        detail::Shadow<E>::bind(e, tensors, numbers, n);
        return cuda::resolved(n.tensors == 0 ? Cuda{} : Cuda{cuda::device_of(tensors[0].data)});
    }
    /// Needs: an expression without mistakes, of the tensor's shape and type.   Throws CudaError.
    template <class E, class To>
    static void assign(const E& e, To& to) {
        using T = typename To::Type;
        // A tensor on both sides is written only when all of it has been read; a view may begin where vectors cannot.
        constexpr long bytes = To::size * static_cast<long>(sizeof(T));
        cuda::Memory<T> apart(detail::reads(e, to.data(), bytes) || !fits_vectors(to.data()) ? To::size : 0, cuda::Unset{}, to.place());
        void* out[] = {apart.size() > 0 ? apart.data() : to.data()};
        run<Program<detail::ExpressionTrace<E, T, Cuda>>>(e, out, 1);
        const cuda::Guard guard(to.place());
        if (apart.size() > 0) {
            cuda::check(cudaMemcpyAsync(to.data(), apart.data(), static_cast<std::size_t>(bytes), cudaMemcpyDeviceToDevice, nullptr), "cudaMemcpyAsync");
            cuda::check(cudaStreamSynchronize(nullptr), "cudaStreamSynchronize");
        }
    }
    /// Runs P, a program of e, on the device of its results, and waits for it.   Throws CudaError, too where a tensor of e is on another device.
    template <class P, class E>
    static void run(const E& e, void* const* outputs, int count) {
        const detail::Bound<P, E> bound(e, outputs, count);
        Bindings b = bound.bindings();
        const Cuda at = cuda::resolved(Cuda{cuda::device_of(outputs[0])});
        cuda::Memory<std::int32_t> whole;
        cuda::Memory<std::int64_t> wide;
        cuda::Memory<bool> masks;
        cuda::Memory<typename detail::Bound<P, E>::Other> others;
        bring<P, detail::numbers_of(DType::i32)>(whole, b, bound.most_numbers, at);
        bring<P, detail::numbers_of(DType::i64)>(wide, b, bound.most_numbers, at);
        bring<P, detail::numbers_of(DType::boolean)>(masks, b, bound.most_numbers, at);
        bring<P, detail::numbers_of(DType::f64)>(others, b, bound.most_numbers, at);
        cuda::Memory<char> moved[bound.most_numbers];  // what vectors cannot read where it begins
        for (int i = 0; i < bound.most_numbers; ++i)
            if (const detail::Operand& x = bound.operand(i); !fits_vectors(x.data)) {
                moved[i] = cuda::Memory<char>(static_cast<const char*>(x.data), x.bytes, at);
                b.input[i] = moved[i].data();
            }
        CudaProgram<P> program(at);
        program.run(Run{}, b);
        program.stream().wait();
    }
    /// sum[i] += part[i].
    template <class T, class Part>
    static void add(T* sum, const Part* part, long elements) {
        const cuda::Guard guard(Cuda{cuda::device_of(sum)});
        cuda::accumulate(nullptr, sum, part, elements);
        cuda::check(cudaStreamSynchronize(nullptr), "cudaStreamSynchronize");
    }

  private:
    /// Kernels read and write vectors of 16 bytes; a view may begin between two.
    static bool fits_vectors(const void* at) { return reinterpret_cast<std::uintptr_t>(at) % 16 == 0; }
    /// Whether a program's expression has numbers that stand in a region.
    template <class P>
    static constexpr bool has_numbers_in(Region region) {
        for (int i = 0; i < P::graph.nodes; ++i)
            if (P::graph.node[i].kind == Kind::leaf && static_cast<Region>(P::graph.node[i].attributes.value[0]) == region) return true;
        return false;
    }
    template <class P, Region R, class T>
    static void bring(cuda::Memory<T>& here, Bindings& b, long count, Cuda at) {
        void*& numbers = b.region[static_cast<int>(R)];
        if constexpr (has_numbers_in<P>(R)) here = cuda::Memory<T>(static_cast<const T*>(numbers), count, at);
        numbers = here.data();
    }
};

}  // namespace strata
