/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sender.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "error.h"
#include "privilege.h"
#include "route.h"

struct sender {
    int four;                   /* owned; -1: this host has no such family */
    int six;
};

/* IPPROTO_RAW: the packet comes with its header (raw(7), ipv6(7)). -1 with errno set when it cannot be had. */
static int
open_socket(int family, const char *device)
{
    int fd = socket(family, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_RAW);
    int code;

    if (fd < 0 || device == NULL)
        return fd;
    if (setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, device, (socklen_t)strlen(device) + 1) == 0)
        return fd;
    code = errno;
    close(fd);
    errno = code;
    return -1;
}

sender_t *
sender_open(const char *device, GError **error)
{
    sender_t *sender = g_new0(sender_t, 1);
    g_autofree char *advice = NULL;
    int code;

    sender->four = open_socket(AF_INET, device);
    code = errno;
    sender->six = open_socket(AF_INET6, device);
    if (sender->four >= 0 || sender->six >= 0)
        return sender;
    sender_free(sender);
    if (code == EPERM || code == EACCES) {
        advice = privilege_advice("send probes");
        g_set_error_literal(error, TRACER_ERROR, 0, advice);
    } else if (code == ENODEV && device != NULL)
        g_set_error(error, TRACER_ERROR, 0, "--device: there is no network device '%.100s'", device);
    else
        g_set_error(error, TRACER_ERROR, 0, "cannot open a raw socket: %s", g_strerror(code));
    return NULL;
}

void
sender_free(sender_t *sender)
{
    if (sender == NULL)
        return;
    if (sender->four >= 0)
        close(sender->four);
    if (sender->six >= 0)
        close(sender->six);
    g_free(sender);
}

/* Of what sendto() said. */
static sender_result_t
result_of(int code)
{
    switch (code) {
    case EAGAIN:
    case ECONNREFUSED:          /* and the like are errors of an earlier packet, which the kernel reports once */
        return SENDER_BUSY;
    case ENOBUFS:
    case ENOMEM:
        return SENDER_FULL;
    case EMSGSIZE:
    case EAFNOSUPPORT:
    case EBADF:
        return SENDER_FAILED;
    default:
        return SENDER_REFUSED;
    }
}

static sender_result_t
send_to(int fd, const struct sockaddr *to, socklen_t size, const void *packet, size_t length)
{
    ssize_t sent;

    do
        sent = sendto(fd, packet, length, 0, to, size);
    while (sent < 0 && errno == EINTR);
    return sent >= 0 ? SENDER_SENT : result_of(errno);
}

/* What may be the matter, as far as the error tells. */
static const char *
advice(int code)
{
    switch (code) {
    case EPERM:
    case EACCES:
        return "; a firewall or route of this host may forbid it";
    case ENETUNREACH:
    case ENETDOWN:
    case EHOSTUNREACH:
    case ENODEV:
    case ENXIO:
        return "; the network device may have gone down";
    case EINVAL:
        return "; a blackhole route of this host may drop it";
    default:
        return "";
    }
}

static void
explain(const sender_target_t *target, size_t length, int code, GError **error)
{
    g_autofree char *address = route_address_text(target->family, &target->address);

    if (code == EMSGSIZE)
        g_set_error(error, TRACER_ERROR, 0, "--length: %zu bytes are more than the device takes", length);
    else if (code == EAFNOSUPPORT || code == EBADF)
        g_set_error(error, TRACER_ERROR, 0, "this host cannot send IPv%u", target->family);
    else
        g_set_error(error, TRACER_ERROR, 0, "cannot send a probe to %s: %s%s", address, g_strerror(code), advice(code));
}

sender_result_t
sender_send(sender_t *sender, const sender_target_t *target, const void *packet, size_t length, GError **error)
{
    struct sockaddr_in four = {.sin_family = AF_INET};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_scope_id = target->scope};
    sender_result_t result;

    memcpy(&four.sin_addr, target->address.bytes, sizeof four.sin_addr);
    memcpy(&six.sin6_addr, target->address.bytes, sizeof six.sin6_addr);
    if (target->family == TTR_FAMILY_IPV4)
        result = send_to(sender->four, (const struct sockaddr *)(const void *)&four, sizeof four, packet, length);
    else
        result = send_to(sender->six, (const struct sockaddr *)(const void *)&six, sizeof six, packet, length);
    if (result != SENDER_SENT && result != SENDER_BUSY)
        explain(target, length, errno, error);
    return result;
}
