/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ports.h"

#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "error.h"

struct ports {
    GArray *list;               /* owned: uint16_t */
    GArray *sockets;            /* owned: int, one for each of them */
};

/* For IPv6 and IPv4 at once, or IPv4 alone where the host has no IPv6. Returns the port, 0 with errno set. */
static uint16_t
bind_socket(int fd, int family, uint16_t port)
{
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = g_htons(port), .sin6_addr = in6addr_any};
    struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = g_htons(port)};
    struct sockaddr *address = family == AF_INET6 ? (struct sockaddr *)(void *)&six : (struct sockaddr *)(void *)&four;
    socklen_t size = family == AF_INET6 ? sizeof six : sizeof four;
    const int off = 0;

    if (family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    if (bind(fd, address, size) < 0 || getsockname(fd, address, &size) < 0)
        return 0;
    return g_ntohs(family == AF_INET6 ? six.sin6_port : four.sin_port);
}

/* The port, 0 with errno set. */
static uint16_t
reserve(ports_t *ports, uint16_t port)
{
    int family = AF_INET6;
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    uint16_t bound;
    int code;

    if (fd < 0) {
        family = AF_INET;
        fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    }
    if (fd < 0)
        return 0;
    bound = bind_socket(fd, family, port);
    code = errno;
    if (bound == 0) {
        close(fd);
        errno = code;
        return 0;
    }
    g_array_append_val(ports->list, bound);
    g_array_append_val(ports->sockets, fd);
    return bound;
}

/* Those behind `first`, until there are `count`. */
static void
reserve_next(ports_t *ports, uint16_t first, size_t count)
{
    for (unsigned next = first + 1U; ports->list->len < count && next <= UINT16_MAX; next++)
        reserve(ports, (uint16_t)next);
}

ports_t *
ports_reserve(uint16_t first, size_t count, GError **error)
{
    ports_t *ports = g_new0(ports_t, 1);

    ports->list = g_array_new(FALSE, FALSE, sizeof(uint16_t));
    ports->sockets = g_array_new(FALSE, FALSE, sizeof(int));
    if (reserve(ports, first) != 0) {
        reserve_next(ports, g_array_index(ports->list, uint16_t, 0), count);
        while (first == 0 && ports->list->len < count && reserve(ports, 0) != 0) {
        }
        return ports;
    }
    if (first == 0)
        g_set_error(error, TRACER_ERROR, 0, "no free source port: %s", g_strerror(errno));
    else if (errno == EACCES)
        g_set_error(error, TRACER_ERROR, 0, "--source-port: %u is reserved for the system; take one from 1024 to 65535",
                    first);
    else
        g_set_error(error, TRACER_ERROR, 0, "--source-port: %u cannot be used: %s", first, g_strerror(errno));
    ports_free(ports);
    return NULL;
}

void
ports_free(ports_t *ports)
{
    if (ports == NULL)
        return;
    for (guint i = 0; i < ports->sockets->len; i++)
        close(g_array_index(ports->sockets, int, i));
    g_array_free(ports->sockets, TRUE);
    g_array_free(ports->list, TRUE);
    g_free(ports);
}

const uint16_t *
ports_list(const ports_t *ports, size_t *count)
{
    *count = ports->list->len;
    return (const uint16_t *)(const void *)ports->list->data;
}
