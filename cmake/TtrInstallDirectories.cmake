# SPDX-License-Identifier: GPL-2.0-or-later
#
# Asks Wireshark for its directories; TtrInstall.cmake says which variables are set.

macro(ttr_system_directories)
    set(TTR_PLUGIN_DIR ${Wireshark_PLUGIN_INSTALL_DIR}/epan)
    set(TTR_EXTCAP_DIR ${Wireshark_EXTCAP_INSTALL_DIR})
    set(TTR_BIN_DIR ${Wireshark_INSTALL_PREFIX}/bin)
    set(TTR_PROFILE_DIR ${Wireshark_INSTALL_PREFIX}/share/wireshark/profiles)
    set(TTR_MAN_DIR ${Wireshark_INSTALL_PREFIX}/share/man)
    set(TTR_DOC_DIR ${Wireshark_INSTALL_PREFIX}/share/doc/wireshark-tcptraceroute)
endmacro()

# ttr_folder(VARIABLE NAME): the folder that tshark calls NAME, empty when it has none of that name.
function(ttr_folder variable name)
    set(folder "")
    if(TTR_FOLDERS MATCHES "(^|\n)${name}: *\t([^\n]+)")
        set(folder "${CMAKE_MATCH_2}")
    endif()
    set(${variable} "${folder}" PARENT_SCOPE)
endfunction()

# Only the program knows where the user's own folders are; it says so as of the version that it is.
macro(ttr_personal_directories)
    if("$ENV{HOME}" STREQUAL "")
        message(FATAL_ERROR "TTR_INSTALL=personal needs HOME")
    endif()
    find_program(TTR_TSHARK tshark HINTS ${Wireshark_INSTALL_PREFIX}/bin)
    if(NOT TTR_TSHARK)
        message(FATAL_ERROR "TTR_INSTALL=personal needs tshark, which says where the user's own plugins are")
    endif()
    execute_process(COMMAND ${TTR_TSHARK} -G folders
        OUTPUT_VARIABLE TTR_FOLDERS ERROR_QUIET COMMAND_ERROR_IS_FATAL ANY)
    ttr_folder(TTR_PERSONAL_PLUGINS "Personal Plugins")
    ttr_folder(TTR_PERSONAL_SETTINGS "Personal configuration")
    ttr_folder(TTR_EXTCAP_DIR "Personal Extcap path")
    if(NOT TTR_PERSONAL_PLUGINS MATCHES "/${Wireshark_MAJOR_VERSION}\\.${Wireshark_MINOR_VERSION}$"
            OR NOT TTR_PERSONAL_SETTINGS)
        message(FATAL_ERROR "${TTR_TSHARK} looks for plugins in '${TTR_PERSONAL_PLUGINS}'; the plugin is built for "
            "Wireshark ${Wireshark_MAJOR_VERSION}.${Wireshark_MINOR_VERSION}")
    endif()
    if(NOT TTR_EXTCAP_DIR)
        set(TTR_EXTCAP_DIR ${TTR_PERSONAL_SETTINGS}/extcap)     # 4.0 does not name it
    endif()
    set(TTR_PLUGIN_DIR ${TTR_PERSONAL_PLUGINS}/epan)
    set(TTR_PROFILE_DIR ${TTR_PERSONAL_SETTINGS}/profiles)
    set(TTR_BIN_DIR $ENV{HOME}/.local/bin)
    set(TTR_MAN_DIR $ENV{HOME}/.local/share/man)
    set(TTR_DOC_DIR $ENV{HOME}/.local/share/doc/wireshark-tcptraceroute)
endmacro()
