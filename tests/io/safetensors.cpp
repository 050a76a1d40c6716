// SPDX-License-Identifier: BSL-1.0
#include <strata/io/safetensors.hpp>

#include <doctest/doctest.h>

#include <cstring>
#include <filesystem>
#include <string>
#include <vector>


#include "../fuzz/replay.hpp"
#include "../fuzz/targets.hpp"
#include "../support/folder.hpp"

using strata::DType;
using namespace strata::io;
using support::contains;
using support::error_of;

namespace {

template <class T>
TensorView view(std::string name, DType dtype, std::vector<long> shape, const std::vector<T>& values) {
    return {{std::move(name), dtype, std::move(shape)}, reinterpret_cast<const std::byte*>(values.data()), values.size() * sizeof(T)};
}
template <class T>
std::vector<T> values(const TensorView& tensor) {
    std::vector<T> out(tensor.bytes / sizeof(T));
    if (!out.empty()) std::memcpy(out.data(), tensor.data, tensor.bytes);
    return out;
}

/// The content of tests/golden/make_safetensors.py.
struct Golden {
    std::vector<float> weight{-2.5f, -1.5f, -0.5f, 0.5f, 1.5f, 2.5f}, odd{42.0f}, none{};
    std::vector<double> bias{0.1, -0.2, 1e-30};
    std::vector<std::uint8_t> mask{1, 0, 1};
    std::vector<std::int64_t> step{-7};
    std::vector<std::int32_t> ids{1, -2, 2147483647};
    std::vector<std::uint16_t> half{0x3C00, 0xC000, 0x7BFF};
    std::string odd_name = "na\"me \\ \xC3\xA9\xF0\x9F\x98\x80\n";
    Metadata metadata{{"format", "pt"}, {"note", "a \"quoted\" \\ line\nand \xC3\xA9\xF0\x9F\x98\x80\x01"}};
    std::vector<TensorView> tensors{view("dense.weight", DType::f32, {2, 3}, weight),
                                    view("dense.bias", DType::f64, {3}, bias),
                                    view("mask", DType::boolean, {1, 3}, mask),
                                    view("step", DType::i64, {}, step),
                                    view("ids", DType::i32, {3}, ids),
                                    view("half", DType::f16, {3}, half),
                                    view("empty", DType::f32, {0, 4}, none),
                                    view(odd_name, DType::f32, {1}, odd)};
};

void check_golden(const SafetensorsFile& file) {
    const Golden golden;
    CHECK(file.metadata() == golden.metadata);
    REQUIRE(file.tensors().size() == golden.tensors.size());
    for (const TensorView& wanted : golden.tensors) {
        const TensorView* found = file.find(wanted.name);
        REQUIRE(found);
        CHECK(found->name == wanted.name);
        CHECK(found->dtype == wanted.dtype);
        CHECK(found->shape == wanted.shape);
        CHECK(values<char>(*found) == values<char>(wanted));
    }
    CHECK(file.find("dense") == nullptr);
    CHECK(file.find("") == nullptr);
    CHECK(file.find("zzz") == nullptr);
}

/// The bytes of a file with that header and so many bytes of data.
std::string file_of(std::string header, std::size_t data) {
    std::string out(8, '\0');
    for (std::size_t i = 0; i < 8; ++i) out[i] = static_cast<char>(header.size() >> (8 * i));
    return out + header + std::string(data, 'd');
}
SafetensorsContent parse(const std::string& bytes) { return parse_safetensors(std::as_bytes(std::span(bytes.data(), bytes.size())), "f"); }
std::string parse_error(const std::string& bytes) {
    return error_of([&] { parse(bytes); });
}
std::string header_error(const std::string& header, std::size_t data) { return parse_error(file_of(header, data)); }

}  // namespace

TEST_CASE("the file of the Python package is read") {
    check_golden(SafetensorsFile((std::filesystem::path(__FILE__).parent_path() / "../golden/safetensors.safetensors").string()));
}

TEST_CASE("what is written is read back, and does not depend on the order given") {
    const support::Folder folder;
    const Golden golden;
    write_safetensors(folder / "a", golden.tensors, golden.metadata);
    SafetensorsFile file(folder / "a");
    check_golden(file);
    const SafetensorsFile moved(std::move(file));
    check_golden(moved);
    for (const TensorView& t : moved.tensors())
        CHECK(reinterpret_cast<std::uintptr_t>(t.data) % static_cast<unsigned>(size_of(t.dtype)) == 0);
    const std::vector<TensorView> reversed(golden.tensors.rbegin(), golden.tensors.rend());
    write_safetensors(folder / "b", reversed, golden.metadata);
    CHECK(support::read(folder / "a") == support::read(folder / "b"));
    CHECK(folder.entries() == 2);
}

TEST_CASE("the bytes are these") {
    const support::Folder folder;
    const std::vector<float> a{1.0f};
    write_safetensors(folder / "a", std::vector{view("a", DType::f32, {1, 1}, a)});
    CHECK(support::read(folder / "a") == std::string("\x38\0\0\0\0\0\0\0", 8) +
                                             R"({"a":{"dtype":"F32","shape":[1,1],"data_offsets":[0,4]}})" +
                                             std::string("\0\0\x80\x3f", 4));
    write_safetensors(folder / "ab", std::vector{view("ab", DType::f32, {1, 1}, a)});
    CHECK(support::read(folder / "ab").substr(0, 72) ==
          std::string("\x40\0\0\0\0\0\0\0", 8) + R"({"ab":{"dtype":"F32","shape":[1,1],"data_offsets":[0,4]}}       )");
    write_safetensors(folder / "none", {});
    CHECK(support::read(folder / "none") == std::string("\x08\0\0\0\0\0\0\0{}      ", 16));
    CHECK(SafetensorsFile(folder / "none").tensors().empty());
}

TEST_CASE("foreign habits are taken: order, white space, unaligned data, an empty tensor, escapes") {
    const SafetensorsContent content =
        parse(file_of("{ \"b\" : { \"data_offsets\" : [ 3 , 7 ] ,\n\"shape\" : [ 1 ] , \"dtype\" : \"F32\" } , "
                      "\"\\u0061\":{\"dtype\":\"BOOL\",\"shape\":[3],"
                      "\"data_offsets\":[0,3]},\"z\":{\"dtype\":\"F16\",\"shape\":[5,0],\"data_offsets\":[3,3]},\"__metadata__\":{}}\t ",
                      7));
    REQUIRE(content.tensors.size() == 3);
    CHECK(content.tensors[0].name == "a");
    CHECK(content.tensors[1].name == "z");
    CHECK(content.tensors[2].name == "b");
    CHECK(content.tensors[2].bytes == 4);
    CHECK(content.metadata.empty());
}

TEST_CASE("damaged files are named with the byte") {
    CHECK(contains(parse_error(""), "strata: 'f': a safetensors file begins with 8 bytes of header length, but this one has 0 bytes"));
    CHECK(contains(parse_error("1234567"), "has 7 bytes"));
    CHECK(contains(parse_error(std::string(8, '\0')), "does not begin with '{', at byte 8"));
    CHECK(contains(parse_error(std::string(8, '\xFF') + "{}"), "the header claims 18446744073709551615 bytes, but the file has 2"));
    CHECK(contains(parse_error(std::string("\x03\0\0\0\0\0\0\0{}", 10)), "the header claims 3 bytes, but the file has 2"));
    CHECK(contains(header_error(" {}", 0), "does not begin with '{'"));
    CHECK(contains(header_error("{} x", 0), "expected the end of the text, found 'x', at byte 11"));
    CHECK(contains(header_error("{", 0), "the text ends where a string is expected, at byte 9"));
    std::string large(100'000'001, ' ');
    large[0] = '{', large[1] = '}';
    CHECK(contains(header_error(large, 0), "100000000 is the limit"));
    const Golden golden;
    const support::Folder folder;
    write_safetensors(folder / "a", golden.tensors, golden.metadata);
    const std::string whole = support::read(folder / "a");
    for (std::size_t n = 0; n < whole.size(); ++n) REQUIRE(contains(parse_error(whole.substr(0, n)), "the file is damaged or hostile"));
    CHECK(contains(parse_error(whole + "x"), "no tensor claims the last 1 bytes, at byte " + std::to_string(whole.size())));
    support::write(folder / "b", whole.substr(0, 100));
    CHECK(contains(error_of([&] { SafetensorsFile(folder / "b"); }), "strata: '" + (folder / "b") + "': the header claims"));
    CHECK(contains(error_of([&] { SafetensorsFile(folder / "none"); }), "No such file"));
}

TEST_CASE("headers that contradict themselves are errors") {
    const auto one = [](const std::string& dtype, const std::string& shape, const std::string& offsets) {
        return "{\"a\":{\"dtype\":\"" + dtype + "\",\"shape\":" + shape + ",\"data_offsets\":" + offsets + "}}";
    };
    CHECK(header_error(one("F32", "[2]", "[0,8]"), 8) == "no error");
    CHECK(contains(header_error(one("F32", "[2]", "[0,7]"), 7), "tensor 'a' has 7 bytes, but F32 [2] takes 8, at byte 9"));
    CHECK(contains(header_error(one("F64", "[2]", "[0,8]"), 8), "has 8 bytes, but F64 [2] takes 16"));
    CHECK(contains(header_error(one("F32", "[2]", "[0,8]"), 7), "claims the bytes 0 to 8 of 7 bytes of data"));
    CHECK(contains(header_error(one("F32", "[0]", "[8,0]"), 8), "claims the bytes 8 to 0"));
    CHECK(contains(header_error(one("F32", "[2]", "[18446744073709551612,4]"), 8), "claims the bytes"));
    CHECK(contains(header_error(one("F32", "[2]", "[4,12]"), 12),
                   "leaves a hole before it: it begins at 4 of the data, the one before it ends at 0"));
    CHECK(contains(header_error(one("F32", "[2]", "[0,8]"), 9), "no tensor claims the last 1 bytes"));
    CHECK(contains(header_error(one("F32", "[4611686018427387904,4]", "[0,0]"), 0), "larger than 63 bits can count"));
    CHECK(contains(header_error(one("F32", "[4294967296,4294967296,0]", "[0,0]"), 0), "larger than 63 bits can count"));
    CHECK(contains(header_error(one("F32", "[9223372036854775808]", "[0,0]"), 0), "has an extent that exceeds 63 bits"));
    CHECK(contains(header_error(one("F32", "[-1]", "[0,0]"), 0), "expected an unsigned integer, found '-'"));
    CHECK(contains(header_error(one("F32", "[1.5]", "[0,0]"), 0), "not an integer"));
    CHECK(contains(header_error(one("F32", "[1,]", "[0,4]"), 4), "expected an unsigned integer, found ']'"));
    CHECK(contains(header_error(one("F32", "[[1]]", "[0,4]"), 4), "expected an unsigned integer, found '['"));
    CHECK(contains(header_error(one("F32", "[1]", "[0]"), 4), "expected ',', found ']'"));
    CHECK(contains(header_error(one("F32", "[1]", "[0,4,4]"), 4), "expected ']', found ','"));
    CHECK(contains(header_error(one("U9", "[1]", "[0,4]"), 4), "tensor 'a' has the element type 'U9', but F32, F64"));
    CHECK(contains(header_error(one("f32", "[1]", "[0,4]"), 4), "the element type 'f32'"));
    std::string deep = "[1";
    for (int i = 0; i < 32; ++i) deep += ",1";
    CHECK(contains(header_error(one("F32", deep + "]", "[0,4]"), 4), "has over 32 axes"));
    CHECK(contains(header_error(R"({"a":{"dtype":"F32","shape":[1]}})", 4), "tensor 'a' lacks 'data_offsets', at byte 9"));
    CHECK(contains(header_error(R"({"a":{"shape":[1],"data_offsets":[0,4]}})", 4), "lacks 'dtype'"));
    CHECK(contains(header_error(R"({"a":{"dtype":"F32","data_offsets":[0,4]}})", 4), "lacks 'shape'"));
    CHECK(contains(header_error(R"({"a":{}})", 0), "lacks 'dtype'"));
    CHECK(contains(header_error(R"({"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}})", 4),
                   "tensor 'a' has 'dtype' twice, at byte 28"));
    CHECK(contains(header_error(R"({"a":{"shape":[1],"shape":[1]}})", 4), "has 'shape' twice"));
    CHECK(contains(header_error(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"more":1}})", 4), "has the unknown key 'more'"));
    CHECK(contains(header_error(R"({"a":1})", 0), "expected '{', found '1'"));
    CHECK(contains(header_error("{\"a\xFF\":{}}", 0), "not valid UTF-8, at byte 11"));
    CHECK(contains(header_error(R"({"__metadata__":{"k":1}})", 0), "expected a string, found '1'"));
    CHECK(contains(header_error(R"({"__metadata__":{"k":"a","k":"b"}})", 0), "the metadata has 'k' twice, at byte 33"));
    CHECK(contains(header_error(R"({"__metadata__":{},"__metadata__":{}})", 0), "has '__metadata__' twice"));
    const std::string a = R"("a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]})",
                      b = R"("b":{"dtype":"F32","shape":[1],"data_offsets":)";
    CHECK(contains(header_error("{" + a + "," + a + "}", 4), "the header has tensor 'a' twice, at byte 62"));
    CHECK(contains(header_error("{" + a + "," + b + "[0,4]}}", 4), "tensor 'b' overlaps the one before it"));
    CHECK(contains(header_error("{" + a + "," + b + "[2,6]}}", 6), "tensor 'b' overlaps the one before it: it begins at 2"));
    CHECK(contains(header_error("{" + a + "," + b + "[8,12]}}", 12), "tensor 'b' leaves a hole before it"));
    CHECK(header_error("{" + a + "," + b + "[4,8]}}", 8) == "no error");
}

TEST_CASE("deep nesting and many brackets cannot exhaust the stack") {
    CHECK(contains(header_error("{\"a\":" + std::string(1'000'000, '['), 0), "expected '{'"));
    CHECK(contains(header_error(std::string(1'000'000, '{'), 0), "expected a string, found '{'"));
}

TEST_CASE("the comparison with a model lists all differences at once") {
    const support::Folder folder;
    const std::vector<float> two{1, 2};
    const std::vector<std::uint16_t> half{1, 2};
    write_safetensors(folder / "w", std::vector{view("a", DType::f32, {2}, two), view("dense.bias", DType::f16, {2}, half),
                                                view("dense.weight", DType::f32, {1, 2}, two), view("extra", DType::f32, {2}, two)});
    const SafetensorsFile file(folder / "w");
    const WantedTensor a{"a", DType::f32, {2}}, bias{"dense.bias", DType::f16, {2}}, weight{"dense.weight", DType::f32, {1, 2}},
        extra{"extra", DType::f32, {2}};
    CHECK(error_of([&] { check(file, std::vector{extra, bias, weight, a}); }) == "no error");
    CHECK(error_of([&] {
              check(
                  file,
                  std::vector<WantedTensor>{
                      a, {"dense.bias", DType::f32, {2}}, {"dense.weight", DType::f32, {2, 1}}, {"conv.weight", DType::f32, {8, 1, 3, 3}}});
          }) == "strata: '" + file.path() +
                    "' does not fit the model, 4 differences; load it into the model that wrote it, or change the model to fit:"
                    "\n  dtype       dense.bias    expected F32, found F16"
                    "\n  shape       dense.weight  expected [2, 1], found [1, 2]"
                    "\n  missing     conv.weight   expected F32 [8, 1, 3, 3]"
                    "\n  unexpected  extra         found F32 [2]");
    const std::string both = error_of([&] { check(file, std::vector<WantedTensor>{{"a", DType::f64, {3}}, bias, weight, extra}); });
    CHECK(contains(both, "2 differences"));
    CHECK(contains(both, "expected F64, found F32"));
    CHECK(contains(both, "expected [3], found [2]"));
    CHECK(contains(error_of([&] { check(file, std::vector{a, bias, weight}); }), "1 difference;"));
    CHECK(contains(error_of([&] { check(file, {}); }), "4 differences"));
}

TEST_CASE("a writer refuses what a reader would, and leaves the old file") {
    const support::Folder folder;
    support::write(folder / "a", "old");
    const std::vector<float> two{1, 2};
    const auto error = [&](std::vector<TensorView> tensors, const Metadata& metadata = {}) {
        return error_of([&] { write_safetensors(folder / "a", tensors, metadata); });
    };
    CHECK(contains(error({view("a", DType::f32, {3}, two)}),
                   "tensor 'a' is given 8 bytes, which are not those of F32 [3]; correct its shape or size"));
    CHECK(contains(error({view("a", DType::f32, {-2}, two)}), "which are not those of F32 [-2]"));
    CHECK(contains(error({view("a", DType::f32, {4611686018427387904, 4611686018427387904}, two)}), "which are not those of"));
    CHECK(contains(error({TensorView{{"a", DType::f32, {2}}, nullptr, 8}}), "is given 0 bytes"));
    CHECK(contains(error({view("a", DType::f32, {2}, two), view("a", DType::f32, {2}, two)}), "tensor 'a' is given twice"));
    const std::vector<std::uint8_t> eight(8, 1);  // twins of other element size are not neighbours in the file
    CHECK(contains(error({view("a", DType::f32, {2}, two), view("b", DType::f32, {2}, two), view("a", DType::boolean, {8}, eight)}),
                   "tensor 'a' is given twice"));
    CHECK(contains(error({view("__metadata__", DType::f32, {2}, two)}), "the format reserves"));
    CHECK(contains(error({view("\xFF", DType::f32, {2}, two)}), "not valid UTF-8"));
    CHECK(contains(error({}, {{"k", "\xFF"}}), "not valid UTF-8"));
    CHECK(contains(error({view("a", DType::f32, std::vector<long>(33, 1), std::vector<float>{1})}), "over 32 axes"));
    CHECK(support::read(folder / "a") == "old");
    CHECK(folder.entries() == 1);
    CHECK(contains(error_of([&] { write_safetensors(folder / "none/a", {}); }), "No such file or directory"));
}

TEST_CASE("a file may be replaced while it is open") {
    const support::Folder folder;
    const Golden golden;
    write_safetensors(folder / "a", golden.tensors, golden.metadata);
    const SafetensorsFile file(folder / "a");
    write_safetensors(folder / "a", file.tensors(), file.metadata());
    check_golden(file);
    check_golden(SafetensorsFile(folder / "a"));
}

TEST_CASE("the fuzzer's corpus and 10,000 mutations of it give an error or sound content") {
    const fuzz::Replay done = fuzz::replay((std::filesystem::path(__FILE__).parent_path() / "../fuzz/corpus/safetensors").string(), 10'000,
                                           [](std::span<const std::byte> bytes) { return fuzz::safetensors(bytes); });
    CHECK(done.corpus >= 13);
    CHECK(done.accepted >= 8);
    CHECK(done.mutations == 10'000);
    CHECK(done.accepted_mutations > 100);  // the mutations reach beyond the first check
    CHECK(done.accepted_mutations < 9'000);
}
