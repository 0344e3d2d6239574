# SPDX-License-Identifier: GPL-2.0-or-later
#
# What is linked beside Wireshark, and what can be built with what is there:
#   ttr_glib      GLib, found by pkg-config where there is one, else among the headers and libraries that CMake knows
#   ttr_math      the mathematics of C, where they are a library of their own
#   TTR_WIRESHARK_DEFINITIONS   what Wireshark's headers have to be told
#   TTR_READER    option: `tcptracedump --read`; on where zlib is
#   TTR_TRACER    option: the capture tool; on where it can be: on Linux, with libpcap, libcap and zlib

find_package(PkgConfig QUIET)

# Looks for GLib where there is no pkg-config, as on Windows.
function(ttr_find_glib)
    find_path(TTR_GLIB_INCLUDE_DIR glib.h PATH_SUFFIXES glib-2.0)
    find_library(TTR_GLIB_LIBRARY NAMES glib-2.0 libglib-2.0)
    get_filename_component(beside "${TTR_GLIB_LIBRARY}" DIRECTORY)
    find_path(TTR_GLIB_CONFIG_DIR glibconfig.h HINTS ${beside} PATH_SUFFIXES glib-2.0/include lib/glib-2.0/include)
    if(NOT TTR_GLIB_INCLUDE_DIR OR NOT TTR_GLIB_LIBRARY OR NOT TTR_GLIB_CONFIG_DIR)
        message(FATAL_ERROR "GLib 2.66 or newer was not found: install its headers (and pkg-config), or set "
            "TTR_GLIB_INCLUDE_DIR, TTR_GLIB_CONFIG_DIR and TTR_GLIB_LIBRARY")
    endif()
    target_include_directories(ttr_glib SYSTEM INTERFACE ${TTR_GLIB_INCLUDE_DIR} ${TTR_GLIB_CONFIG_DIR})
    target_link_libraries(ttr_glib INTERFACE ${TTR_GLIB_LIBRARY})
endfunction()

add_library(ttr_glib INTERFACE)
if(PKG_CONFIG_FOUND)
    pkg_check_modules(GLIB QUIET IMPORTED_TARGET glib-2.0>=2.66)
endif()
if(TARGET PkgConfig::GLIB)
    target_link_libraries(ttr_glib INTERFACE PkgConfig::GLIB)
else()
    ttr_find_glib()
endif()

add_library(ttr_math INTERFACE)
find_library(TTR_MATH_LIBRARY m)
mark_as_advanced(TTR_MATH_LIBRARY)
if(TTR_MATH_LIBRARY AND NOT WIN32)
    target_link_libraries(ttr_math INTERFACE m)
endif()

# ws_posix_compat.h declares the type as `long` unless it is told that there is one; with 32 bits that is another type.
include(CheckTypeSize)
check_type_size(ssize_t SSIZE_T LANGUAGE C)
set(TTR_WIRESHARK_DEFINITIONS "")
if(HAVE_SSIZE_T)
    set(TTR_WIRESHARK_DEFINITIONS HAVE_SSIZE_T)
endif()

find_package(ZLIB QUIET)
if(PKG_CONFIG_FOUND)
    pkg_check_modules(PCAP QUIET IMPORTED_TARGET libpcap>=1.10)
    pkg_check_modules(CAP QUIET IMPORTED_TARGET libcap)
    pkg_check_modules(GTHREAD QUIET IMPORTED_TARGET gthread-2.0)
endif()

# What is missing for the tracer, as a list of words.
set(TTR_TRACER_LACKS "")
if(NOT CMAKE_SYSTEM_NAME STREQUAL "Linux")
    list(APPEND TTR_TRACER_LACKS "Linux")
endif()
foreach(needed PkgConfig::PCAP=libpcap PkgConfig::CAP=libcap PkgConfig::GTHREAD=gthread ZLIB::ZLIB=zlib)
    string(REGEX MATCH "^(.*)=(.*)$" ignored ${needed})
    if(NOT TARGET ${CMAKE_MATCH_1})
        list(APPEND TTR_TRACER_LACKS ${CMAKE_MATCH_2})
    endif()
endforeach()
list(JOIN TTR_TRACER_LACKS ", " TTR_TRACER_LACKS)

set(can_trace ON)
if(TTR_TRACER_LACKS)
    set(can_trace OFF)
endif()
set(can_read OFF)
if(TARGET ZLIB::ZLIB)
    set(can_read ON)
endif()
option(TTR_TRACER "Build the capture tool, which traces live; it needs Linux, libpcap, libcap and zlib" ${can_trace})
option(TTR_READER "Build `tcptracedump --read`, which prints what captures hold without Wireshark; it needs zlib" ${can_read})
if(TTR_TRACER AND TTR_TRACER_LACKS)
    message(FATAL_ERROR "TTR_TRACER is on, and there is no ${TTR_TRACER_LACKS}; TTR_TRACER=OFF builds without the capture tool")
endif()
if(TTR_READER AND NOT can_read)
    message(FATAL_ERROR "TTR_READER is on, and there is no zlib; TTR_READER=OFF builds the plugin alone")
endif()
if(TTR_TRACER)
    set(TTR_READER ON)
elseif(TTR_TRACER_LACKS)
    message(STATUS "Without the capture tool: there is no ${TTR_TRACER_LACKS}")
else()
    message(STATUS "Without the capture tool")
endif()
