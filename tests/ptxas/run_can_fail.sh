#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# run_can_fail.sh: `run` tells kernels that spill, or that have grown since the table was written, from those that are as they were.
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/strata ptxas XXXXXX")
trap 'rm -rf "$work"' EXIT

# kernel <numbers kept at once> <directive>: a kernel of the library's name that loads numbers, then stores the sum of each with its neighbour.
kernel() {
    printf '.version 8.0\n.target sm_80\n.address_size 64\n.visible .entry _ZN6strata4cuda11loop_kernelINS_8LoopStepIfNSEEEv(.param .u64 p)\n.maxntid 256, 1, 1\n%s\n{\n' "$2"
    printf '.reg .f32 %%f<%d>;\n.reg .b64 %%d<2>;\nld.param.u64 %%d1, [p];\n' $((2 * $1 + 2))
    for i in $(seq 0 $(($1 - 1))); do echo "ld.volatile.global.f32 %f$i, [%d1+$((4 * i))];"; done
    for i in $(seq 0 $(($1 - 1))); do echo "add.f32 %f$(($1 + i)), %f$i, %f$(((i + 7) % $1)); st.volatile.global.f32 [%d1+$((4 * i))], %f$(($1 + i));"; done
    printf 'ret;\n}\n\0'
}
# try <yes | no> <what run should say> <arguments of run...>
try() {
    local wanted=$1 expected=$2 said code
    shift 2
    said=$(python3 "$here/run" --jobs 1 --table "$work/table.md" "$@" 2>&1)
    code=$?
    case $code,$wanted,$said in
        0,yes,*"$expected"* | [1-9]*,no,*"$expected"*) ;;
        *) printf 'expected: %s, %s\ngot: %s, %s\n' "$wanted" "$expected" "$code" "$said" | tee -a "$work/failed" ;;
    esac
}
kernel 20 '' >"$work/small"
kernel 60 '' >"$work/large"
kernel 60 '.maxnreg 24' >"$work/spilling"
printf 'nothing' >"$work/none"
try yes '1 kernels, 0 with tensor cores, 0 failures' --update "$work/small"
try yes '1 kernels, 0 with tensor cores, 0 failures' "$work/small"
try no 'loop f32, sm_90: ' "$work/large"
try no 'bytes spilled in _ZN6strata4cuda11loop_kernel' "$work/spilling"
try no 'no kernel was found' "$work/none"
sed -i '/sm_120/d' "$work/table.md"
try no 'loop f32, sm_120: is not in the table' "$work/small"
sed -i 's/by ptxas [0-9.]*/by ptxas 1.0/' "$work/table.md"
try yes 'only spills and instructions are looked at' "$work/large"
try no 'bytes spilled in' "$work/spilling"
[ ! -e "$work/failed" ]
