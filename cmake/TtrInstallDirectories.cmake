# SPDX-License-Identifier: GPL-2.0-or-later
#
# Asks Wireshark for its directories, and for the prefix that they are below (TTR_WIRESHARK_PREFIX); TtrInstall.cmake
# says which variables are set.

# The default prefix of an earlier run is no wish of the user either.
set(TTR_PREFIX_IS_GIVEN ON)
if(CMAKE_INSTALL_PREFIX_INITIALIZED_TO_DEFAULT OR CMAKE_INSTALL_PREFIX STREQUAL "${TTR_DEFAULT_PREFIX}")
    set(TTR_PREFIX_IS_GIVEN OFF)
endif()

macro(ttr_system_directories)
    set(TTR_WIRESHARK_PREFIX ${Wireshark_INSTALL_PREFIX})
    set(TTR_PLUGIN_DIR ${Wireshark_PLUGIN_INSTALL_DIR}/epan)
    set(TTR_EXTCAP_DIR ${Wireshark_EXTCAP_INSTALL_DIR})
    set(TTR_BIN_DIR ${CMAKE_INSTALL_BINDIR})
    set(TTR_PROFILE_DIR ${CMAKE_INSTALL_DATADIR}/wireshark/profiles)
    set(TTR_MAN_DIR ${CMAKE_INSTALL_MANDIR})
    set(TTR_COMPLETION_DIR ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
    set(TTR_DOC_DIR ${CMAKE_INSTALL_DATADIR}/doc/wireshark-tcptraceroute)
endmacro()

# ttr_folder(VARIABLE NAME): the folder that tshark calls NAME, empty when it has none of that name.
function(ttr_folder variable name)
    set(folder "")
    if(TTR_FOLDERS MATCHES "(^|\n)${name}: *\t([^\n\r]+)")
        file(TO_CMAKE_PATH "${CMAKE_MATCH_2}" folder)
    endif()
    set(${variable} "${folder}" PARENT_SCOPE)
endfunction()

# The user's own folder, in TTR_HOME.
macro(ttr_find_home)
    file(TO_CMAKE_PATH "$ENV{HOME}" TTR_HOME)
    if(WIN32)
        file(TO_CMAKE_PATH "$ENV{USERPROFILE}" TTR_HOME)
    endif()
endmacro()

# Only the program knows where the user's own folders are; it says so as of the version that it is. Sets
# TTR_PERSONAL_PROBLEM to a sentence when it cannot be asked, else to nothing.
function(ttr_ask_for_folders)
    find_program(TTR_TSHARK tshark HINTS ${Wireshark_INSTALL_PREFIX}/bin)
    set(problem "")
    ttr_find_home()
    if(TTR_HOME STREQUAL "")
        set(problem "there is no HOME")
    elseif(CMAKE_CROSSCOMPILING OR NOT TTR_TSHARK)
        set(problem "there is no tshark, which says where the user's own plugins are")
    else()
        execute_process(COMMAND ${TTR_TSHARK} -G folders OUTPUT_VARIABLE TTR_FOLDERS ERROR_QUIET RESULT_VARIABLE failed)
        ttr_folder(plugins "Personal Plugins")
        ttr_folder(settings "Personal configuration")
        ttr_folder(extcap "Personal Extcap path")
        # In the bundle of macOS the version has no point.
        if(failed OR NOT settings OR
                NOT plugins MATCHES "/${Wireshark_MAJOR_VERSION}[.-]${Wireshark_MINOR_VERSION}$")
            set(problem "${TTR_TSHARK} looks for plugins in '${plugins}'; the plugin is built for Wireshark \
${Wireshark_MAJOR_VERSION}.${Wireshark_MINOR_VERSION}")
        endif()
    endif()
    if(NOT extcap)
        set(extcap ${settings}/extcap)      # 4.0 does not name it
    endif()
    set(TTR_PERSONAL_PROBLEM "${problem}" PARENT_SCOPE)
    set(TTR_PERSONAL_PLUGINS "${plugins}" PARENT_SCOPE)
    set(TTR_PERSONAL_SETTINGS "${settings}" PARENT_SCOPE)
    set(TTR_PERSONAL_EXTCAP "${extcap}" PARENT_SCOPE)
    set(TTR_HOME "${TTR_HOME}" PARENT_SCOPE)
endfunction()

macro(ttr_personal_directories)
    set(TTR_WIRESHARK_PREFIX ${TTR_HOME})
    set(TTR_PLUGIN_DIR ${TTR_PERSONAL_PLUGINS}/epan)
    set(TTR_EXTCAP_DIR ${TTR_PERSONAL_EXTCAP})
    set(TTR_PROFILE_DIR ${TTR_PERSONAL_SETTINGS}/profiles)
    set(TTR_BIN_DIR ${TTR_HOME}/.local/bin)
    set(TTR_MAN_DIR ${TTR_HOME}/.local/share/man)
    set(TTR_COMPLETION_DIR ${TTR_HOME}/.local/share/bash-completion/completions)
    set(TTR_DOC_DIR ${TTR_HOME}/.local/share/doc/wireshark-tcptraceroute)
endmacro()

# Is the user root, for whom Wireshark loads no personal plugins?
function(ttr_is_root variable)
    set(id "")
    if(CMAKE_HOST_UNIX)
        execute_process(COMMAND id -u OUTPUT_VARIABLE id OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
    endif()
    set(${variable} OFF PARENT_SCOPE)
    if(id STREQUAL "0")
        set(${variable} ON PARENT_SCOPE)
    endif()
endfunction()

# Sets TTR_PLACE: what the user asks for; else the prefix that was given counts; else the user's own folders, where they
# are known; else CMake's own prefix, where no package manager has files.
macro(ttr_choose_place)
    set(TTR_PLACE "${TTR_INSTALL}")
    if(TTR_PLACE STREQUAL "" AND NOT TTR_PREFIX_IS_GIVEN)
        ttr_is_root(is_root)
        ttr_ask_for_folders()
        if(is_root)
            set(TTR_PERSONAL_PROBLEM "Wireshark loads no personal plugins for root")
        endif()
        if(TTR_PERSONAL_PROBLEM STREQUAL "")
            set(TTR_PLACE personal)
        else()
            message(STATUS "`cmake --install` writes below ${CMAKE_INSTALL_PREFIX}: ${TTR_PERSONAL_PROBLEM}. "
                "TTR_INSTALL=system installs where ${Wireshark_INSTALL_PREFIX} has its Wireshark")
        endif()
    elseif(TTR_PLACE STREQUAL "personal")
        ttr_ask_for_folders()
        if(NOT TTR_PERSONAL_PROBLEM STREQUAL "")
            message(FATAL_ERROR "TTR_INSTALL=personal: ${TTR_PERSONAL_PROBLEM}")
        endif()
    elseif(NOT TTR_PLACE MATCHES "^(system)?$")
        message(FATAL_ERROR "TTR_INSTALL is '${TTR_INSTALL}'; it must be system, personal or empty")
    endif()
endmacro()

# Where a place was asked for, or found, its prefix stands for CMake's own default; what the user asked for stays.
macro(ttr_default_prefix)
    if(NOT TTR_PREFIX_IS_GIVEN AND NOT TTR_PLACE STREQUAL "")
        set(CMAKE_INSTALL_PREFIX ${TTR_WIRESHARK_PREFIX} CACHE PATH "What everything is installed below" FORCE)
    endif()
    if(NOT TTR_PREFIX_IS_GIVEN)
        set(TTR_DEFAULT_PREFIX ${CMAKE_INSTALL_PREFIX} CACHE INTERNAL "CMAKE_INSTALL_PREFIX when the user gives none")
    endif()
endmacro()

# ttr_below_prefix(VARIABLE): makes the path in it relative to Wireshark's prefix. One that is not below it stays.
function(ttr_below_prefix variable)
    if(NOT IS_ABSOLUTE "${${variable}}")
        return()
    endif()
    cmake_path(IS_PREFIX TTR_WIRESHARK_PREFIX "${${variable}}" NORMALIZE is_below)
    if(is_below)
        cmake_path(RELATIVE_PATH ${variable} BASE_DIRECTORY ${TTR_WIRESHARK_PREFIX})
        set(${variable} ${${variable}} PARENT_SCOPE)
    endif()
endfunction()
