// SPDX-License-Identifier: BSL-1.0
#include <strata/expr/move.hpp>

#include <doctest/doctest.h>

namespace strata::test {

static_assert(Movement<Move::transpose>::kind == Kind::move && Movement<Move::transpose>::arity == 1 && Movement<Move::transpose>::cost == 0);

TEST_CASE("a move says which one it is; one that takes a shape has it from its second operand") {
    CHECK(Movement<Move::pad>::attributes(Dims{}).value[0] == static_cast<int>(Move::pad));
    constexpr Fit f = MovementLike<Move::broadcast>::fit(Dims{1, {5}}, Dims{2, {-64, 5}});
    static_assert(f.ok && f.dims == Dims{2, {-64, 5}});
    CHECK(MovementLike<Move::broadcast>::arity == 1);
}

}  // namespace strata::test
