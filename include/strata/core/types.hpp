// SPDX-License-Identifier: BSL-1.0
/// Types by number: Types<A, B, C>::At<1> is B. One instantiation a list, none a look-up.
#pragma once

#include <utility>

namespace strata {

namespace detail {
template <int I, class T>
struct NumberedType {};
template <class Seq, class... T>
struct NumberedTypes;
template <int... I, class... T>
struct NumberedTypes<std::integer_sequence<int, I...>, T...> : NumberedType<I, T>... {};
template <int I, class T>
T type_at(const NumberedType<I, T>*);
}  // namespace detail

template <class... T>
struct Types {
    static constexpr int count = sizeof...(T);
#if defined(__clang__) && !defined(__CUDACC__)
    template <int I>
    using At = __type_pack_element<I, T...>;
#else
    using Numbered = detail::NumberedTypes<std::make_integer_sequence<int, count>, T...>;
    template <int I>
    using At = decltype(detail::type_at<I>(static_cast<Numbered*>(nullptr)));
#endif
};

}  // namespace strata
