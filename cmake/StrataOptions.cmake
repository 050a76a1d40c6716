# SPDX-License-Identifier: BSL-1.0
# Every option. Whoever embeds Strata gets the library and nothing else.
option(STRATA_BUILD_TESTS "Build the tests" ${PROJECT_IS_TOP_LEVEL})
option(STRATA_BUILD_EXAMPLES "Build the examples" ${PROJECT_IS_TOP_LEVEL})
option(STRATA_BUILD_BENCHMARKS "Build the benchmarks" OFF)
option(STRATA_BUILD_FUZZERS "Build the fuzzers (clang++ only)" OFF)
option(STRATA_NATIVE "Compile for this machine's processor: Strata's own programs; where Strata is embedded, its users too" ${PROJECT_IS_TOP_LEVEL})
option(STRATA_WERROR "Treat warnings in Strata's own programs as errors" ${PROJECT_IS_TOP_LEVEL})
set(STRATA_SANITIZE "" CACHE STRING "Sanitizers for Strata's own programs: address,undefined or thread")
set(STRATA_ZLIB AUTO CACHE STRING "Read .gz files by zlib: AUTO (where found), ON or OFF")
set_property(CACHE STRATA_SANITIZE PROPERTY STRINGS "" "address,undefined" thread)
set_property(CACHE STRATA_ZLIB PROPERTY STRINGS AUTO ON OFF)
set(STRATA_DOCTEST_DIR "" CACHE PATH "A folder with doctest's sources, in place of an installed doctest")
set(STRATA_BENCHMARK_DIR "" CACHE PATH "A folder with Google Benchmark's sources, in place of an installed one")
