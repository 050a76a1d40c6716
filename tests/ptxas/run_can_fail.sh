#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# run_can_fail.sh: `run` tells kernels that spill, that have grown since the table was written, or that do without tensor cores, from those that are as they were.
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/strata ptxas XXXXXX")
trap 'rm -rf "$work"' EXIT

# kernel <numbers kept at once> <directive> [<name>]: a kernel of a name of the library's that loads numbers, then stores the sum of each with its neighbour.
kernel() {
    printf '.version 8.0\n.target sm_80\n.address_size 64\n.visible .entry %s(.param .u64 p)\n.maxntid 256, 1, 1\n%s\n{\n' "${3-_ZN6strata4cuda11loop_kernelINS_8LoopStepIfNSELi0EEEv}" "$2"
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
product=_ZN6strata4cuda15contract_kernelINS_12ContractStepIfNS_7FactorsILNS_5DTypeE
ending() { printf 'EEELi256ELi3ELi%dEEEvNS0_5BasesIXT1_EEE' "$1"; }  # of a kernel with so many bytes of shared memory in its launch
for factors in 5ELS4_5ELi16ELi16ELNS_8MultiplyE0E 6ELS4_6ELi16ELi16ELNS_8MultiplyE0E 0ELS4_0ELi16ELi16ELNS_8MultiplyE1E 0ELS4_0ELi16ELi16ELNS_8MultiplyE0E 5ELS4_0ELi16ELi16ELNS_8MultiplyE0E; do
    kernel 20 '' "$product$factors$(ending 4096)" >"$work/$factors"
done
plain=0ELS4_0ELi16ELi16ELNS_8MultiplyE0E
kernel 20 '' "$product$plain" >"$work/nameless"
kernel 20 '' "$product$plain$(ending 65536)" >"$work/greedy"
try yes '1 kernels, 0 with tensor cores, 0 failures' --update "$work/small"
try yes '1 kernels, 0 with tensor cores, 0 failures' "$work/small"
try no 'loop f32, sm_90: ' "$work/large"
try no 'bytes spilled in _ZN6strata4cuda11loop_kernel' "$work/spilling"
try no 'no kernel was found' "$work/none"
for opcode in HMMA LDSM LDGSTS; do
    try no "contract f32, sm_90: no $opcode in $product"5ELS4_5 "$work/5ELS4_5ELi16ELi16ELNS_8MultiplyE0E"
    try no "contract f32, sm_90: no $opcode in $product"6ELS4_6 "$work/6ELS4_6ELi16ELi16ELNS_8MultiplyE0E"
done
try no "contract f32, sm_90: no HMMA in ${product}0ELS4_0" "$work/0ELS4_0ELi16ELi16ELNS_8MultiplyE1E"
for factors in 0ELS4_0 5ELS4_0; do  # what threads multiply
    try yes '1 kernels, 0 with tensor cores, 0 failures' --update "$work/${factors}ELi16ELi16ELNS_8MultiplyE0E"
done
try yes '| 65536 | 0 | 100 % | 37 % |' --update "$work/greedy"  # three blocks of eight warps among 64, by 196 KiB and more of 228
try yes '| 4096 | 0 | 100 % | 100 % |' --update "$work/$plain"
try no 'occupancy and that in a launch are' "$work/greedy"
try no 'its name does not end with the shared memory of its launch' "$work/nameless"
try yes '1 kernels, 0 with tensor cores, 0 failures' --update "$work/small"
sed -i '/sm_120/d' "$work/table.md"
try no 'loop f32, sm_120: is not in the table' "$work/small"
sed -i 's/by ptxas [0-9.]*/by ptxas 1.0/' "$work/table.md"
try yes 'only spills and instructions are looked at' "$work/large"
try no 'bytes spilled in' "$work/spilling"
[ ! -e "$work/failed" ]
