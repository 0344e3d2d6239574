# SPDX-License-Identifier: GPL-2.0-or-later
#
# Removes the files that `cmake --install` wrote (TTR_MANIFEST) and the directories that it made
# (TTR_NEW_DIRECTORIES), unless somebody else has put something there since.

if(NOT EXISTS ${TTR_MANIFEST})
    message(FATAL_ERROR "nothing is installed from this build: there is no ${TTR_MANIFEST}")
endif()

file(STRINGS ${TTR_MANIFEST} files)
foreach(file IN LISTS files)
    set(file "$ENV{DESTDIR}${file}")
    if(EXISTS "${file}" OR IS_SYMLINK "${file}")
        message(STATUS "Removing: ${file}")
        file(REMOVE "${file}")
        if(EXISTS "${file}")
            message(FATAL_ERROR "cannot remove ${file}")
        endif()
    endif()
endforeach()

# The longest names first: what is within goes before what it is in.
set(directories "")
if(EXISTS ${TTR_NEW_DIRECTORIES})
    file(STRINGS ${TTR_NEW_DIRECTORIES} directories)
endif()
list(SORT directories ORDER DESCENDING)
foreach(directory IN LISTS directories)
    file(GLOB left LIST_DIRECTORIES true "${directory}/*" "${directory}/.[!.]*")
    if(IS_DIRECTORY "${directory}" AND NOT left)
        file(REMOVE_RECURSE "${directory}")
    endif()
endforeach()
file(REMOVE ${TTR_MANIFEST} ${TTR_NEW_DIRECTORIES})
