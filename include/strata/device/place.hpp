// SPDX-License-Identifier: BSL-1.0
/// Where a model or tensor lives, and what its numbers are.
#pragma once

#include <strata/core/dtype.hpp>
#include <strata/core/macros.hpp>

namespace strata {

inline namespace STRATA_VARIANT {
/// The processor, with vectors and threads.   What is planned for it, and so the types that name it, differ by the vectors that the compiler is told of, and by whether an error throws.
struct Host {};
}  // namespace STRATA_VARIANT

/// The numbers of a model.   Factor: what products and convolutions multiply, and so the type in which their operands are kept. Parameter: of parameters,
/// moments and all that is computed elsewhere. Sum: in which products add up.
/// Precision<float>, Precision<double>; Precision<bf16, float, float> and Precision<f16, float, float> are mixed (docs/precision.md), for short Precision<bf16>.
/// Precision<tf32> is Precision<float> but for products and convolutions on a device with tensor cores, which round what they multiply to 11 bits.
template <class Factor, class Parameter = Wide<Factor>, class Sum = Parameter>
struct Precision {
    using Real = Parameter;
    using Stored = Factor;
    static_assert(std::is_same_v<Parameter, Wide<Factor>> && std::is_same_v<Sum, Parameter> && std::is_floating_point_v<Parameter>,
                  "strata: there is no such precision; write Precision<float>, Precision<double>, Precision<tf32>, Precision<bf16, float, float> or Precision<f16, float, float>");
};

}  // namespace strata
