// SPDX-License-Identifier: BSL-1.0
#include <strata/kernel/cuda/window.cuh>

#include <doctest/doctest.h>

#include <strata/kernel/host/window.hpp>

#include "../../support/launch.cuh"
#include "../../support/pooling.hpp"

namespace strata::test {
namespace {

using host::Window;

/// A pool whose result is stored as it comes, for each sample and channel the places in a row.
template <class T, class W, Fold F, bool Gradient, int Capacity>
struct Pool {
    static constexpr DType type = dtype_of<T>;
    static constexpr long places = Gradient ? W::height * W::width : W::out_height * W::out_width;
    using Result = Accesses<Access<Source::memory, type, false, true, Capacity * W::channels * places, W::channels * places, places, 0, 0, 0, 0, 0, 1>>;
    using Code = Acts<Act<Do::tile, 1, type, void, -1, -1, -1, -1, 0>, Act<Do::store, 1, type, void, 0, -1, -1, 0, 0>>;
    using Step = WindowStep<T, F, Gradient, Capacity, 1, false, W::channels, W::height, W::width, W::kernel_y, W::kernel_x, W::stride_y, W::stride_x, W::pad_y, W::pad_x, Result, Code>;

    static void check(int count, const std::vector<double>& wanted, const std::vector<void*>& operands) {
        CAPTURE(Gradient);
        CAPTURE(static_cast<int>(F));
        auto out = filled<T>(Capacity * W::channels * places);
        std::vector<void*> all{out.data()};
        all.insert(all.end(), operands.begin(), operands.end());
        launch_step<Step>(cuda::Facts{count}, all);
        const auto got = from_device(out);
        int wrong = 0, strays = 0;
        for (std::size_t i = 0; i < wanted.size(); ++i) wrong += !same(static_cast<double>(got[i]), wanted[i]);
        for (std::size_t i = wanted.size(); i < got.size(); ++i) strays += got[i] == got[i];
        CHECK(wrong == 0);
        CHECK(strays == 0);
    }
};
template <class T>
cuda::Memory<T> on_device_as(const std::vector<double>& v) {
    return on_device(std::vector<T>(v.begin(), v.end()));
}
template <class T, class W>
void check() {
    constexpr int capacity = 3;
    for (int count : {1, 3}) {
        CAPTURE(count);
        const PoolingCase<W> r(count);
        // Only `count` samples exist, although the capacity is larger.
        auto x = on_device_as<T>(r.x), y = on_device_as<T>(r.most), dy = on_device_as<T>(r.dy);
        Pool<T, W, Fold::max, false, capacity>::check(count, r.most, {x.data()});
        Pool<T, W, Fold::max, true, capacity>::check(count, r.most_dx, {x.data(), y.data(), dy.data()});
        Pool<T, W, Fold::mean, false, capacity>::check(count, r.mean[1], {x.data()});
        Pool<T, W, Fold::mean, true, capacity>::check(count, r.mean_dx[1], {dy.data()});
    }
}

}  // namespace

TEST_CASE_TEMPLATE("pooling and its gradients on a device equal the definition, ties and NaNs too", T, float, double) {
    SUBCASE("rest of rows and columns") { check<T, Window<2, 7, 9, 2, 2>>(); }
    SUBCASE("overlapping") { check<T, Window<2, 9, 9, 3, 3, 2, 2>>(), check<T, Window<2, 5, 6, 3, 2, 1, 1>>(); }
    SUBCASE("padding") { check<T, Window<2, 9, 8, 3, 3, 2, 2, 1, 1>>(), check<T, Window<2, 6, 7, 2, 3, 2, 3, 1, 2>>(); }
    SUBCASE("gaps between windows") { check<T, Window<2, 10, 11, 2, 2, 3, 3>>(), check<T, Window<1, 9, 9, 1, 1, 2, 2>>(); }
    SUBCASE("whole planes and large windows") { check<T, Window<5, 6, 6, 6, 6>>(), check<T, Window<1, 20, 12, 7, 5, 2, 1, 3, 2>>(); }
}

}  // namespace strata::test
