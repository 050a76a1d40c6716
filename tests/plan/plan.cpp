// SPDX-License-Identifier: BSL-1.0
#include <strata/plan/plan.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "../support/interpreter.hpp"
#include "../support/random_graph.hpp"
#include "../support/zero.hpp"

namespace strata::test {
namespace {

constexpr int lanes = 4;
using Views = Graph<16, 1>;

/// Where an element of the root lies: row-major, or [further axes][batch, in whole vectors].
long own_address(const Dims& d, bool innermost, const int* index) {
    if (!innermost) return place_of(d, index);
    long at = 0;
    for (int i = 1; i < d.rank; ++i) at = at * d.extent[i] + index[i];
    return at * ((capacity(d.extent[0]) + lanes - 1) / lanes * lanes) + index[0];
}
Dims at_capacity(Dims d) {
    for (int i = 0; i < d.rank; ++i) d.extent[i] = capacity(d.extent[i]);
    return d;
}
int move(Views& g, int of, Move what, const Dims& to, int a = 0, int b = 0, int c = 0) {
    Node n;
    n.kind = Kind::move;
    n.op = -1;
    n.type = DType::f64;
    n.arity = 1;
    n.in[0] = of;
    n.dims = to;
    n.attributes.value[0] = static_cast<int>(what);
    n.attributes.value[1] = a, n.attributes.value[2] = b, n.attributes.value[3] = c;
    g.node[g.nodes] = n;
    return g.nodes++;
}
Views leaf(const Dims& d) {
    Views g;
    g.node[0].kind = Kind::leaf;
    g.node[0].type = DType::f64;
    g.node[0].dims = d;
    g.nodes = 1;
    return g;
}
/// Some move of the last node. A bounded batch stays the first axis, whole.
void random_move(Views& g, Dice& dice) {
    const int of = g.nodes - 1, first = g.node[of].dims.bounded() ? 1 : 0;
    Dims d = g.node[of].dims;
    const int axis = d.rank > first ? first + dice(d.rank - first) : -1;
    const int e = axis < 0 ? 1 : d.extent[axis];
    switch (dice(6)) {
        case 0:
        case 1:
            if (axis >= 0 && axis + 1 < d.rank && dice(2)) {  // two axes into one
                d.extent[axis] *= d.extent[axis + 1];
                for (int i = axis + 1; i + 1 < d.rank; ++i) d.extent[i] = d.extent[i + 1];
                d.extent[--d.rank] = 0;
            } else if (axis >= 0 && d.rank < max_rank) {  // one into two
                for (int i = d.rank++; i > axis; --i) d.extent[i] = d.extent[i - 1];
                const int cut = e % 3 == 0 ? 3 : e % 2 == 0 ? 2 : 1;
                d.extent[axis] = cut, d.extent[axis + 1] = e / cut;
            }
            move(g, of, Move::reshape, d);
            break;
        case 2: {
            int order[max_rank] = {0, 1, 2, 3, 4};
            for (int i = d.rank - 1; i > first; --i) std::swap(order[i], order[first + dice(i - first + 1)]);
            for (int i = 0; i < d.rank; ++i) d.extent[i] = g.node[of].dims.extent[order[i]];
            const int n = move(g, of, Move::transpose, d);
            for (int i = 0; i < d.rank; ++i) g.node[n].attributes.value[1 + i] = order[i];
            break;
        }
        case 3:
            if (axis >= 0 && e == 1) d.extent[axis] = 1 + dice(3);
            if (d.rank < max_rank && first == 0 && dice(2)) {
                for (int i = d.rank++; i > 0; --i) d.extent[i] = d.extent[i - 1];
                d.extent[0] = 1 + dice(2);
            }
            move(g, of, Move::broadcast, d);
            break;
        case 4:
            if (axis < 0) return;
            {
                const int begin = dice(e), step = 1 + dice(2);
                d.extent[axis] = (e - begin + step - 1) / step;
                move(g, of, Move::slice, d, axis, begin, step);
            }
            break;
        default:
            if (axis < 0 || dice(2)) return;
            {
                const int before = dice(3), after = dice(3);
                d.extent[axis] += before + after;
                if (before + after > 0) move(g, of, Move::pad, d, axis, before);
            }
    }
}
Dims random_dims(Dice& dice) {
    constexpr int sizes[] = {1, 2, 3, 4, 6};
    Dims d;
    d.rank = 1 + dice(4);
    for (int i = 0; i < d.rank; ++i) d.extent[i] = sizes[dice(5)];
    if (dice(2)) d.extent[0] = -(1 + dice(6));
    return d;
}
/// A view's address of a place, or -1 for padding.
long address(const View& v, const Dims& d, const int* index) {
    long at = v.offset;
    for (int i = 0; i < d.rank; ++i) {
        if (v.high[i] > 0 && (index[i] < v.low[i] || index[i] >= v.high[i])) return -1;
        at += v.stride[i] * (index[i] - (v.high[i] > 0 ? v.low[i] : 0));
    }
    return at;
}
/// Whether addresses in row-major order are an offset and a stride for each axis.
bool regular(const Dims& d, const std::vector<double>& at) {
    long stride[max_rank] = {};
    int one[max_rank] = {};
    for (int i = 0; i < d.rank; ++i) {
        if (d.extent[i] == 1) continue;
        one[i] = 1;
        stride[i] = static_cast<long>(at[static_cast<std::size_t>(place_of(d, one))] - at[0]);
        one[i] = 0;
    }
    bool good = true;
    each_place(d, [&](const int* index) {
        long wanted = static_cast<long>(at[0]);
        for (int i = 0; i < d.rank; ++i) wanted += index[i] * stride[i];
        good = good && at[static_cast<std::size_t>(place_of(d, index))] == static_cast<double>(wanted);
    });
    return good;
}
}  // namespace

// docs/decisions/0001: what constexpr arrays hold begins as zeros.
static_assert(Plan<3, 2>{}.arena == 0 && Plan<3, 2>{}.node[2].group == 0);
TEST_CASE("plans begin as zeros") {
    CHECK(begins_as_zeros<NodePlan>());
    CHECK(begins_as_zeros<Group>());
    CHECK(begins_as_zeros<Plan<3, 2>>());
    CHECK_FALSE(begins_as_zeros<View>());  // so the check can fail
}
TEST_CASE("a number is rounded up to the next multiple") {
    for (long to : {1, 4, 16, 64})
        for (long n = 0; n < 200; ++n) {
            const long r = detail::round_up(n, to);
            CHECK((r % to == 0 && r >= n && r - n < to));
        }
}
TEST_CASE("views of views find the elements that the moves name, in either layout; strides are given up only where there are none") {
    int found = 0, refused = 0, padded = 0;
    for (std::uint64_t seed = 0; seed < 4000; ++seed) {
        Dice dice{seed};
        Views g = leaf(random_dims(dice));
        const int moves = 1 + dice(4);
        for (int i = 0; i < moves; ++i) random_move(g, dice);
        const Dims root = g.node[0].dims, full = at_capacity(root);
        if (g.node[g.nodes - 1].dims.size() > 5000) continue;
        for (const bool innermost : {false, true}) {
            if (innermost && !root.bounded()) continue;
            CAPTURE(seed);
            CAPTURE(innermost);
            // The memory holds 1 + its own addresses; 0 is padding.
            Value v{full, std::vector<double>(static_cast<std::size_t>(full.size()))};
            each_place(full, [&](const int* index) { v[place_of(full, index)] = 1 + static_cast<double>(own_address(root, innermost, index)); });
            bool excused = false, pads = false;  // a view may be given up where it, or one it looks through, is no strided one
            for (int i = 1; i < g.nodes; ++i) {
                pads = pads || detail::move_of(g.node[i]) == Move::pad;
                v = interpret::move(g.node[i], v, at_capacity(g.node[i].dims));
                excused = excused || pads || !regular(v.dims, v.at);
            }
            const View view = view_in(g, g.nodes - 1, innermost, lanes);
            CHECK(view.root == 0);
            if (!view.valid) {
                CHECK(excused);
                ++refused;
                continue;
            }
            bool same = true;
            each_place(v.dims, [&](const int* index) { same = same && static_cast<double>(1 + address(view, v.dims, index)) == v[place_of(v.dims, index)]; });
            CHECK(same);
            padded += pads;
            ++found;
        }
    }
    CHECK(found > 3000);
    CHECK(refused > 300);
    CHECK(padded > 300);
}
TEST_CASE("a stored value takes whole vectors of samples where the batch lies innermost") {
    const Dims image{4, {-6, 3, 2, 5}};
    CHECK(detail::stored_elements(image, false, 4) == 6 * 30);
    CHECK(detail::stored_elements(image, true, 4) == 8 * 30);
    CHECK(detail::stored_elements(image, true, 16) == 16 * 30);
    CHECK(detail::stored_elements(Dims{}, false, 4) == 1);
}
namespace {
constexpr Pin pins[] = {{.m = 8, .n = 16, .k = 4, .tiles = {64, 32, 16, 2}}, {.m = 8, .n = 16, .k = 4, .tiles = {32, 32}, .operands = DType::bf16}};
constexpr Policy pinning = [] {
    Policy p;
    p.tiles = {128, 128};
    p.pin = pins;
    p.pins = 2;
    return p;
}();
}  // namespace
TEST_CASE("a pin is for one shape and type; others have the policy's tiles") {
    static_assert(tiles_for(pinning, DType::f32, 8, 16, 4).m == 64 && tiles_for(pinning, DType::f32, 8, 16, 4).stages == 2);
    static_assert(tiles_for(pinning, DType::bf16, 8, 16, 4).m == 32 && tiles_for(pinning, DType::f16, 8, 16, 4).m == 128);
    static_assert(tiles_for(pinning, DType::f32, 16, 8, 4).m == 128 && tiles_for(pinning, DType::f32, 8, 16, 5).m == 128);
    static_assert(tiles_for(Policy{}, DType::f32, 8, 16, 4).m == 0);
}
TEST_CASE("views are followed to the memory that they show; copies are memory of their own") {
    Views g = leaf({2, {3, 4}});
    move(g, 0, Move::transpose, {2, {4, 3}}, 1, 0);
    move(g, 1, Move::reshape, {1, {12}});
    g.node[2].attributes.value[9] = 1;
    move(g, 2, Move::slice, {1, {5}}, 0, 2, 1);
    CHECK(detail::root_of(g, 1) == 0);
    CHECK(detail::root_of(g, 3) == 2);
    CHECK(detail::pointwise(g.node[2]));
    CHECK_FALSE(detail::keeps_rows(g.node[2]));
    g.node[2].attributes.value[9] = 2;
    CHECK(detail::keeps_rows(g.node[2]));
    // A plan says which roots lie batch innermost.
    Plan<16, 1> plan;
    CHECK(view_of(g, plan, 1, lanes).stride[0] == 1);
    CHECK(view_of(g, plan, 1, lanes).stride[1] == 4);
    plan.node[0].lanes = true;
    CHECK(view_of(g, plan, 1, lanes).stride[1] == 1);
}

}  // namespace strata::test
