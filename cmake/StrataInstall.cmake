# SPDX-License-Identifier: BSL-1.0
# find_package(Strata), from an installed prefix or from this build folder, and pkg-config.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(package "${CMAKE_INSTALL_DATADIR}/cmake/Strata")

install(TARGETS strata EXPORT StrataTargets FILE_SET HEADERS DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
install(EXPORT StrataTargets NAMESPACE Strata:: DESTINATION "${package}")
export(EXPORT StrataTargets NAMESPACE Strata:: FILE "${PROJECT_BINARY_DIR}/StrataTargets.cmake")
# Apart, so that find_package(Strata) alone asks for no toolkit.
install(TARGETS strata_cuda EXPORT StrataCudaTargets FILE_SET HEADERS DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
install(EXPORT StrataCudaTargets NAMESPACE Strata:: DESTINATION "${package}")
export(EXPORT StrataCudaTargets NAMESPACE Strata:: FILE "${PROJECT_BINARY_DIR}/StrataCudaTargets.cmake")
file(COPY cmake/StrataCompiler.cmake cmake/StrataCuda.cmake DESTINATION "${PROJECT_BINARY_DIR}")
install(FILES cmake/StrataCompiler.cmake cmake/StrataCuda.cmake DESTINATION "${package}")

configure_package_config_file(cmake/StrataConfig.cmake.in "${PROJECT_BINARY_DIR}/StrataConfig.cmake" INSTALL_DESTINATION "${package}")
write_basic_package_version_file("${PROJECT_BINARY_DIR}/StrataConfigVersion.cmake" COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
install(FILES "${PROJECT_BINARY_DIR}/StrataConfig.cmake" "${PROJECT_BINARY_DIR}/StrataConfigVersion.cmake" DESTINATION "${package}")

# Relative to where the .pc file lies, so that a prefix may be moved.
file(RELATIVE_PATH pc_prefix "/${CMAKE_INSTALL_DATADIR}/pkgconfig" "/")
string(REGEX REPLACE "/$" "" pc_prefix "${pc_prefix}")
set(pc_requires "")
set(pc_flags "")
if(STRATA_HAS_ZLIB)
  set(pc_requires "zlib")
  string(APPEND pc_flags " -DSTRATA_HAS_ZLIB=1")
endif()
foreach(directory IN LISTS Boost_INCLUDE_DIRS)
  if(NOT directory IN_LIST CMAKE_CXX_IMPLICIT_INCLUDE_DIRECTORIES)
    string(REPLACE " " "\\ " directory "${directory}")
    string(APPEND pc_flags " -I${directory}")
  endif()
endforeach()
configure_file(cmake/strata.pc.in "${PROJECT_BINARY_DIR}/strata.pc" @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/strata.pc" DESTINATION "${CMAKE_INSTALL_DATADIR}/pkgconfig")
install(FILES LICENSE DESTINATION "${CMAKE_INSTALL_DOCDIR}")
