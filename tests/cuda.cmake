# SPDX-License-Identifier: BSL-1.0
# tests/<folder>/<...>/<name>.cu is the test `cuda.<folder>.<...>.<name>`, for a header .cuh of that name: one program a folder, one ctest entry a
# file. Tests of the host whose cases hold on every place are compiled by nvcc as well, with their tensors and models on a device
# (tests/support/here.hpp): tests/<folder>/<name>.cpp is `cuda.<folder>.<name>` too.
# They need a device, or a runtime that stands in for one (STRATA_CUDA_RUNTIME_DIR). The preset's -O0 is of the host's code alone, which is not what
# these try; kernels are optimised whatever it says.
set(everywhere "init/*.cpp" "law/*.cpp" "op/*.cpp" "exec/expression*.cpp" "exec/gradient.cpp" "layer/*.cpp" "loss/*.cpp" "model/model.cpp" "optim/*.cpp" "train/batches.cpp" "train/step*.cpp" "train/trainer.cpp" "train/trainer_failures.cpp" "train/fingerprint.cpp" "train/trainer_narrow.cpp" "train/trainer_weights.cpp")
# Memory with guards is the host's.
set(host_only "^#include \"../support/guarded.hpp\"")

# Programs that give products to cuBLASLt, apart, since that is said while compiling.
set(with_cublas kernel/cuda/cublas.cu)

add_custom_target(strata_cuda_tests)

# strata_cuda_wrap(<result> <name> <source>...): a source for nvcc that includes others, by their paths.
function(strata_cuda_wrap result name)
  set(text "")
  foreach(source IN LISTS ARGN)
    string(APPEND text "#include \"${source}\"\n")
  endforeach()
  set(wrapper "${CMAKE_CURRENT_BINARY_DIR}/cuda/${name}.cu")
  file(CONFIGURE OUTPUT "${wrapper}" CONTENT "${text}" @ONLY)
  set(${result} "${wrapper}" PARENT_SCOPE)
endfunction()

# strata_cuda_program(<folder> <source>...): the program of a folder's tests.
function(strata_cuda_program folder)
  set(program strata_cuda_test_${folder})
  add_executable(${program} ${ARGN})
  target_link_libraries(${program} PRIVATE strata_test_main strata_cuda_dev)
  target_compile_definitions(${program} PRIVATE STRATA_GOLDEN_DIR="${CMAKE_CURRENT_SOURCE_DIR}/golden")
  add_dependencies(strata_cuda_tests ${program})
endfunction()

# strata_cuda_case(<folder> <test> <files>): a ctest entry for the cases in some files, as doctest's filter has them.
function(strata_cuda_case folder test files)
  add_test(NAME cuda.${test} COMMAND strata_cuda_test_${folder} "--source-file=${files}")
  # A file whose test cases were not found must not pass in silence.
  set_tests_properties(cuda.${test} PROPERTIES FAIL_REGULAR_EXPRESSION "test cases: +0 " LABELS "cuda;${folder}" TIMEOUT 600)
  if(test STREQUAL "device.cuda_device" AND STRATA_CUDA_SEVERAL)
    set_property(TEST cuda.${test} PROPERTY ENVIRONMENT "${STRATA_CUDA_SEVERAL}")
  endif()
  if(test STREQUAL "alone.no_device")
    set_property(TEST cuda.${test} PROPERTY ENVIRONMENT "${STRATA_CUDA_ABSENT}")
  endif()
  if(STRATA_CUDA_RUNTIME_DIR)
    set_property(TEST cuda.${test} PROPERTY ENVIRONMENT_MODIFICATION "LD_LIBRARY_PATH=path_list_prepend:${STRATA_CUDA_RUNTIME_DIR}")
  endif()
endfunction()

foreach(folder IN LISTS folders ITEMS law alone)
  file(GLOB_RECURSE own RELATIVE "${CMAKE_CURRENT_SOURCE_DIR}" CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/${folder}/*.cu")
  list(REMOVE_ITEM own ${with_cublas})
  set(from "${everywhere}")
  list(FILTER from INCLUDE REGEX "^${folder}/")
  set(shared "")
  if(from)
    file(GLOB shared RELATIVE "${CMAKE_CURRENT_SOURCE_DIR}" CONFIGURE_DEPENDS ${from})
  endif()

  # Files that declare nothing beside their cases go to nvcc four at a time: most of its work is the headers that they share.
  set(sources ${own})
  set(files ${own})
  set(plain "")
  foreach(source IN LISTS shared)
    string(REGEX REPLACE "pp$" "u" twin "${source}")
    file(STRINGS "${source}" guarded REGEX "${host_only}")
    if(guarded OR twin IN_LIST own)
      continue()
    endif()
    list(APPEND files "${source}")
    file(STRINGS "${source}" declared REGEX "^(using|template|struct|constexpr|namespace {)")
    if(declared)
      get_filename_component(name "${source}" NAME_WE)
      strata_cuda_wrap(wrapper "${folder}/${name}" "${CMAKE_CURRENT_SOURCE_DIR}/${source}")
      list(APPEND sources "${wrapper}")
    else()
      list(APPEND plain "${CMAKE_CURRENT_SOURCE_DIR}/${source}")
    endif()
  endforeach()
  set(number 0)
  while(plain)
    list(SUBLIST plain 0 4 together)
    list(REMOVE_ITEM plain ${together})
    math(EXPR number "${number} + 1")
    strata_cuda_wrap(wrapper "${folder}/together_${number}" ${together})
    list(APPEND sources "${wrapper}")
  endwhile()

  if(sources)
    strata_cuda_program(${folder} ${sources})
  endif()
  foreach(source IN LISTS files)
    string(REGEX REPLACE "\\.(cu|cpp)$" "" test "${source}")
    string(REPLACE "/" "." test "${test}")
    # A file that runs a test of the host's on a device includes it; the cases are there.
    set(within "*/tests/${source}")
    file(STRINGS "${source}" included REGEX "^#include \"[^\"]*\\.cpp\"")
    foreach(one IN LISTS included)
      string(REGEX REPLACE "^#include \"(\\.\\./)*([^\"]*)\"" "*/\\2" one "${one}")
      string(APPEND within ",${one}")
    endforeach()
    strata_cuda_case(${folder} "${test}" "${within}")
  endforeach()
endforeach()

if(TARGET CUDA::cublasLt)
  strata_cuda_program(with_cublas ${with_cublas})
  target_compile_definitions(strata_cuda_test_with_cublas PRIVATE STRATA_CUBLAS)
  target_link_libraries(strata_cuda_test_with_cublas PRIVATE CUDA::cublasLt)
  strata_cuda_case(with_cublas kernel.cuda.cublas "*/tests/kernel/cuda/cublas.cu")
else()
  message(STATUS "strata: cuBLASLt was not found (NVIDIA's libcublas-dev-13-0), so STRATA_CUBLAS is not tested")
endif()

# What kernels move, where the runtime counts it.
if(STRATA_CUDA_COUNTERS)
  add_test(NAME cuda.kernel.cuda.traffic.counted
           COMMAND ${CMAKE_COMMAND} -DPROGRAM=$<TARGET_FILE:strata_cuda_test_kernel> "-DSOURCE=${CMAKE_CURRENT_SOURCE_DIR}/kernel/cuda/traffic.cu"
                   "-DCOUNTERS=${STRATA_CUDA_COUNTERS}" -P "${CMAKE_CURRENT_SOURCE_DIR}/kernel/cuda/traffic.cmake")
  set_tests_properties(cuda.kernel.cuda.traffic.counted PROPERTIES LABELS "cuda;kernel" TIMEOUT 600)
  if(STRATA_CUDA_RUNTIME_DIR)
    set_property(TEST cuda.kernel.cuda.traffic.counted PROPERTY ENVIRONMENT_MODIFICATION "LD_LIBRARY_PATH=path_list_prepend:${STRATA_CUDA_RUNTIME_DIR}")
  endif()
endif()

# What ptxas makes of the kernels is looked at by tests/ptxas/run (part of .ci/run --full, minutes); that it can fail, in seconds.
find_program(STRATA_BASH bash)
find_program(STRATA_PYTHON python3)
find_program(STRATA_PTXAS ptxas HINTS "${CUDAToolkit_BIN_DIR}")
if(STRATA_BASH AND STRATA_PYTHON AND STRATA_PTXAS)
  add_test(NAME cuda.ptxas.run_can_fail COMMAND "${STRATA_BASH}" "${CMAKE_CURRENT_SOURCE_DIR}/ptxas/run_can_fail.sh")
  set_tests_properties(cuda.ptxas.run_can_fail PROPERTIES LABELS cuda TIMEOUT 300)
endif()
