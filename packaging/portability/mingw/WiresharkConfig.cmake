# SPDX-License-Identifier: GPL-2.0-or-later
#
# What Wireshark installs on Windows as WiresharkConfig.cmake, with Debian's headers and libraries that only name symbols,
# which packaging/portability/windows has made beside this file.

file(STRINGS /usr/include/wireshark/ws_version.h lines REGEX "define WIRESHARK_VERSION_")
foreach(part MAJOR MINOR)
    string(REGEX REPLACE ".*WIRESHARK_VERSION_${part} ([0-9]+).*" "\\1" Wireshark_${part}_VERSION "${lines}")
endforeach()
set(Wireshark_INSTALL_PREFIX ${CMAKE_CURRENT_LIST_DIR}/wireshark)
set(Wireshark_PLUGIN_INSTALL_DIR
    ${Wireshark_INSTALL_PREFIX}/plugins/${Wireshark_MAJOR_VERSION}.${Wireshark_MINOR_VERSION})
set(Wireshark_EXTCAP_INSTALL_DIR ${Wireshark_INSTALL_PREFIX}/extcap)

foreach(name wireshark wiretap wsutil)
    set(target ${name})
    if(name STREQUAL "wireshark")
        set(target epan)
    endif()
    add_library(${target} SHARED IMPORTED)
    set_target_properties(${target} PROPERTIES
        IMPORTED_IMPLIB ${CMAKE_CURRENT_LIST_DIR}/lib${name}.dll.a
        IMPORTED_LOCATION ${CMAKE_CURRENT_LIST_DIR}/lib${name}.dll)
endforeach()
set_target_properties(epan PROPERTIES
    INTERFACE_INCLUDE_DIRECTORIES "/usr/include/wireshark;/usr/include/glib-2.0;${CMAKE_CURRENT_LIST_DIR}"
    INTERFACE_LINK_LIBRARIES "wiretap;wsutil")
