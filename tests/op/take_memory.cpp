// SPDX-License-Identifier: BSL-1.0
// take on several threads, and at the edges of memory.
#include <cstring>

#include <strata/device/pool.hpp>
#include <strata/op/cast.hpp>
#include <strata/op/take.hpp>
#include <strata/optim/adam.hpp>

#include "../support/check.hpp"
#include "../support/guarded.hpp"
#include "../support/look.hpp"
#include "../support/probe.hpp"

namespace strata::test {

template <class M, int B>
std::vector<float> trained(Pool* pool, int count) {
    constexpr auto rows = static_cast<std::size_t>(M::layout.entry[0].dims.extent[0]);
    M model(Seed{1});
    TrainingStep<M, Weighted, Adam, B> step(model, Adam{0.01}, Seed{2}, pool);
    std::vector<float> x(static_cast<std::size_t>(B * M::Input::size)), weight(static_cast<std::size_t>(B * M::Output::size));
    for (int s = 0; s < 3; ++s) {
        for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>((i * i * 7 + static_cast<std::size_t>(s)) % 331 * 9 % rows);
        for (std::size_t i = 0; i < weight.size(); ++i) weight[i] = static_cast<float>(static_cast<int>(i * 31 % 201) - 100) / 64;
        step.run(x.data(), weight.data(), count);
    }
    std::vector<float> all(model.parameters(), model.parameters() + M::parameter_block());
    all.insert(all.end(), step.gradients().data(), step.gradients().data() + M::parameter_block());
    return all;
}

TEST_CASE("take: the same bits on any number of threads") {
    // Cut by columns, and by rows of two widths.
    const auto check = [&]<class M>(const M*) {
        for (const int count : {64, 11}) {
            const auto wanted = trained<M, 64>(nullptr, count);
            for (const int threads : {2, 3}) {
                Pool pool(threads);
                const auto got = trained<M, 64>(&pool, count);
                CHECK(std::memcmp(got.data(), wanted.data(), wanted.size() * sizeof(float)) == 0);
            }
        }
    };
    check(static_cast<const Model<Look<100, 256>, Shape<20>>*>(nullptr));
    check(static_cast<const Model<Look<3000, 64>, Shape<20>>*>(nullptr));
    check(static_cast<const Model<Look<30000, 6>, Shape<20>>*>(nullptr));
}

template <int Rows, int Columns, int N>
void check_edges() {
    CAPTURE(Columns);
    for (const bool end : {false, true}) {
        Guarded<float> t(Rows * Columns, end);
        for (int i = 0; i < Rows * Columns; ++i) t.data()[i] = static_cast<float>(i);
        Guarded<std::int32_t> index(N, end);
        for (int i = 0; i < N; ++i) index.data()[i] = i % (Rows + 4) - 2;
        const TensorLeaf<float, Shape<Rows, Columns>> table{t.data()};
        const TensorLeaf<std::int32_t, Shape<N>> rows{index.data()};
        const auto y = computed(take(table, rows));
        const auto columns = computed(take<1>(table, rows));
        for (int i = 0; i < N; ++i) {
            const int v = index.data()[i];
            for (int c = 0; c < Columns; ++c) CHECK(near(y(i, c), v >= 0 && v < Rows ? v * Columns + c : nan, 0));
            for (int r = 0; r < Rows; ++r) CHECK(near(columns(r, i), v >= 0 && v < Columns ? r * Columns + v : nan, 0));
        }
    }
}

TEST_CASE("take: nothing before or behind the table or the indices is touched") {
    check_edges<5, 1, 7>();
    check_edges<3, 16, 16>();
    check_edges<9, 19, 37>();
}

}  // namespace strata::test
