# SPDX-License-Identifier: BSL-1.0
# What the rules share. Run as `cmake -DROOT=<repository> -P <rule>.cmake`; a rule calls broken() for each offence and ends by verdict().
cmake_minimum_required(VERSION 3.25)
file(STRINGS "${CMAKE_CURRENT_LIST_DIR}/order.txt" order)
set(include "${ROOT}/include/strata")
file(GLOB_RECURSE headers RELATIVE "${include}" "${include}/*.hpp" "${include}/*.cuh")   # every header: core/shape.hpp, op.hpp
set(inner ${headers})                                                  # those in folders; the others are facades
list(FILTER inner INCLUDE REGEX "/")
set(facades ${headers})
list(FILTER facades EXCLUDE REGEX "/")
set(offences 0)

# read(<file> <variable>): its text, always with a line end before the first line, so that rules can ask for "\n#define".
function(read file variable)
  file(READ "${file}" text)
  set(${variable} "\n${text}" PARENT_SCOPE)
endfunction()

# includes(<file> <variable>): what it includes, with the delimiters: <strata/core/shape.hpp>, "other.hpp".
function(includes file variable)
  read("${file}" text)
  string(REGEX MATCHALL "\n[ \t]*#[ \t]*include[ \t]*[<\"][^>\"\n]*[>\"]" found "${text}")
  list(TRANSFORM found REPLACE "^.*include[ \t]*" "")
  set(${variable} ${found} PARENT_SCOPE)
endfunction()

macro(broken)
  message(NOTICE ${ARGN})
  math(EXPR offences "${offences} + 1")
endmacro()

macro(verdict)
  list(LENGTH headers number)
  if(number EQUAL 0)
    message(FATAL_ERROR "no header under ${include}")
  elseif(offences GREATER 0)
    message(FATAL_ERROR "${offences} offences")
  endif()
  message(STATUS "${number} headers keep the rule")
endmacro()
