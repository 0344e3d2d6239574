# SPDX-License-Identifier: GPL-2.0-or-later
#
# Where Wireshark looks for what we install, as the Wireshark that is there says:
#   TTR_PLUGIN_DIR    the plugin. Wireshark never loads personal plugins for root.
#   TTR_EXTCAP_DIR    executables that capture
#   TTR_BIN_DIR       what a user calls in a terminal: a link to the executable that captures and reads
#   TTR_PROFILE_DIR   profiles, a folder each
#   TTR_MAN_DIR       man pages, below it man1, man4, ...
#   TTR_COMPLETION_DIR    where bash looks for what completes a command
#   TTR_DOC_DIR       what is there to read
# all below CMAKE_INSTALL_PREFIX, so that another prefix, also one given to `cmake --install`, moves them. Where none is
# given it is the user's home; with TTR_INSTALL=system Wireshark's own; for root, or where tshark cannot be asked, CMake's
# default. TTR_DOC_PATH is TTR_DOC_DIR as configured, in full.
# And the target `uninstall`. Included before the folders that install something.

include(GNUInstallDirs)
include(TtrInstallDirectories)
ttr_choose_place()
if(TTR_PLACE STREQUAL "personal")
    ttr_personal_directories()
else()
    ttr_system_directories()
endif()

ttr_default_prefix()
foreach(name PLUGIN EXTCAP BIN PROFILE MAN COMPLETION DOC)
    ttr_below_prefix(TTR_${name}_DIR)
endforeach()
cmake_path(ABSOLUTE_PATH TTR_DOC_DIR BASE_DIRECTORY ${CMAKE_INSTALL_PREFIX} OUTPUT_VARIABLE TTR_DOC_PATH)

# Before anything is installed: which directories are not there yet, so that they can go with what is in them.
set(TTR_NEW_DIRECTORIES ${CMAKE_BINARY_DIR}/install_directories.txt)
install(CODE "
    set(TTR_DIRECTORIES
        \"${TTR_PLUGIN_DIR}\" \"${TTR_EXTCAP_DIR}\" \"${TTR_BIN_DIR}\" \"${TTR_PROFILE_DIR}/TCP Traceroute\" \"${TTR_DOC_DIR}/guide\"
        \"${TTR_MAN_DIR}/man1\" \"${TTR_MAN_DIR}/man4\" \"${TTR_COMPLETION_DIR}\")
    set(TTR_NEW_DIRECTORIES \"${TTR_NEW_DIRECTORIES}\")
    include(\"${CMAKE_CURRENT_LIST_DIR}/TtrNewDirectories.cmake\")")

add_custom_target(uninstall
    COMMAND ${CMAKE_COMMAND} -D TTR_MANIFEST=${CMAKE_BINARY_DIR}/install_manifest.txt
        -D TTR_NEW_DIRECTORIES=${TTR_NEW_DIRECTORIES} -P ${CMAKE_CURRENT_LIST_DIR}/TtrUninstall.cmake
    VERBATIM)

install(DIRECTORY "${PROJECT_SOURCE_DIR}/packaging/profile/TCP Traceroute" DESTINATION ${TTR_PROFILE_DIR})
# What the reader of these is sent to is installed, too, or named as being of the source.
install(FILES ${PROJECT_SOURCE_DIR}/CHANGELOG.md ${PROJECT_SOURCE_DIR}/docs/tracing.html DESTINATION ${TTR_DOC_DIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/docs/guide DESTINATION ${TTR_DOC_DIR})
