// SPDX-License-Identifier: BSL-1.0
/// Element types as values and as types.
#pragma once

#include <cstdint>

#include <strata/core/narrow.hpp>

namespace strata {

enum class DType : std::uint8_t { f32, f64, boolean, i32, i64, bf16, f16 };

template <class T>
struct DTypeOf;
template <>
struct DTypeOf<float> {
    static constexpr DType value = DType::f32;
};
template <>
struct DTypeOf<double> {
    static constexpr DType value = DType::f64;
};
template <>
struct DTypeOf<bool> {
    static constexpr DType value = DType::boolean;
};
template <>
struct DTypeOf<std::int32_t> {
    static constexpr DType value = DType::i32;
};
template <>
struct DTypeOf<std::int64_t> {
    static constexpr DType value = DType::i64;
};
template <>
struct DTypeOf<bf16> {
    static constexpr DType value = DType::bf16;
};
template <>
struct DTypeOf<f16> {
    static constexpr DType value = DType::f16;
};
/// Whether tensors and expressions have elements of type T.
template <class T>
inline constexpr bool is_element = requires { DTypeOf<T>::value; };
/// The DType of a C++ type.
template <class T>
inline constexpr DType dtype_of = DTypeOf<T>::value;

template <DType D>
struct ElementOf;
template <>
struct ElementOf<DType::f32> {
    using type = float;
};
template <>
struct ElementOf<DType::f64> {
    using type = double;
};
template <>
struct ElementOf<DType::boolean> {
    using type = bool;
};
template <>
struct ElementOf<DType::i32> {
    using type = std::int32_t;
};
template <>
struct ElementOf<DType::i64> {
    using type = std::int64_t;
};
template <>
struct ElementOf<DType::bf16> {
    using type = bf16;
};
template <>
struct ElementOf<DType::f16> {
    using type = f16;
};
/// The C++ type of a DType.
template <DType D>
using Element = typename ElementOf<D>::type;
/// What a value of a DType is while it is computed with.
template <DType D>
using Held = Wide<Element<D>>;

/// Bytes of one element.
constexpr int size_of(DType d) {
    switch (d) {
        case DType::f32:
        case DType::i32: return 4;
        case DType::f64:
        case DType::i64: return 8;
        case DType::bf16:
        case DType::f16: return 2;
        case DType::boolean: return 1;
    }
    return 0;
}
constexpr bool is_floating(DType d) {
    return d == DType::f32 || d == DType::f64 || d == DType::bf16 || d == DType::f16;
}
/// A float of 16 bits (core/narrow.hpp).
constexpr bool is_narrow_type(DType d) { return d == DType::bf16 || d == DType::f16; }
/// The name used in messages, tables and safetensors headers: F32, F64, BOOL, I32, I64, BF16, F16.
constexpr const char* name_of(DType d) {
    switch (d) {
        case DType::f32: return "F32";
        case DType::f64: return "F64";
        case DType::boolean: return "BOOL";
        case DType::i32: return "I32";
        case DType::i64: return "I64";
        case DType::bf16: return "BF16";
        case DType::f16: return "F16";
    }
    return "?";
}

}  // namespace strata
