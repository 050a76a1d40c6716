// SPDX-License-Identifier: BSL-1.0
#include <strata/plan/merge.hpp>

#include <doctest/doctest.h>

#include <initializer_list>

using namespace strata;

namespace {
AnyCode nest(std::initializer_list<int> extents) {
    AnyCode c{};
    int l = 0;
    for (const int e : extents) c.loops.extent[l++] = e;
    c.loops.bounded = -1;
    c.loops.unit = 1;
    return c;
}
void read(AnyCode& c, std::initializer_list<long> strides) {
    Operand& o = c.operand[c.operands++];
    int l = 0;
    for (const long s : strides) o.stride[l++] = s;
}
long turns(const AnyCode& c) {
    long n = 1;
    for (const int e : c.loops.extent) n *= e;
    return n;
}
/// Element of operand k at the turn `turn` of the whole nest, counted in order.
long place(const AnyCode& c, int k, long turn) {
    long at = 0;
    for (int l = max_loops - 1; l >= 0; --l) {
        at += turn % c.loops.extent[l] * c.operand[k].stride[l];
        turn /= c.loops.extent[l];
    }
    return at;
}
/// Merging changes neither the number of turns nor, in order, what each reads.
void check_same(const AnyCode& before, const AnyCode& after) {
    REQUIRE(turns(before) == turns(after));
    for (int k = 0; k < before.operands; ++k)
        for (long t = 0; t < turns(before); ++t) CHECK(place(before, k, t) == place(after, k, t));
}
}  // namespace

TEST_CASE("loops of one array in order become one") {
    AnyCode c = nest({2, 3, 1, 1, 1, 1, 1, 5});
    read(c, {15, 5, 0, 0, 0, 0, 0, 1});
    AnyCode m = c;
    merge_loops(m, 16);
    CHECK(m.loops.extent[lane_loop] == 30);
    check_same(c, m);
}

TEST_CASE("loops that would be more turns than an int counts stay apart") {
    AnyCode c = nest({1, 1, 1, 1, 1, 1, 50000, 50000});
    read(c, {0, 0, 0, 0, 0, 0, 50000, 1});
    merge_loops(c, 16);
    CHECK(turns(c) == 2500000000);
    CHECK(c.loops.extent[lane_loop] == 50000);
}

TEST_CASE("an operand that jumps keeps the loop") {
    AnyCode c = nest({2, 3, 1, 1, 1, 1, 1, 5});
    read(c, {15, 5, 0, 0, 0, 0, 0, 1});
    read(c, {0, 0, 0, 0, 0, 0, 0, 1});  // a bias
    AnyCode m = c;
    merge_loops(m, 16);
    CHECK(m.loops.extent[lane_loop] == 5);
    check_same(c, m);
    // Part of each row of a wider array: rows go on from one to the next, elements do not.
    AnyCode cut = nest({2, 3, 1, 1, 1, 1, 1, 5});
    read(cut, {24, 8, 0, 0, 0, 0, 0, 1});
    m = cut;
    merge_loops(m, 16);
    CHECK(m.loops.extent[lane_loop] == 5);
    CHECK(m.loops.extent[first_inner - 1] == 6);
    check_same(cut, m);
}

TEST_CASE("a bounded loop is the outer one of those it joins") {
    AnyCode c = nest({7, 1, 1, 1, 1, 1, 1, 4});
    c.loops.bounded = 0;
    read(c, {4, 0, 0, 0, 0, 0, 0, 1});
    AnyCode m = c;
    merge_loops(m, 16);
    CHECK(m.loops.bounded == lane_loop);
    CHECK(m.loops.extent[lane_loop] == 28);
    CHECK(m.loops.unit == 4);
    // The inner one it cannot be: its turns in this run would leave holes.
    AnyCode other = nest({4, 1, 1, 1, 1, 1, 1, 7});
    other.loops.bounded = lane_loop;
    read(other, {7, 0, 0, 0, 0, 0, 0, 1});
    AnyCode kept = other;
    merge_loops(kept, 16);
    CHECK(kept.loops.extent[lane_loop] == 7);
    CHECK(kept.loops.bounded == lane_loop);
}

TEST_CASE("a batch in padded lanes is computed in whole vectors, unless something is summed") {
    AnyCode c = nest({3, 1, 1, 1, 1, 1, 1, 20});
    c.loops.bounded = lane_loop;
    read(c, {32, 0, 0, 0, 0, 0, 0, 1});
    c.operand[0].padded = true;
    AnyCode m = c;
    merge_loops(m, 16);
    CHECK(m.loops.bounded == -1);
    CHECK(m.loops.extent[lane_loop] == 96);
    c.instruction[c.instructions++].what = Do::column;
    merge_loops(c, 16);
    CHECK(c.loops.bounded == lane_loop);
    CHECK(c.loops.extent[lane_loop] == 20);
}
