// SPDX-License-Identifier: BSL-1.0
/// cast<T>(x): x as another element type; from floats to integers towards zero, and what they do not have, NaN too, becomes the least of them; cast<bf16>(x) and cast<f16>(x) round and stay f32, as all that is computed with.
/// Gradient: dy (none for integers and masks).
#pragma once

#include <strata/core/math.hpp>
#include <strata/expr/elementwise.hpp>

namespace strata {

template <class To>
struct CastOp : Elementwise<1> {
    static constexpr auto name = "cast";
    static constexpr bool converts = true;
    using Result = To;
    template <class T>
    STRATA_HD static constexpr auto apply(T x) {
        return math::cast<To>(x);
    }
    static constexpr auto backward(Expression auto dy, Expression auto /*y*/, Expression auto /*x*/) { return gradients(dy); }
};
/// What no element is.
template <class To>
struct CastToNoElement {
    template <class Where>
    struct Type {
        static_assert(detail::never<Where>, "strata: elements are float, double, bool, std::int32_t, std::int64_t, bf16 or f16, so cast<T>(x) makes no other type");
    };
};
namespace detail {
/// The same for programs: what is stored as To.
template <class To, class E>
constexpr auto stored_as(const E& e) {
    return apply<CastOp<To>>(e);
}
}  // namespace detail
template <class To, detail::Argument X>
constexpr auto cast(const X& x) {
    if constexpr (!is_element<To>)
        return Refusal<CastToNoElement<To>::template Type>{};
    else if constexpr (is_narrow<To>)
        return apply<CastOp<float>>(detail::stored_as<To>(detail::wrap(x)));
    else
        return apply<CastOp<To>>(detail::wrap(x));
}

}  // namespace strata
