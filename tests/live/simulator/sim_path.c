/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "sim_error.h"
#include "sim_path.h"

typedef struct sim_reader {
    const char *next;
    GHashTable *routers;
    uint32_t choices; /* met so far: the salt of the next one */
} sim_reader_t;

static GPtrArray *read_elements(sim_reader_t *reader, const char *ends, GError **error);

static void
free_element(void *data)
{
    sim_element_t *element = data;

    if (element->branches != NULL)
        g_ptr_array_unref(element->branches);
    g_free(element);
}

static void
free_branch(void *data)
{
    g_ptr_array_unref(data);
}

static sim_element_t *
read_router(sim_reader_t *reader, GError **error)
{
    size_t length = strcspn(reader->next, " \t(){}|");
    g_autofree char *name = g_strndup(reader->next, length);
    const sim_router_t *router = g_hash_table_lookup(reader->routers, name);
    sim_element_t *element;

    if (router == NULL) {
        g_set_error(error, SIM_ERROR, SIM_ERROR_DESCRIPTION, "path: there is no router '%s'", name);
        return NULL;
    }
    reader->next += length;
    element = g_new0(sim_element_t, 1);
    element->router = router;
    return element;
}

static sim_element_t *
read_choice(sim_reader_t *reader, GError **error)
{
    bool by_flow = *reader->next == '(';
    const char *ends = by_flow ? "|)" : "|}";
    sim_element_t *element = g_new0(sim_element_t, 1);

    element->balance = by_flow ? SIM_BALANCE_FLOW : SIM_BALANCE_PACKET;
    element->salt = ++reader->choices;
    element->branches = g_ptr_array_new_with_free_func(free_branch);
    do {
        GPtrArray *branch;

        reader->next++;
        branch = read_elements(reader, ends, error);
        if (branch == NULL) {
            free_element(element);
            return NULL;
        }
        g_ptr_array_add(element->branches, branch);
    } while (*reader->next == '|');
    reader->next++;
    return element;
}

/* Reads up to one of `ends` (where it stays) or, when `ends` is empty, up to the end of the text. */
static GPtrArray *
read_elements(sim_reader_t *reader, const char *ends, GError **error)
{
    g_autoptr(GPtrArray) elements = g_ptr_array_new_with_free_func(free_element);

    for (;;) {
        sim_element_t *element;

        reader->next += strspn(reader->next, " \t");
        if (*reader->next == '\0' && *ends != '\0') {
            g_set_error(error, SIM_ERROR, SIM_ERROR_DESCRIPTION, "path: '%c' is missing at the end", ends[1]);
            return NULL;
        }
        if (*reader->next == '\0' || strchr(ends, *reader->next) != NULL)
            return g_steal_pointer(&elements);
        if (*reader->next == '(' || *reader->next == '{')
            element = read_choice(reader, error);
        else
            element = read_router(reader, error);
        if (element == NULL)
            return NULL;
        g_ptr_array_add(elements, element);
    }
}

GPtrArray *
sim_path_parse(const char *text, GHashTable *routers, GError **error)
{
    sim_reader_t reader = {.next = text, .routers = routers};

    return read_elements(&reader, "", error);
}

unsigned
sim_path_branch(uint32_t hash, unsigned count)
{
    return (unsigned)((uint64_t)hash * count >> 32);
}
