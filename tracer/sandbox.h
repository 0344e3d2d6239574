/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the kernel still does for this process once all that it needs is open: a filter of system calls (seccomp(2)), by
 * libseccomp. Built without that library, or on a kernel without filters, all stays as it was.
 */
#ifndef SANDBOX_H
#define SANDBOX_H

typedef enum {
    SANDBOX_READ,               /* reads files and prints */
    SANDBOX_TRACE               /* the same, and talks to networks; looks up names, in threads that it starts */
} sandbox_t;

/* From now on, for this thread and those that it starts: no program, no process, no file to write but those that are
 * open, no other process is touched. What would start a program ends the process; what else is not allowed fails. */
void sandbox_enter(sandbox_t sandbox);

#endif
