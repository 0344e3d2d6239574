# SPDX-License-Identifier: GPL-2.0-or-later
#
# While installing: writes to TTR_NEW_DIRECTORIES which of TTR_DIRECTORIES (below the prefix),
# and of those above them, do not exist.
# What an earlier run wrote stays, so that installing twice does not make the directories somebody else's.

set(new "")
if(EXISTS ${TTR_NEW_DIRECTORIES})
    file(STRINGS ${TTR_NEW_DIRECTORIES} new)
endif()
foreach(directory IN LISTS TTR_DIRECTORIES)
    cmake_path(ABSOLUTE_PATH directory BASE_DIRECTORY "${CMAKE_INSTALL_PREFIX}" NORMALIZE)
    set(directory "$ENV{DESTDIR}${directory}")
    while(NOT EXISTS "${directory}")
        list(APPEND new "${directory}")
        get_filename_component(directory "${directory}" DIRECTORY)
    endwhile()
endforeach()
list(REMOVE_DUPLICATES new)
list(JOIN new "\n" new)
file(WRITE ${TTR_NEW_DIRECTORIES} "${new}\n")
