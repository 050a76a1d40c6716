# SPDX-License-Identifier: BSL-1.0
# strata_dev: the library as our own tests, examples and benchmarks use it. Not installed, not exported.
include(CheckCXXCompilerFlag)
add_library(strata_dev INTERFACE)
target_link_libraries(strata_dev INTERFACE Strata::strata)
target_compile_options(strata_dev INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Wall;-Wextra;-Wpedantic;-Wshadow;$<$<BOOL:${STRATA_WERROR}>:-Werror>>)
# g++ 12's optimiser warns of paths through std::string and std::vector that no run can take; the sanitizers look at those that can.
target_compile_options(strata_dev INTERFACE
  $<$<CXX_COMPILER_ID:GNU>:-Wno-array-bounds;-Wno-stringop-overflow;-Wno-stringop-overread;-Wno-restrict;-Wno-maybe-uninitialized>)

if(STRATA_NATIVE)
  check_cxx_compiler_flag(-march=native STRATA_CAN_NATIVE)
  if(STRATA_CAN_NATIVE AND PROJECT_IS_TOP_LEVEL)
    target_compile_options(strata_dev INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-march=native>)
  elseif(STRATA_CAN_NATIVE)
    target_compile_options(strata INTERFACE -march=native)
  endif()
endif()

if(STRATA_SANITIZE)
  set(sanitize -fsanitize=${STRATA_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_compile_options(strata_dev INTERFACE ${sanitize})
  target_link_options(strata_dev INTERFACE ${sanitize})
endif()

# The same for what nvcc compiles: its own warnings (the host compiler's are met where the .hpp are compiled without nvcc).
if(STRATA_CUDA)
  add_library(strata_cuda_dev INTERFACE)
  target_link_libraries(strata_cuda_dev INTERFACE Strata::cuda strata_dev)
  target_compile_options(strata_cuda_dev INTERFACE
    $<$<COMPILE_LANGUAGE:CUDA>:-lineinfo;$<$<BOOL:${STRATA_WERROR}>:SHELL:-Werror all-warnings>>)
endif()
