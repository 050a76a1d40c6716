// SPDX-License-Identifier: BSL-1.0
#include <strata/kernel/cuda/loop.cuh>

#include "../host/loop.cpp"

#include "../../support/launch.cuh"

namespace strata::test {

TEST_CASE("arrays that vectors would not find are refused before the launch") {
    using Line = Access<Source::memory, DType::f32, false, false, 0, 0, 0, 0, 0, 0, 0, 0, 1>;
    using Copied = Access<Source::memory, DType::f32, false, true, 8, 0, 0, 0, 0, 0, 0, 0, 1>;
    using Copy = LoopStep<float, Nest<1, 1, 1, 1, 1, 1, 1, 8, -1, 1, false, 2>, Accesses<Line, Copied>,
                          Acts<Act<Do::load, 1, DType::f32, void, -1, -1, -1, 0, 0>, Act<Do::store, 1, DType::f32, void, 0, -1, -1, 1, 0>>>;
    const auto x = on_device(std::vector<float>{1, 2, 3, 4, 5, 6, 7, 8, 9});
    auto y = filled<float>(8);
    launch_step<Copy>({}, {const_cast<float*>(x.data()), y.data()});
    CHECK(from_device(y) == std::vector<float>{1, 2, 3, 4, 5, 6, 7, 8});
    CHECK_THROWS_AS(launch_step<Copy>({}, {const_cast<float*>(x.data()) + 1, y.data()}), DeviceError);
    using Shifted = LoopStep<float, Nest<1, 1, 1, 1, 1, 1, 1, 8, -1, 1, false, 2>, Accesses<Askew<Line>, Copied>,
                             Acts<Act<Do::load, 1, DType::f32, void, -1, -1, -1, 0, 0>, Act<Do::store, 1, DType::f32, void, 0, -1, -1, 1, 0>>>;
    launch_step<Shifted>({}, {const_cast<float*>(x.data()) + 1, y.data()});
    CHECK(from_device(y) == std::vector<float>{2, 3, 4, 5, 6, 7, 8, 9});
}

}  // namespace strata::test
