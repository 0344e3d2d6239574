/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The views: each is one file, registers itself, and shows traces when Wireshark asks for it.
 */
#ifndef VIEWS_H
#define VIEWS_H

void view_text_register(void);
void view_hop_table_register(void);
void view_tree_register(void);
void view_flow_register(void);
void view_tools_register(void);
void view_conversation_register(void);

#endif
