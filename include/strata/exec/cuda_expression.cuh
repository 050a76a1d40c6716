// SPDX-License-Identifier: BSL-1.0
/// Expressions over tensors on a device: their programs run on the tensors where they lie; only numbers travel.
#pragma once

#include <strata/exec/cuda.cuh>
#include <strata/exec/expression.hpp>
#include <strata/kernel/cuda/accumulate.cuh>

namespace strata {

template <>
struct Executor<Cuda> {
    /// Needs: an expression without mistakes, of the tensor's shape and type.   Throws CudaError.
    template <class E, class Place, class T, int... D>
    static void assign(const E& e, TensorOn<Place, T, D...>& to) {
        // A tensor on both sides is written only when all of it has been read.
        cuda::Memory<T> apart(detail::mentions(e, to.data()) ? to.size : 0, cuda::Unset{});
        void* out[] = {apart.size() > 0 ? apart.data() : to.data()};
        run<Program<detail::ExpressionTrace<E, T, Cuda>>>(e, out, 1);
        if (apart.size() > 0) {
            cuda::check(cudaMemcpyAsync(to.data(), apart.data(), static_cast<std::size_t>(to.size) * sizeof(T), cudaMemcpyDeviceToDevice, nullptr), "cudaMemcpyAsync");
            cuda::check(cudaStreamSynchronize(nullptr), "cudaStreamSynchronize");
        }
    }
    /// Runs P, a program of e, and waits for it.
    template <class P, class E>
    static void run(const E& e, void* const* outputs, int count) {
        const detail::Bound<P, E> bound(e, outputs, count);
        Bindings b = bound.bindings();
        cuda::Memory<std::int32_t> whole;
        cuda::Memory<std::int64_t> wide;
        bring<P, Region::state>(whole, b, bound.most_numbers);
        bring<P, Region::moment>(wide, b, bound.most_numbers);
        CudaProgram<P> program;
        program.run(Run{}, b);
        program.stream().wait();
    }
    /// sum[i] += part[i].
    template <class T, class Part>
    static void add(T* sum, const Part* part, long elements) {
        cuda::accumulate(nullptr, sum, part, elements);
        cuda::check(cudaStreamSynchronize(nullptr), "cudaStreamSynchronize");
    }

  private:
    /// Whether a program's expression has numbers among integers that stand in a region.
    template <class P>
    static constexpr bool has_numbers_in(Region region) {
        for (int i = 0; i < P::graph.nodes; ++i)
            if (P::graph.node[i].kind == Kind::leaf && static_cast<Region>(P::graph.node[i].attributes.value[0]) == region) return true;
        return false;
    }
    template <class P, Region R, class T>
    static void bring(cuda::Memory<T>& here, Bindings& b, long count) {
        void*& numbers = b.region[static_cast<int>(R)];
        if constexpr (has_numbers_in<P>(R)) here = cuda::Memory<T>(static_cast<const T*>(numbers), count);
        numbers = here.data();
    }
};

}  // namespace strata
