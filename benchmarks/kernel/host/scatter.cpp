// SPDX-License-Identifier: BSL-1.0
/// Rows of a table and the sums that come back to them, on one thread: plain loops first, then ours (whole, and in the pieces that threads get).
/// bytes: what is moved at least. Results are checked first.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include <strata/exec/expression.hpp>
#include <strata/kernel/host/scatter.hpp>
#include <strata/op/take.hpp>

namespace {

template <int V, int D, int N>
struct Case {
    using Kernel = strata::host::ScatterRows<float, std::int32_t, 1, V, D, N>;
    using Take = decltype(strata::take(strata::TensorLeaf<float, strata::Shape<V, D>>{}, strata::TensorLeaf<std::int32_t, strata::Shape<N>>{}));
    using Program = strata::HostProgram<strata::Program<strata::detail::ExpressionTrace<Take>>>;
    strata::Buffer<float> table{long{V} * D}, rows{long{N} * D};
    std::vector<std::int32_t> index;

    Case() {
        unsigned state = 1;
        for (int i = 0; i < N; ++i) index.push_back(static_cast<std::int32_t>((state = state * 1664525u + 1013904223u) >> 8) % V);
        for (long i = 0; i < table.size(); ++i) table.data()[i] = static_cast<float>(i % 97);
        for (long i = 0; i < rows.size(); ++i) rows.data()[i] = static_cast<float>(i % 89);
    }
    void gather_plain() {
        for (int i = 0; i < N; ++i) std::memcpy(rows.data() + long{i} * D, table.data() + long{index[static_cast<std::size_t>(i)]} * D, D * sizeof(float));
    }
    void gather() {
        strata::Bindings b;
        b.input[0] = table.data();
        b.input[1] = index.data();
        b.output[0] = rows.data();
        Program::run(strata::Run{}, b);
    }
    void scatter_plain() {
        std::memset(table.data(), 0, static_cast<std::size_t>(table.size()) * sizeof(float));
        for (int i = 0; i < N; ++i)
            for (int c = 0; c < D; ++c) table.data()[long{index[static_cast<std::size_t>(i)]} * D + c] += rows.data()[long{i} * D + c];
    }
    void scatter() { Kernel::run(1, N, rows.data(), index.data(), table.data()); }
    void scatter_pieces() {
        for (int i = 0; i < Kernel::items; ++i) Kernel::run_item(i, 1, N, rows.data(), index.data(), table.data());
    }
};

template <int V, int D, int N>
void add() {
    using C = Case<V, D, N>;
    const std::string what = std::to_string(N) + " of " + std::to_string(V) + " rows of " + std::to_string(D);
    const auto one = [&](const char* name, void (C::*f)(), void (C::*plain)(), long bytes) {
        benchmark::RegisterBenchmark((what + name).c_str(), [f, plain, bytes](benchmark::State& state) {
            C ours, right;
            (ours.*f)();
            (right.*plain)();
            if (std::memcmp(ours.table.data(), right.table.data(), static_cast<std::size_t>(right.table.size()) * sizeof(float)) != 0 ||
                std::memcmp(ours.rows.data(), right.rows.data(), static_cast<std::size_t>(right.rows.size()) * sizeof(float)) != 0)
                return state.SkipWithError("wrong result");
            for (auto _ : state) {
                (ours.*f)();
                benchmark::ClobberMemory();
            }
            state.SetBytesProcessed(state.iterations() * bytes);
        })->Unit(benchmark::kMicrosecond);
    };
    one("/gather/plain", &C::gather_plain, &C::gather_plain, 8L * N * D);
    one("/gather/strata", &C::gather, &C::gather_plain, 8L * N * D);
    one("/scatter/plain", &C::scatter_plain, &C::scatter_plain, 4L * V * D + 12L * N * D);
    one("/scatter/strata", &C::scatter, &C::scatter_plain, 4L * V * D + 12L * N * D);
    one("/scatter/strata in pieces", &C::scatter_pieces, &C::scatter_plain, 4L * V * D + 12L * N * D);
}
const bool added = (add<1000, 64, 4096>(), add<30000, 128, 4096>(), add<256, 512, 16384>(), true);

}  // namespace
