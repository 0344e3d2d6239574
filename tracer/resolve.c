/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "resolve.h"

#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "error.h"
#include "privilege.h"

#define RUNNING_MAX 16          /* look-ups that nobody waits for any more go on until the resolver gives up */

static gint running;            /* atomic */

/* Shared by the caller and the thread; the last of them frees it. */
struct resolve {
    gatomicrefcount references;
    char **names;               /* owned */
    options_family_t family;
    bool is_all;                /* every address of a name */
    int fd;                     /* owned */
    GPtrArray *targets;         /* owned: resolve_target_t */
    GPtrArray *errors;          /* owned: GError */
};

static void
free_error(void *data)
{
    g_error_free(data);
}

static void
free_target(void *data)
{
    resolve_target_t *target = data;

    g_free(target->name);
    g_free(target);
}

static void
unref(resolve_t *resolve)
{
    if (!g_atomic_ref_count_dec(&resolve->references))
        return;
    g_strfreev(resolve->names);
    g_ptr_array_free(resolve->targets, TRUE);
    g_ptr_array_free(resolve->errors, TRUE);
    close(resolve->fd);
    g_free(resolve);
}

static bool
take_address(const struct addrinfo *info, sender_target_t *where)
{
    *where = (sender_target_t){0};
    if (info->ai_family == AF_INET) {
        where->family = TTR_FAMILY_IPV4;
        memcpy(where->address.bytes, &((const struct sockaddr_in *)(const void *)info->ai_addr)->sin_addr, 4);
        return true;
    }
    if (info->ai_family == AF_INET6) {
        const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)(const void *)info->ai_addr;

        where->family = TTR_FAMILY_IPV6;
        where->scope = six->sin6_scope_id;
        memcpy(where->address.bytes, &six->sin6_addr, 16);
        return true;
    }
    return false;
}

static void
add_target(resolve_t *resolve, const char *name, const sender_target_t *where)
{
    resolve_target_t *target;

    for (guint i = 0; i < resolve->targets->len; i++) {
        const resolve_target_t *known = g_ptr_array_index(resolve->targets, i);

        if (known->where.family == where->family && known->where.scope == where->scope &&
            memcmp(&known->where.address, &where->address, sizeof where->address) == 0)
            return;
    }
    target = g_new0(resolve_target_t, 1);
    target->name = g_strdup(name);
    target->where = *where;
    g_ptr_array_add(resolve->targets, target);
}

static const char *
family_words(options_family_t family)
{
    switch (family) {
    case OPTIONS_FAMILY_ANY:  return "";
    case OPTIONS_FAMILY_IPV4: return " (IPv4 only was asked for)";
    case OPTIONS_FAMILY_IPV6: return " (IPv6 only was asked for)";
    }
    return "";
}

/* One name without an address leaves the others theirs. getaddrinfo() puts the address to be preferred first (RFC 6724). */
static void
resolve_one(resolve_t *resolve, const char *written)
{
    const struct addrinfo hints = {
        .ai_family = resolve->family == OPTIONS_FAMILY_IPV4   ? AF_INET
                     : resolve->family == OPTIONS_FAMILY_IPV6 ? AF_INET6
                                                              : AF_UNSPEC,
        .ai_socktype = SOCK_STREAM,
    };
    size_t length = strlen(written);
    bool is_bracketed = length > 2 && written[0] == '[' && written[length - 1] == ']';
    g_autofree char *name = is_bracketed ? g_strndup(written + 1, length - 2) : g_strdup(written);
    struct addrinfo *list = NULL;
    int code = getaddrinfo(name, NULL, &hints, &list);
    sender_target_t where;
    bool is_found = false;

    for (struct addrinfo *at = list; at != NULL && (resolve->is_all || !is_found); at = at->ai_next) {
        if (!take_address(at, &where))
            continue;
        is_found = true;
        add_target(resolve, written, &where);
    }
    if (!is_found)
        g_ptr_array_add(resolve->errors, g_error_new(TRACER_ERROR, 0, "--target: no address for '%.200s'%s: %s", written,
                                                     family_words(resolve->family),
                                                     code == 0 ? "no such address" : gai_strerror(code)));
    if (list != NULL)
        freeaddrinfo(list);
}

static gpointer
run(gpointer data)
{
    resolve_t *resolve = data;

    privilege_give_up();
    for (char **name = resolve->names; *name != NULL; name++)
        resolve_one(resolve, *name);
    eventfd_write(resolve->fd, 1);
    unref(resolve);
    g_atomic_int_add(&running, -1);
    return NULL;
}

/* False, with the error in resolve->errors, when there can be no more threads. */
static bool
start(resolve_t *resolve)
{
    GThread *thread = NULL;
    GError *error = NULL;

    if (g_atomic_int_add(&running, 1) >= RUNNING_MAX)
        g_set_error_literal(&error, TRACER_ERROR, 0, "too many targets are being looked up; try again later");
    else
        thread = g_thread_try_new("resolve", run, resolve, &error);
    if (thread == NULL) {
        g_ptr_array_add(resolve->errors, error);
        g_atomic_int_add(&running, -1);
        return false;
    }
    g_thread_unref(thread);
    return true;
}

resolve_t *
resolve_start(char *const *names, options_family_t family, bool is_all)
{
    resolve_t *resolve = g_new0(resolve_t, 1);

    g_atomic_ref_count_init(&resolve->references);
    g_atomic_ref_count_inc(&resolve->references);
    resolve->names = g_strdupv((char **)names);
    resolve->family = family;
    resolve->is_all = is_all;
    resolve->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    resolve->targets = g_ptr_array_new_with_free_func(free_target);
    resolve->errors = g_ptr_array_new_with_free_func(free_error);
    if (!start(resolve)) {
        eventfd_write(resolve->fd, 1);
        unref(resolve);         /* the thread's */
    }
    return resolve;
}

void
resolve_free(resolve_t *resolve)
{
    if (resolve != NULL)
        unref(resolve);
}

int
resolve_fd(const resolve_t *resolve)
{
    return resolve->fd;
}

const GPtrArray *
resolve_result(const resolve_t *resolve)
{
    return resolve->targets;
}

const GPtrArray *
resolve_errors(const resolve_t *resolve)
{
    return resolve->errors;
}
