#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# check.sh <program.cpp> <compiler> [flag...]: the program must not compile, and the message must be one that helps.
#
# Its first line is `// expect: <extended regular expression>`. Compiled with CORRECT defined it must pass without a word. Without, the compiler must say one
# thing: an error with its notes, 'In file included from' left out, of at most 10 lines, the expression found in the first 8 (taken
# as one line, joined by spaces).
set -u
file=$1
shift
complain() {
    printf '%s: %s\n' "$file" "$1"
    [ -z "${2-}" ] || printf '%s\n' "$2" | cut -c 1-400 | head -n 40
    exit 1
}

expect=$(sed -n '1s|^// expect: *||p' "$file")
[ -n "$expect" ] || complain "its first line is not '// expect: <regular expression>'"
printf '' | grep -E -e "$expect" >/dev/null 2>&1
[ $? -le 1 ] || complain "its regular expression is not one: $expect"
LC_ALL=C
export LC_ALL

said=$("$@" -fsyntax-only -DCORRECT "$file" 2>&1) || complain "the corrected program does not compile:" "$said"
[ -z "$said" ] || complain "the compiler remarks on the corrected program:" "$said"

said=$("$@" -fsyntax-only "$file" 2>&1) && complain "it compiles"
# What is left: neither the road to the header ('In file included from a:1,' and its further lines '   from b:2:') nor clang's count.
said=$(printf '%s\n' "$said" | awk '
    /^In file included from / || /^ +from [^ ].*[:,]$/ { next }
    /^[0-9]+ (error|warning)s?( and [0-9]+ errors?)? generated\.$/ { next }
    { print }')
printf '%s\n' "$said" | awk '/(^|: )(fatal )?error: / { n++ } /(^|: )warning: / { n += 2 } END { exit n != 1 }' ||
    complain "it should be one error, and nothing else:" "$said"
lines=$(printf '%s\n' "$said" | wc -l)
[ "$lines" -le 10 ] || complain "the message takes $lines lines, 10 are allowed:" "$said"
printf '%s\n' "$said" | head -n 8 | tr '\n' ' ' | grep -qE -e "$expect" || complain "'$expect' is not in the first 8 lines:" "$said"
