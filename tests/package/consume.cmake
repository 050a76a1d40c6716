# SPDX-License-Identifier: BSL-1.0
# Puts Strata where a user has it, then configures, builds and runs the consumer. Every path holds a space.
# With -DCUDA=<nvcc> it also builds and runs a program for a device.
#   cmake -DHOW=<way> -DSOURCE=<repository> -DBUILD=<its build folder> -DWORK=<scratch> -DGENERATOR=.. -DMAKE=.. -DCXX=.. -DVERSION=.. -P consume.cmake
cmake_minimum_required(VERSION 3.25)
set(work "${WORK}/a folder of users/${HOW}")
file(REMOVE_RECURSE "${work}")
file(MAKE_DIRECTORY "${work}/build")

function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE said ERROR_VARIABLE said)
  if(NOT result EQUAL 0)
    list(JOIN ARGN " " command)
    message(FATAL_ERROR "${command}\n${said}")
  endif()
  set(said "${said}" PARENT_SCOPE)
endfunction()

# configure(<option...>): the consumer; the error, if there is one, stays in `said` and `result`.
function(configure)
  execute_process(COMMAND "${CMAKE_COMMAND}" -S "${CMAKE_CURRENT_LIST_DIR}/consumer" -B "${work}/build" -G "${GENERATOR}"
      "-DCMAKE_MAKE_PROGRAM=${MAKE}" "-DCMAKE_CXX_COMPILER=${CXX}" ${cuda} ${ARGN}
    RESULT_VARIABLE result OUTPUT_VARIABLE said ERROR_VARIABLE said)
  set(result ${result} PARENT_SCOPE)
  set(said "${said}" PARENT_SCOPE)
endfunction()

# What a clone holds, as far as an embedding project reads it.
function(clone)
  file(COPY "${SOURCE}/CMakeLists.txt" "${SOURCE}/cmake" "${SOURCE}/include" DESTINATION "${work}/strata")
endfunction()

set(cuda "")
if(CUDA)
  set(cuda -DCUDA=ON "-DCMAKE_CUDA_COMPILER=${CUDA}" -DCMAKE_CUDA_ARCHITECTURES=80-virtual -DCMAKE_CUDA_RUNTIME_LIBRARY=Shared -DCMAKE_CUDA_FLAGS=--no-compress)
endif()
set(program "${work}/build/consumer")
if(HOW STREQUAL "pkg_config")
  run("${CMAKE_COMMAND}" --install "${BUILD}" --prefix "${work}/prefix")
  set(ENV{PKG_CONFIG_PATH} "${work}/prefix/share/pkgconfig")
  set(ENV{CXX} "${CXX}")
  run(pkg-config --print-errors --exact-version=${VERSION} strata)
  # The shell reads pkg-config's output once more, as make does: quotes and escaped spaces mean what they say.
  run(sh -c "eval \"\$CXX\" -o '\"$1\"' '\"$2/main.cpp\"' '\"$2/second.cpp\"' \"$(pkg-config --cflags --libs strata)\"" sh
    "${program}-pkg-config" "${CMAKE_CURRENT_LIST_DIR}/consumer")
  set(program "${program}-pkg-config")
else()
  if(HOW STREQUAL "find_package")
    run("${CMAKE_COMMAND}" --install "${BUILD}" --prefix "${work}/prefix")
    # A version of another minor number does not do.
    configure(-DHOW=find_package "-DCMAKE_PREFIX_PATH=${work}/prefix" -DWANTED=${VERSION_MAJOR}.99)
    if(result EQUAL 0)
      message(FATAL_ERROR "find_package took ${VERSION} for ${VERSION_MAJOR}.99")
    endif()
    configure(-DHOW=find_package "-DCMAKE_PREFIX_PATH=${work}/prefix" -DWANTED=${VERSION})
  elseif(HOW STREQUAL "build_tree")
    configure(-DHOW=find_package "-DStrata_DIR=${BUILD}" -DWANTED=${VERSION})
  else()
    clone()
    configure(-DHOW=${HOW} "-DSTRATA_DIR=${work}/strata")
  endif()
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "configuring the consumer: ${said}")
  endif()
  run("${CMAKE_COMMAND}" --build "${work}/build")
endif()
run("${program}")
if(NOT said MATCHES "strata ${VERSION}: 24")
  message(FATAL_ERROR "the consumer says ${said}")
endif()
if(CUDA)
  run("${program}_cuda")
  if(NOT said MATCHES "on the device: 24, 24, 24")
    message(FATAL_ERROR "the consumer with CUDA says ${said}")
  endif()
endif()

# What is embedded installs nothing.
if(HOW STREQUAL "add_subdirectory")
  run("${CMAKE_COMMAND}" --install "${work}/build" --prefix "${work}/prefix")
  file(GLOB_RECURSE installed "${work}/prefix/*")
  if(installed)
    message(FATAL_ERROR "embedded, Strata installs ${installed}")
  endif()
endif()
file(REMOVE_RECURSE "${work}")
