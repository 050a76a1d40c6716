# SPDX-License-Identifier: BSL-1.0
# What Strata::cuda asks of whoever uses it; read by this project and, installed, by find_package(Strata COMPONENTS cuda).
set(strata_cuda_advice
  "Install NVIDIA's cuda-toolkit-13-0 (cuda-toolkit-12-8 or newer will do; Debian 12's nvidia-cuda-toolkit is too old), or pass -DCUDAToolkit_ROOT=<its folder>.")

# strata_cuda_standard(<target>): C++20 for nvcc too. CMake before 3.26 (and some later, with a newer nvcc) cannot ask nvcc for it.
function(strata_cuda_standard target)
  get_property(languages GLOBAL PROPERTY ENABLED_LANGUAGES)
  if(CUDA IN_LIST languages AND cuda_std_20 IN_LIST CMAKE_CUDA_COMPILE_FEATURES)
    target_compile_features(${target} INTERFACE cuda_std_20)
  else()
    target_compile_options(${target} INTERFACE $<$<COMPILE_LANGUAGE:CUDA>:-std=c++20>)
  endif()
endfunction()
