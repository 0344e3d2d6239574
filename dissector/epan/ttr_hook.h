/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Where Wireshark calls us: before TCP, ICMP and ICMPv6, in IP's table of next protocols.
 */
#ifndef TTR_HOOK_H
#define TTR_HOOK_H

/* Registers the names under which the handles stand in the table. Once, before ttr_hook_install(). */
void ttr_hook_register(void);

/* Puts our handles into the table and keeps those that stood there. Further calls do nothing. */
void ttr_hook_install(void);

#endif
