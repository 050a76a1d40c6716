# SPDX-License-Identifier: BSL-1.0
# Every source names the licence in its first line (in its second where the first is the message that a program in tests/fail expects).
include("${CMAKE_CURRENT_LIST_DIR}/house.cmake")
file(GLOB_RECURSE sources RELATIVE "${ROOT}"
  "${ROOT}/include/*.hpp" "${ROOT}/include/*.cuh" "${ROOT}/tests/*.cu" "${ROOT}/examples/*.cu" "${ROOT}/benchmarks/*.cu" "${ROOT}/tests/*.[ch]pp" "${ROOT}/examples/*.[ch]pp" "${ROOT}/benchmarks/*.[ch]pp")
foreach(source IN LISTS sources)
  read("${ROOT}/${source}" text)
  if(NOT text MATCHES "^(\n// expect: [^\n]*)?\n// SPDX-License-Identifier: BSL-1.0\n")
    broken("${source} does not name the licence in its first line")
  endif()
endforeach()
verdict()
