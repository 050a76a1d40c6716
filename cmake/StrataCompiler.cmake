# SPDX-License-Identifier: BSL-1.0
# strata_compiler_options(<target>): what a compiler must be told to compile right. Read by this project and, installed, by find_package(Strata):
# an installed Strata is for every processor, so none of it is exported.
#
# g++ 12 for AVX-512 copies some constants wrongly: a piece of 32 or 64 bytes that begins with 8 bytes said twice and ends in zeros is
# written as those 8 bytes all along ({3, 2, 3, 2, 0, 0, 0, 0} becomes {3, 2, 3, 2, 3, 2, 3, 2}; a static_assert sees the right ones).
# GCC's ix86_convert_const_wide_int_to_broadcast compares the constant's size since. Stores of 16 bytes have no such pieces, but a copy of a
# known array becomes one store by what may be moved at once: std::vector<double>{1, 1, 1, 0} came out as {1, 1, 1, 1} by the first option alone.
function(strata_compiler_options target)
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|i[3-6]86)$")
    set(gnu_12 "$<VERSION_GREATER_EQUAL:$<CXX_COMPILER_VERSION>,12>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>")
    get_target_property(imported ${target} IMPORTED)
    foreach(option IN ITEMS -mstore-max=128 -mmove-max=128)
      set(option "$<$<AND:$<COMPILE_LANG_AND_ID:CXX,GNU>,${gnu_12}>:${option}>")
      if(NOT imported)
        set(option "$<BUILD_INTERFACE:${option}>")
      endif()
      target_compile_options(${target} INTERFACE "${option}")
    endforeach()
  endif()
endfunction()
