# SPDX-License-Identifier: GPL-2.0-or-later
#
# Where Wireshark looks for what we install, as the Wireshark that is there says:
#   TTR_PLUGIN_DIR    the plugin. Wireshark never loads personal plugins for root.
#   TTR_EXTCAP_DIR    executables that capture
#   TTR_BIN_DIR       what a user calls in a terminal: a link to the executable that captures and reads
#   TTR_PROFILE_DIR   profiles, a folder each
#   TTR_MAN_DIR       man pages, below it man1, man4, ...
#   TTR_DOC_DIR       what is there to read
# and the target `uninstall`. Included before the folders that install something.

include(TtrInstallDirectories)
if(TTR_INSTALL STREQUAL "system")
    ttr_system_directories()
elseif(TTR_INSTALL STREQUAL "personal")
    ttr_personal_directories()
else()
    message(FATAL_ERROR "TTR_INSTALL is '${TTR_INSTALL}'; it must be system or personal")
endif()

# Before anything is installed: which directories are not there yet, so that they can go with what is in them.
set(TTR_NEW_DIRECTORIES ${CMAKE_BINARY_DIR}/install_directories.txt)
install(CODE "
    set(TTR_DIRECTORIES
        \"${TTR_PLUGIN_DIR}\" \"${TTR_EXTCAP_DIR}\" \"${TTR_BIN_DIR}\" \"${TTR_PROFILE_DIR}/TCP Traceroute\" \"${TTR_DOC_DIR}/guide\"
        \"${TTR_MAN_DIR}/man1\" \"${TTR_MAN_DIR}/man4\")
    set(TTR_NEW_DIRECTORIES \"${TTR_NEW_DIRECTORIES}\")
    include(\"${CMAKE_CURRENT_LIST_DIR}/TtrNewDirectories.cmake\")")

add_custom_target(uninstall
    COMMAND ${CMAKE_COMMAND} -D TTR_MANIFEST=${CMAKE_BINARY_DIR}/install_manifest.txt
        -D TTR_NEW_DIRECTORIES=${TTR_NEW_DIRECTORIES} -P ${CMAKE_CURRENT_LIST_DIR}/TtrUninstall.cmake
    VERBATIM)

install(DIRECTORY "${CMAKE_SOURCE_DIR}/packaging/profile/TCP Traceroute" DESTINATION ${TTR_PROFILE_DIR})
install(FILES ${CMAKE_SOURCE_DIR}/README.md ${CMAKE_SOURCE_DIR}/CHANGELOG.md ${CMAKE_SOURCE_DIR}/docs/tracing.html
    DESTINATION ${TTR_DOC_DIR})
install(DIRECTORY ${CMAKE_SOURCE_DIR}/docs/guide DESTINATION ${TTR_DOC_DIR})
