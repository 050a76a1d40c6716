#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# run_can_fail.sh: `run` tells defects that a test notices from those that none does, on a small library, and refuses what is no defect.
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/strata mutation XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/include/strata/core" "$work/tests/core" "$work/tests/architecture" "$work/tests/mutation"
cp "$here/run" "$work/tests/mutation/"
printf 'core\nio\n' >"$work/tests/architecture/order.txt"
cat >"$work/include/strata/core/add.hpp" <<'END'
#pragma once
constexpr int add(int a, int b) {
    return a + b;
}
constexpr int twice(int a) {
    return a + a;
}
inline int unread(int a) {
    return a;
}
END
# A main that says what doctest's says, since building doctest's takes longer than all that is tried here.
cat >"$work/tests/main.cpp" <<'END'
#include <cstdio>
int test();
int main() {
    const int failed = test();
    if (failed) std::puts("TEST CASE:  sums");
    std::puts("test cases: 1");
    return failed;
}
END
cat >"$work/tests/core/add.cpp" <<'END'
#include <strata/core/add.hpp>
static_assert(add(1, 1) == 2);
int test() {
    volatile int a = 3, *none = nullptr;
    if (twice(a) == 0) *none = 1;
    while (twice(a) == 1) {}
    return twice(a) != 6;
}
END
printf '#include <strata/core/add.hpp>\nint test() { return 1; }\n' >"$work/tests/core/fails.cpp"

# try <yes | no> <what run should say>: a defect, its first lines from the arguments, its diff from standard input.
try() {
    local wanted=$1 expected=$2
    rm -f "$work"/tests/mutation/*.patch
    cat >"$work/tests/mutation/01_defect.patch"
    said=$(bash "$work/tests/mutation/run" --jobs 1 --only defect ${options-} 2>&1)
    local code=$?
    case $code,$wanted,$said in
        0,yes,*"$expected"* | [1-9]*,no,*"$expected"*) ;;
        *) printf 'expected: %s, %s\ngot: %s, %s\n' "$wanted" "$expected" "$code" "$said" | tee -a "$work/failed" ;;
    esac
}
# diff <line of add.hpp> <what becomes of it>
diff() {
    printf -- '--- a/include/strata/core/add.hpp\n+++ b/include/strata/core/add.hpp\n@@ -1,1 +1,1 @@\n'
    printf '%s\n' "${3- constexpr int twice(int a) {}" "-    return $1;" "+    return $2;" ' }'
}
says='Sums are wrong.
test: core/add
'
{ echo "$says"; diff 'a + a' 'a + a + 1'; } | try yes ' s  caught sums'
{ echo "$says"; diff 'a + a' 'a - a'; } | try yes 'caught the test crashes'
{ echo "$says"; diff 'a + b' 'a - b' ' constexpr int add(int a, int b) {'; } | try yes 'caught does not compile: add.cpp:2: static assertion failed'
{ echo "$says"; diff a -a ' inline int unread(int a) {'; } | try no 'SURVIVES'
{ echo "$says"; diff 'a + a' 'a +'; } | try no 'no defect: the header by itself does not compile'
{ echo "$says"; diff 'a + a + a' 'a'; } | try no 'no longer applies: its context is not in the header'
{ echo "$says"; printf -- '--- a/include/strata/core/add.hpp\n+++ b/include/strata/core/add.hpp\n@@ -1,1 +1,2 @@\n }\n+// end\n'; } | try no 'its context stands in the header 3 times'
{ echo "$says"; diff 'a + a' 'a' | sed s/add.hpp/subtract.hpp/; } | try no 'there is no such header'
{ echo "$says"; diff 'a + a' 'a' | sed 's/^+ .*/?/'; } | try no 'holds a line that is none of a diff'
{ echo "$says"; diff 'a + a' 'a' | sed '/^@@/d'; } | try no 'is no unified diff of one file'
{ echo "$says"; diff 'a + a' 'a' | sed 's|include/strata|tests|'; } | try no 'is no diff of a header of the library'
{ printf 'Sums are wrong.\ntest: core/subtract\n'; diff 'a + a' 'a'; } | try no 'names the test core/subtract, which is not there'
{ printf 'Sums are wrong.\n'; diff 'a + a' 'a'; } | try no 'names no test'
{ printf 'test: core/add\n'; diff 'a + a' 'a'; } | try no 'does not say what is broken'
{ printf 'Sums are wrong.\ntest: core/fails\n'; diff 'a + a' 'a'; } | try no 'core/fails does not pass without a defect'
# Each of the tests that are named has to notice.
{ printf 'Sums are wrong.\ntest: core/add core/fails\n'; diff 'a + a' 'a'; } | try no '1 defects, 0 caught, 1 not'
options=--check
{ echo "$says"; diff a -a ' inline int unread(int a) {'; } | try yes '1 of 1 defects apply'
mkdir -p "$work/include/strata/io"
options='--check --only .'
{ echo "$says"; diff a -a ' inline int unread(int a) {'; } | try no 'the folder io has no defect'
[ ! -e "$work/failed" ]
