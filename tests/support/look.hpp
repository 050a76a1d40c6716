// SPDX-License-Identifier: BSL-1.0
/// A layer that looks whole numbers up in a table.
#pragma once

#include <strata/layer/param.hpp>
#include <strata/op/cast.hpp>
#include <strata/op/take.hpp>

namespace strata::test {

/// Rows of a table for whole numbers.
template <int Rows, int Width>
struct Look {
    template <class In>
    struct Parameters {
        BOOST_HANA_DEFINE_STRUCT(Parameters, (Param<Shape<Rows, Width>>, table));
    };
    static constexpr auto forward(const auto& p, Expression auto x) { return take(p.table, cast<std::int32_t>(x)); }
};

}  // namespace strata::test
