// SPDX-License-Identifier: BSL-1.0
#include <strata/kernel/cuda/result.cuh>

#include <doctest/doctest.h>

#include <strata/op/add.hpp>
#include <strata/op/multiply.hpp>

#include "../../support/launch.cuh"

namespace strata::test {
namespace {

constexpr int blocks = 2, rows = 6, columns = 8;

/// An operand of floats at these strides; one that begins anywhere is told so.
template <long Block, long Row, long Lane, bool Written = false>
using At = Access<Source::memory, DType::f32, false, Written, long{blocks} * rows * columns, Block, Row, 0, 0, 0, 0, 0, Lane>;
template <Do What, int A = -1, int B = -1, int Operand = -1, class Op = void>
using Do1 = Act<What, 1, DType::f32, Op, A, B, -1, Operand, 0>;

/// (result + bias) * of_row + residual, stored.
template <class Residual, class Out>
using Code = cuda::Result<float, Accesses<At<0, 0, 1>, At<rows, 1, 0>, Residual, Out>,
                          Acts<Do1<Do::tile>, Do1<Do::load, -1, -1, 0>, Do1<Do::load, -1, -1, 1>, Do1<Do::load, -1, -1, 2>, Do1<Do::apply, 0, 1, -1, AddOp>, Do1<Do::apply, 4, 2, -1, MultiplyOp>,
                               Do1<Do::apply, 5, 3, -1, AddOp>, Do1<Do::store, 6, -1, 3>>>;
using Dense = At<rows * columns, columns, 1>;
using Stored = At<rows * columns, columns, 1, true>;
using Plain = Code<Dense, Stored>;
using Turned = Code<At<rows * columns, 1, rows>, Stored>;
using Anywhere = Code<Askew<Dense>, Stored>;

static_assert(Plain::same_in_rows<0> && !Plain::same_in_rows<1> && Plain::fetched<2> && !Plain::fetched<1> && Plain::stored<3> && Plain::stores_fours);
static_assert(!Turned::fetched<2> && !Anywhere::fetched<2> && Anywhere::stores_fours && !Code<Dense, Askew<Stored>>::stores_fours);
static_assert(!Code<Dense, At<rows * columns, columns + 1, 1, true>>::stores_fours && !Code<Dense, At<rows * columns, 1, rows, true>>::stores_fours);

template <class R>
__global__ void put_all(cuda::Bases<4> bases, bool in_fours) {
    const int each = in_fours ? 4 : 1, row = static_cast<int>(threadIdx.y);
    const long block = blockIdx.x, column = static_cast<long>(threadIdx.x) * each;
    const auto result = [=](long j) { return static_cast<float>(block * 100 + row * 10 + j); };
    if (column >= columns) return;
    if (in_fours) {
        typename R::Fours fours{bases.at, block, {}};
        typename R::Fours::Ahead ahead;
        fours.hold(column);
        fours.fetch(row, column, ahead);
        fours.put(row, column, {{result(column), result(column + 1), result(column + 2), result(column + 3)}}, ahead);
    } else {
        R::put(bases.at, block, row, column, result(column));
    }
}
template <class R>
void check_fours() {
    Buffer<float> numbers(blocks * rows * columns);
    for (long i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<float>(i % 13 - 6);
    const cuda::Memory<float> in(numbers);
    auto one = filled<float>(numbers.size());
    auto four = filled<float>(numbers.size());
    const auto bases = [&](float* out) {
        cuda::Bases<4> b{};
        for (void*& at : b.at) at = const_cast<float*>(in.data());
        b.at[3] = out;
        return b;
    };
    put_all<R><<<blocks, dim3(columns, rows)>>>(bases(one.data()), false);
    put_all<R><<<blocks, dim3(columns / 4, rows)>>>(bases(four.data()), true);
    cuda::launched();
    const Buffer<float> a = one.to_host(), b = four.to_host();
    int wrong = 0;
    for (long i = 0; i < a.size(); ++i) {
        const long block = i / (rows * columns), row = i / columns % rows, column = i % columns;
        const long residual = std::is_same_v<R, Turned> ? block * rows * columns + row + column * rows : i;
        const float wanted = (static_cast<float>(block * 100 + row * 10 + column) + numbers[column]) * numbers[block * rows + row] + numbers[residual];
        wrong += a[i] != wanted || b[i] != wanted;
    }
    CHECK(wrong == 0);
}

}  // namespace

TEST_CASE("what is made of four results beside each other is what is made of each, wherever operands lie") {
    check_fours<Plain>();
    check_fours<Turned>();
    check_fours<Anywhere>();
}

}  // namespace strata::test
