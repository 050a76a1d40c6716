# SPDX-License-Identifier: BSL-1.0
# A dependency that is absent ends the configuration with a message that names what to install; an option that takes no such value, with those it takes.
#   cmake -DSOURCE=<repository> -DWORK=<scratch> -DGENERATOR=.. -DMAKE=.. -DCXX=.. -P missing.cmake
cmake_minimum_required(VERSION 3.25)
file(REMOVE_RECURSE "${WORK}")

function(missing names)
  execute_process(COMMAND "${CMAKE_COMMAND}" -S "${SOURCE}" -B "${WORK}" --fresh -G "${GENERATOR}" "-DCMAKE_MAKE_PROGRAM=${MAKE}" "-DCMAKE_CXX_COMPILER=${CXX}"
      -DSTRATA_BUILD_TESTS=OFF -DSTRATA_BUILD_EXAMPLES=OFF ${ARGN}
    RESULT_VARIABLE result OUTPUT_QUIET ERROR_VARIABLE said)
  string(REGEX REPLACE "[ \n]+" " " said "${said}")
  if(result EQUAL 0 OR NOT said MATCHES "${names}")
    message(FATAL_ERROR "${ARGN}: \"${names}\" is not in: ${said}")
  endif()
endfunction()

file(WRITE "${WORK}-empty/boost/version.hpp" "#define BOOST_VERSION 107400\n#define BOOST_LIB_VERSION \"1_74\"\n")
missing("libboost-dev.*boost-hana" -DCMAKE_DISABLE_FIND_PACKAGE_Boost=ON)
missing("libboost-dev.*boost-hana" -DBoost_NO_BOOST_CMAKE=ON "-DBoost_INCLUDE_DIR=${WORK}-empty")
missing("zlib1g-dev.*vcpkg's zlib" -DSTRATA_ZLIB=ON -DCMAKE_DISABLE_FIND_PACKAGE_ZLIB=ON)
missing("doctest-dev.*vcpkg's doctest.*STRATA_DOCTEST_DIR" -DSTRATA_BUILD_TESTS=ON -DCMAKE_DISABLE_FIND_PACKAGE_doctest=ON)
missing("libbenchmark-dev.*vcpkg's benchmark.*STRATA_BENCHMARK_DIR" -DSTRATA_BUILD_BENCHMARKS=ON -DCMAKE_DISABLE_FIND_PACKAGE_benchmark=ON)
missing("CUDA Toolkit 12.8 .* cuda-toolkit-13-0.*CUDAToolkit_ROOT" -DSTRATA_CUDA=ON -DCMAKE_DISABLE_FIND_PACKAGE_CUDAToolkit=ON)
missing("STRATA_ZLIB is AUTO, ON or OFF, not \"MAYBE\"" -DSTRATA_ZLIB=MAYBE)
missing("STRATA_SANITIZE is .* not \"adress\"" -DSTRATA_SANITIZE=adress)
file(REMOVE_RECURSE "${WORK}" "${WORK}-empty")
