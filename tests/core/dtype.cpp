// SPDX-License-Identifier: BSL-1.0
#include <strata/core/dtype.hpp>

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <type_traits>

namespace strata::test {

static_assert(dtype_of<float> == DType::f32 && dtype_of<double> == DType::f64 && dtype_of<bool> == DType::boolean);
static_assert(dtype_of<std::int32_t> == DType::i32 && dtype_of<std::int64_t> == DType::i64 && dtype_of<bf16> == DType::bf16 && dtype_of<f16> == DType::f16);

constexpr DType all[] = {DType::f32, DType::f64, DType::boolean, DType::i32, DType::i64, DType::bf16, DType::f16};

template <DType D>
constexpr bool agrees = dtype_of<Element<D>> == D && size_of(D) == static_cast<int>(sizeof(Element<D>));
static_assert(agrees<DType::f32> && agrees<DType::f64> && agrees<DType::boolean> && agrees<DType::i32> && agrees<DType::i64> && agrees<DType::bf16> &&
                  agrees<DType::f16>,
              "type and value lead to each other, and the size is the type's");

static_assert(is_floating(DType::f32) && is_floating(DType::f64) && is_floating(DType::bf16) && is_floating(DType::f16));
static_assert(!is_floating(DType::boolean) && !is_floating(DType::i32) && !is_floating(DType::i64));

TEST_CASE("names are those of safetensors, each its own") {
    CHECK(std::string(name_of(DType::f32)) == "F32");
    CHECK(std::string(name_of(DType::f64)) == "F64");
    CHECK(std::string(name_of(DType::boolean)) == "BOOL");
    CHECK(std::string(name_of(DType::i32)) == "I32");
    CHECK(std::string(name_of(DType::i64)) == "I64");
    CHECK(std::string(name_of(DType::bf16)) == "BF16");
    CHECK(std::string(name_of(DType::f16)) == "F16");
    std::set<std::string> names;
    for (DType d : all) names.insert(name_of(d));
    CHECK(names.size() == std::size(all));
}

TEST_CASE("a value that is no dtype has no size and a name that says so") {
    const auto stray = static_cast<DType>(200);
    CHECK(size_of(stray) == 0);
    CHECK(std::string(name_of(stray)) == "?");
}

}  // namespace strata::test
