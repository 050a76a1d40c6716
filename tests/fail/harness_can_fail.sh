#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# harness_can_fail.sh <compiler>: check.sh takes the good program and refuses each bad one, for the right reason.
set -u
here=$(cd "$(dirname "$0")" && pwd)
compiler=$1
work=$(mktemp -d "${TMPDIR:-/tmp}/strata fail XXXXXX")
trap 'rm -rf "$work"' EXIT

# try <yes | what check.sh should say>: a program from standard input.
try() {
    cat >"$work/program.cpp"
    said=$(sh "$here/check.sh" "$work/program.cpp" "$compiler" -std=c++20 -Wall 2>&1) && said="yes $said"
    case $said in
        *"$1"*) ;;
        *) printf 'expected: %s\ngot: %s\n' "$1" "$said" | tee -a "$work/failed" ;;
    esac
}

# A class template named for the mistake and a static_assert that compares the numbers, as the library's own messages are made.
cat >"$work/header.hpp" <<'END'
#pragma once
template <int... D> struct Shape {};
template <class Layer, int Wanted, int Given, class... Shapes> struct ShapesDoNotFit { static_assert(Wanted == Given, "strata: shapes do not fit; see the two numbers"); };
struct Dense {};
END
cat >"$work/middle.hpp" <<'END'
#include "header.hpp"
END
use='template struct ShapesDoNotFit<Dense, 100, WRONG, Shape<64, 64>, Shape<100, 32>>;'
mistake() { printf '#include "middle.hpp"\n#ifdef CORRECT\n%s\n#else\n%s\n#endif\n' "$(echo "$use" | sed s/WRONG/100/)" "$(echo "$use" | sed s/WRONG/64/)"; }

{ echo '// expect: Dense.*Shape<64, 64>, ?Shape<100, 32>'; mistake; } | try yes
{ echo '// expect: Conv2d'; mistake; } | try "'Conv2d' is not in the first 8 lines"
{ echo '// SPDX'; mistake; } | try "its first line is not"
{ echo '// expect: (Dense'; mistake; } | try "its regular expression is not one"
{ echo '// expect: Dense'; echo '#include "header.hpp"'; } | try "it compiles"
{ echo '// expect: Dense'; echo '#include "header.hpp"'; echo "$use" | sed s/WRONG/64/; } | try "the corrected program does not compile"
{ echo '// expect: Dense'; mistake; echo 'inline void f() { int unused; }'; } | try "the compiler remarks on the corrected program"
{ echo '// expect: Dense'; mistake; printf '#ifndef CORRECT\nint y = "";\n#endif\n'; } | try "one error, and nothing else"
{ echo '// expect: Dense'; mistake; printf '#ifndef CORRECT\ninline void f() { int unused; }\n#endif\n'; } | try "one error, and nothing else"
# What stands below the 8th line does not count, and a message of 11 lines or more is too long.
{ echo '// expect: f'; printf 'struct A {}; struct B {}; struct C {}; struct D {};\nvoid f(A);\nvoid f(B);\nvoid f(C);\nvoid f(D);\n'
  printf 'void g() {\n#ifndef CORRECT\n    f(1);\n#endif\n}\n'; } | try "lines, 10 are allowed"
[ ! -e "$work/failed" ]
