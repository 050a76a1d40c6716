# SPDX-License-Identifier: BSL-1.0
# What the library needs (here), and how its tests and benchmarks get theirs (strata_provide). Nothing is ever downloaded.
find_package(Boost 1.74 QUIET)
set(STRATA_HANA "STRATA_HANA-NOTFOUND")
if(Boost_FOUND)
  find_file(STRATA_HANA boost/hana/define_struct.hpp PATHS ${Boost_INCLUDE_DIRS} NO_DEFAULT_PATH NO_CACHE)
endif()
if(NOT STRATA_HANA)
  message(FATAL_ERROR
    "strata: Boost.Hana is missing. Install Debian's libboost-dev (or libboost1.81-dev), or vcpkg's boost-hana; "
    "for a copy elsewhere pass -DBoost_ROOT=<its prefix>.")
endif()

set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)

set(STRATA_HAS_ZLIB FALSE)
if(STRATA_ZLIB)
  find_package(ZLIB QUIET)
  set(STRATA_HAS_ZLIB ${ZLIB_FOUND})
  if(NOT ZLIB_FOUND AND NOT STRATA_ZLIB STREQUAL "AUTO")
    message(FATAL_ERROR "strata: zlib is missing. Install Debian's zlib1g-dev or vcpkg's zlib, or pass -DSTRATA_ZLIB=OFF.")
  endif()
endif()

# strata_provide(<package> <target> <folder> <variable> <Debian's name> <vcpkg's name>): the target, from the folder if one is
# given, else from what is installed; an error that says what to install otherwise.
function(strata_provide package target folder variable debian vcpkg)
  if(TARGET ${target})
    return()
  endif()
  if(folder)
    add_subdirectory("${folder}" "${PROJECT_BINARY_DIR}/${package}" EXCLUDE_FROM_ALL SYSTEM)
  else()
    find_package(${package} QUIET GLOBAL)
  endif()
  if(NOT TARGET ${target})
    message(FATAL_ERROR
      "strata: ${package} is missing. Install Debian's ${debian} or vcpkg's ${vcpkg}, or pass -D${variable}=<folder with its sources>.")
  endif()
endfunction()
