#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# headers_alone.sh <include folder> <jobs> <compiler> [flag...]: every header compiles in a unit of its own, included twice, without a warning.
set -u
cd "$1" || exit 1
jobs=$2
shift 2
find strata -name '*.hpp' | grep -q . || { echo "no header under $PWD"; exit 1; }
# One short script for each header; xargs fails if one of them does.
find strata -name '*.hpp' | sort | xargs -P "$jobs" -I '{}' sh -c '
    header=$1
    shift
    said=$(printf "#include <%s>\n#include <%s>\n" "$header" "$header" | LC_ALL=C "$@" -x c++ -I . -fsyntax-only - 2>&1) && [ -z "$said" ] && exit 0
    printf "%s does not stand alone:\n%s\n" "$header" "$(echo "$said" | grep -vE "^In file included|^ +from " | head -n 12)"
    exit 1' alone '{}' "$@"
