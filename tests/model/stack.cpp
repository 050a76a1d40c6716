// SPDX-License-Identifier: BSL-1.0
#include <strata/model/stack.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <string>
#include <type_traits>
#include <vector>

#include <strata/layer/batch_norm.hpp>
#include <strata/layer/conv2d.hpp>
#include <strata/layer/dense.hpp>
#include <strata/layer/flatten.hpp>
#include <strata/layer/tanh.hpp>
#include <strata/model/model.hpp>

namespace st = strata;
using st::Dims;

namespace {
template <class Net, class In, class Real = float, int B = 8, st::Mode M = st::Mode::infer>
using Base = st::detail::TraceBase<Net, In, B, Real, M>;

struct Wanted {
    const char* path;
    Dims dims;
    bool trained;
    long offset;
};
/// The first entry of a layout that is not the one wanted, or nothing.
template <class Real, int N>
std::string unlike(const st::Layout<Real, N>& layout, const std::vector<Wanted>& wanted) {
    if (layout.entries != N || wanted.size() != static_cast<std::size_t>(N)) return std::to_string(layout.entries) + " entries";
    for (int i = 0; i < N; ++i) {
        const auto& e = layout.entry[i];
        const Wanted& w = wanted[static_cast<std::size_t>(i)];
        if (e.path != std::string(w.path)) return std::string(e.path) + ", not " + w.path;
        if (!(e.dims == w.dims)) return std::string(e.path) + " has other dims";
        if (e.trained != w.trained || e.offset != w.offset) return std::string(e.path) + " lies at " + std::to_string(e.offset);
    }
    return "";
}

/// x N, so that what a stack did can be read off its result.
template <int N>
struct Times {
    static constexpr auto forward(const auto&, st::Expression auto x) { return x * static_cast<double>(N); }
};
/// x + N x stays exact for small whole numbers.
template <class Net>
double of_one() {
    const st::Model<Net, st::Shape<2>, st::Host, st::Precision<double>> model;
    const st::Tensor<double, 2> y = model(st::Tensor<double, 2>{1, -1});
    return y(0) == -y(1) ? y(0) : -1;
}
template <int N>
struct Deep {
    using type = st::Residual<typename Deep<N - 1>::type>;
};
template <>
struct Deep<0> {
    using type = st::Sequential<>;
};

struct Wordy {
    template <class In>
    struct Parameters {
        BOOST_HANA_DEFINE_STRUCT(Parameters, (st::Param<st::Shape<3>, st::Zeros>, forty_eight_characters_are_all_that_a_path_holds));
    };
    static constexpr auto forward(const auto&, st::Expression auto x) { return x; }
};
}  // namespace

TEST_CASE("the layout of a nested stack, entry by entry") {
    using Net = st::Sequential<st::Dense<6>, st::Residual<st::Sequential<st::Dense<6>, st::Tanh>, st::Residual<st::BatchNorm>>, st::Sequential<>,
                               st::Repeat<2, st::Dense<4>, st::BatchNorm>, st::Dense<17, st::GlorotUniform, st::NoBias>>;
    // A layer's number counts the layers before it, and a residual block's begin and end. Offsets are numbers of float, 16 to a line.
    const std::vector<Wanted> wanted = {
        {"0.weight", {2, {5, 6}}, true, 0},     {"0.bias", {1, {6}}, true, 32},          {"2.weight", {2, {6, 6}}, true, 48},   {"2.bias", {1, {6}}, true, 96},
        {"5.weight", {1, {6}}, true, 112},      {"5.bias", {1, {6}}, true, 128},         {"5.mean", {1, {6}}, false, 0},        {"5.variance", {1, {6}}, false, 16},
        {"8.weight", {2, {6, 4}}, true, 144},   {"8.bias", {1, {4}}, true, 176},         {"9.weight", {1, {4}}, true, 192},     {"9.bias", {1, {4}}, true, 208},
        {"9.mean", {1, {4}}, false, 32},        {"9.variance", {1, {4}}, false, 48},     {"10.weight", {2, {4, 4}}, true, 224}, {"10.bias", {1, {4}}, true, 240},
        {"11.weight", {1, {4}}, true, 256},     {"11.bias", {1, {4}}, true, 272},        {"11.mean", {1, {4}}, false, 64},      {"11.variance", {1, {4}}, false, 80},
        {"12.weight", {2, {4, 17}}, true, 288},
    };
    constexpr auto layout = Base<Net, st::Shape<5>>::layout;
    CHECK(unlike(layout, wanted) == "");
    CHECK(layout.parameters == 288 + 80);
    CHECK(layout.states == 96);
    CHECK(layout.trained == 30 + 6 + 36 + 6 + 12 + 24 + 4 + 8 + 16 + 4 + 8 + 68);
    CHECK(layout.running == 12 + 8 + 8);
    CHECK(unlike(Base<Net, st::Shape<5>, float, 1, st::Mode::train>::layout, wanted) == "");  // neither batch nor mode matter
    static_assert(std::is_same_v<Base<Net, st::Shape<5>>::Output, st::Shape<-8, 17>>);

    constexpr auto twice = Base<Net, st::Shape<5>, double>::layout;  // 8 to a line
    CHECK(twice.entry[2].offset == 32 + 8);
    CHECK(twice.parameters == 32 + 8 + 40 + 8 + 8 + 8 + 24 + 8 + 8 + 8 + 16 + 8 + 8 + 8 + 72);
}
TEST_CASE("each layer is given the shape that the one before it makes") {
    using Net = st::Sequential<st::Conv2d<3, 3>, st::Residual<st::Conv2d<3, 3, st::Sliding<1, 1, 1>>, st::BatchNorm>, st::Flatten, st::Dense<2>>;
    const std::vector<Wanted> wanted = {
        {"0.weight", {4, {3, 1, 3, 3}}, true, 0},   {"0.bias", {3, {3, 1, 1}}, true, 32},  {"2.weight", {4, {3, 3, 3, 3}}, true, 48}, {"2.bias", {3, {3, 1, 1}}, true, 144},
        {"3.weight", {3, {3, 1, 1}}, true, 160},    {"3.bias", {3, {3, 1, 1}}, true, 176}, {"3.mean", {3, {3, 1, 1}}, false, 0},      {"3.variance", {3, {3, 1, 1}}, false, 16},
        {"6.weight", {2, {3 * 4 * 5, 2}}, true, 192}, {"6.bias", {1, {2}}, true, 320},
    };
    CHECK(unlike(Base<Net, st::Shape<1, 6, 7>>::layout, wanted) == "");
}
TEST_CASE("residual blocks add their own input, however they nest") {
    using st::Residual, st::Sequential, st::Repeat;
    CHECK(of_one<Residual<Times<3>>>() == 4);
    CHECK(of_one<Residual<Times<2>, Residual<Times<3>>>>() == 1 + (2 + 6));
    CHECK(of_one<Residual<Residual<Times<3>>, Times<5>>>() == 1 + 5 * 4);
    CHECK(of_one<Sequential<Residual<Times<2>>, Times<7>, Residual<Times<4>>>>() == 3 * 7 * 5);
    CHECK(of_one<Residual<Times<2>, Residual<Times<3>, Residual<Times<5>>, Times<2>>, Residual<Times<9>>>>() == 1 + 10 * (2 + 2 * (6 + 30)));
    CHECK(of_one<Repeat<3, Residual<Times<2>, Repeat<2, Residual<Times<1>>>>>>() == 9 * 9 * 9);
    CHECK(of_one<Deep<8>::type>() == 9);
    CHECK(of_one<Deep<20>::type>() == 21);
}
TEST_CASE("a stack of layers without parameters has an empty layout, and so has an empty one") {
    using Plain = Base<st::Sequential<st::Tanh, st::Residual<st::Tanh>, st::Repeat<3, st::Flatten>>, st::Shape<2, 3>>;
    static_assert(Plain::fields == 0 && Plain::layout.entries == 0 && Plain::layout.parameters == 0 && Plain::layout.states == 0);
    static_assert(std::is_same_v<Plain::Output, st::Shape<-8, 6>>);
    using Nothing = Base<st::Sequential<st::Sequential<>, st::Repeat<5>>, st::Shape<7>>;
    static_assert(Nothing::layout.entries == 0 && Nothing::layout.parameters == 0 && std::is_same_v<Nothing::Output, st::Shape<-8, 7>>);
    CHECK(of_one<st::Sequential<>>() == 1);
    CHECK(of_one<st::Sequential<st::Repeat<5>, Times<3>>>() == 3);
}
TEST_CASE("a path is the number and the name") {
    char path[56];
    const auto of = [&](int number, const char* field) {
        for (char& c : path) c = '#';
        path[55] = 0;
        st::detail::write_path(path, number, field);
        return std::string(path).substr(0, std::string(path).find('#'));
    };
    CHECK(of(0, "weight") == "0.weight");
    CHECK(of(10, "b") == "10.b");
    CHECK(of(2147483647, "weight") == "2147483647.weight");
    const auto& entry = Base<st::Sequential<st::Tanh, Wordy>, st::Shape<3>>::layout.entry;
    CHECK(std::string(entry[0].path) == "1.forty_eight_characters_are_all_that_a_path_holds");
}
TEST_CASE("a walk ends at the first mistake, with what came before it") {
    using In = st::Shape<5>;
    using Bad = Base<st::Sequential<st::Dense<6>, st::Residual<st::Dense<7>>, st::Dense<8>>, In>;
    static_assert(std::is_same_v<Bad::Fault, st::ResidualChangesShape<st::AtLayer<1, st::Residual<st::Dense<7>>>, st::Shape<8, 6>, st::Shape<8, 7>>>);
    static_assert(std::is_same_v<Bad::Output, st::Shape<-8, 7>> && Bad::layout.entries == 4);
    using Never = Base<st::Sequential<st::Dense<6>, st::Repeat<0, st::Dense<7>>>, In>;
    static_assert(std::is_same_v<Never::Output, st::Shape<-8, 6>> && Never::layout.entries == 2);
    using No = Base<st::Sequential<st::Dense<6>, int, st::Dense<7>>, In>;
    static_assert(!std::is_same_v<No::Fault, st::NoFault> && No::layout.entries == 2);
    static_assert(std::is_same_v<Base<st::Dense<6>, In>::Fault, st::NoFault>);
}
