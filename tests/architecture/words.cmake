# SPDX-License-Identifier: BSL-1.0
# Who knows what. `backward` is a word of op and graph: nobody else has a derivative by hand. `relu` is known to its op, its layer
# and their two facades: nobody else knows any op by name, and this one stands for all. Kernels and what runs them include no op.
include("${CMAKE_CURRENT_LIST_DIR}/house.cmake")
set(edge "[^A-Za-z0-9_]")
foreach(header IN LISTS headers)
  read("${include}/${header}" text)
  if(NOT header MATCHES "^(op|graph)/" AND text MATCHES "${edge}backward${edge}")
    broken("${header} knows the word backward")
  endif()
  if(NOT header MATCHES "^((op|layer)/relu|op|layer)\\.hpp$" AND text MATCHES "${edge}([Rr]e[Ll][Uu]|RELU)(Op)?${edge}")
    broken("${header} knows the word ${CMAKE_MATCH_1}${CMAKE_MATCH_2}")
  endif()
  if(header MATCHES "^(kernel|exec)/" AND text MATCHES "\n[ \t]*#[ \t]*include[ \t]*<strata/(op|layer|loss|optim)/[^>]*>")
    broken("${header} includes an op, a layer, a loss or an optimiser")
  endif()
endforeach()
verdict()
