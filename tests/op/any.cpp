// SPDX-License-Identifier: BSL-1.0
#include <strata/op/any.hpp>

#include <strata/op/logical.hpp>

#include "../support/check.hpp"

namespace strata::test {

using X = Leaf<bool, 2, 3, 4>;
static_assert(std::is_same_v<ShapeIn<decltype(any(X{}))>, Shape<>> && std::is_same_v<ShapeIn<decltype(all(X{}, axes<0, 2>))>, Shape<3>>);
static_assert(std::is_same_v<TypeIn<decltype(any(X{}, axis<1>))>, bool>);
static_assert(plan_of<decltype(any(Leaf<float, 4, 5>{} > 1, axis<-1>))>.kernels == 1);
static_assert(refused<decltype(any(Leaf<float, 3>{}))> && refused<decltype(all(X{}, axis<3>))>);

template <int Rows, int Columns>
void check_masks() {
    CAPTURE(Columns);
    Tensor<bool, Rows, Columns> m;
    for (int i = 0; i < Rows; ++i)
        for (int k = 0; k < Columns; ++k) m(i, k) = i == 1 || (i == 2 && k == Columns - 1);
    const auto some = computed(any(m, axis<1>)), each = computed(all(m, axis<1>));
    const auto down = computed(any(m, axis<0>)), all_down = computed(all(m, axis<0>));
    for (int i = 0; i < Rows; ++i) CHECK((some(i) == (i == 1 || i == 2) && each(i) == (i == 1 || (i == 2 && Columns == 1))));
    for (int k = 0; k < Columns; ++k) CHECK((down(k) && !all_down(k)));
    CHECK((computed(any(m))() && !computed(all(m))() && !computed(any(m && !m))() && computed(all(m || !m))()));
}

TEST_CASE("any and all: over rows, over columns, over everything") { check_masks<3, 1>(), check_masks<4, 17>(), check_masks<3, 133>(); }

}  // namespace strata::test
