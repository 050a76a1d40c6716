# SPDX-License-Identifier: BSL-1.0
# strata_cuda_benchmarks: Strata's kernels and programs on a device beside cuBLAS, cuBLASLt and, where it is found, cuDNN.
# strata_cuda_bench builds and runs it, and writes tables, JSON, CSV and a picture into this build folder.
if(NOT TARGET CUDA::cublas OR NOT TARGET CUDA::cublasLt)
  message(FATAL_ERROR "strata: cuBLAS is missing, which the benchmarks compare with. Install NVIDIA's libcublas-dev-13-0 (libcublas-dev-12-8 or newer; it is part of "
    "cuda-toolkit-13-0), or build without STRATA_BUILD_BENCHMARKS.")
endif()
set(STRATA_CUDA_BENCH_ARGUMENTS "" CACHE STRING "What strata_cuda_bench is run with, as --filter product")

file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/kernel/*.cu" "${CMAKE_CURRENT_SOURCE_DIR}/exec/*.cu")
list(FILTER sources EXCLUDE REGEX "/kernel/cuda/contract\\.cu$")
add_executable(strata_cuda_benchmarks support/main.cu ${sources})
target_link_libraries(strata_cuda_benchmarks PRIVATE strata_cuda_dev CUDA::cublas CUDA::cublasLt)

# Each kind of number by itself, since products of many shapes are the most that is compiled here.
foreach(number f32 tf32 bf16 f16)
  add_library(strata_cuda_benchmarks_${number} OBJECT kernel/cuda/contract.cu)
  target_compile_definitions(strata_cuda_benchmarks_${number} PRIVATE STRATA_BENCHMARK_NUMBER=${number})
  target_link_libraries(strata_cuda_benchmarks_${number} PRIVATE strata_cuda_dev CUDA::cublas CUDA::cublasLt)
  target_link_libraries(strata_cuda_benchmarks PRIVATE strata_cuda_benchmarks_${number})
endforeach()

find_path(STRATA_CUDNN_INCLUDE cudnn.h HINTS "${CUDNN_ROOT}/include" ${CUDAToolkit_INCLUDE_DIRS})
find_library(STRATA_CUDNN_LIBRARY cudnn HINTS "${CUDNN_ROOT}/lib" "${CUDNN_ROOT}/lib64" "${CUDAToolkit_LIBRARY_DIR}")
if(STRATA_CUDNN_INCLUDE AND STRATA_CUDNN_LIBRARY)
  target_compile_definitions(strata_cuda_benchmarks PRIVATE STRATA_BENCHMARK_CUDNN)
  target_include_directories(strata_cuda_benchmarks SYSTEM PRIVATE "${STRATA_CUDNN_INCLUDE}")
  target_link_libraries(strata_cuda_benchmarks PRIVATE "${STRATA_CUDNN_LIBRARY}")
else()
  message(STATUS "strata: cuDNN was not found; its columns say so. Install NVIDIA's libcudnn9-dev-cuda-13, or pass -DCUDNN_ROOT=<its folder>")
endif()

separate_arguments(arguments UNIX_COMMAND "${STRATA_CUDA_BENCH_ARGUMENTS}")
set(environment "")
if(STRATA_CUDA_RUNTIME_DIR)
  set(environment --modify "LD_LIBRARY_PATH=path_list_prepend:${STRATA_CUDA_RUNTIME_DIR}")
endif()
find_package(Python3 COMPONENTS Interpreter QUIET)
set(report "")
if(Python3_Interpreter_FOUND)
  set(report COMMAND Python3::Interpreter "${CMAKE_CURRENT_SOURCE_DIR}/kernel/cuda/report.py" "${CMAKE_CURRENT_BINARY_DIR}/cuda.json" --out "${CMAKE_CURRENT_BINARY_DIR}")
endif()
add_custom_target(strata_cuda_bench
  COMMAND "${CMAKE_COMMAND}" -E env ${environment} "$<TARGET_FILE:strata_cuda_benchmarks>" --json "${CMAKE_CURRENT_BINARY_DIR}/cuda.json" ${arguments}
  ${report}
  USES_TERMINAL VERBATIM)
