#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# headers_alone.sh <include folder> <jobs> <hpp or cuh> <compiler> [flag...]: every header of that ending compiles in a unit of its own, included
# twice, without a warning.
set -u
cd "$1" || exit 1
jobs=$2
ending=$3
shift 3
find strata -name "*.$ending" | grep -q . || { echo "no header under $PWD"; exit 1; }
# One short script for each header; xargs fails if one of them does.
find strata -name "*.$ending" | sort | xargs -P "$jobs" -I '{}' sh -c '
    header=$1
    shift
    if [ "${header##*.}" = cuh ]; then  # nvcc takes a file, and has no way to stop after reading it
        at=$(mktemp -d) && printf "#include <%s>\n#include <%s>\n" "$header" "$header" >"$at/alone.cu"
        said=$(LC_ALL=C "$@" -I . -c "$at/alone.cu" -o "$at/alone.o" 2>&1)
        right=$?
        rm -r "$at"
        [ $right -eq 0 ] && [ -z "$said" ] && exit 0
    else
        said=$(printf "#include <%s>\n#include <%s>\n" "$header" "$header" | LC_ALL=C "$@" -x c++ -I . -fsyntax-only - 2>&1) && [ -z "$said" ] && exit 0
    fi
    printf "%s does not stand alone:\n%s\n" "$header" "$(echo "$said" | grep -vE "^In file included|^ +from " | head -n 12)"
    exit 1' alone '{}' "$@"
