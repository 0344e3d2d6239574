/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "route.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "error.h"

enum {
    ANSWER_MAX = 8192,
    MTU_MIN = 576
};

G_STATIC_ASSERT(ROUTE_DEVICE_SIZE == IF_NAMESIZE);

/* A request with room for its attributes. */
typedef struct request {
    struct nlmsghdr header;
    struct rtmsg route;
    char attributes[256];
} request_t;

static size_t
address_size(uint8_t family)
{
    return family == TTR_FAMILY_IPV4 ? 4 : 16;
}

static int
socket_family(uint8_t family)
{
    return family == TTR_FAMILY_IPV4 ? AF_INET : AF_INET6;
}

char *
route_address_text(uint8_t family, const ttr_address_t *address)
{
    char text[INET6_ADDRSTRLEN] = "";

    inet_ntop(socket_family(family), address->bytes, text, sizeof text);
    return g_strdup(text);
}

static void
put_attribute(request_t *request, unsigned short type, const void *data, size_t size)
{
    struct rtattr *attribute = (struct rtattr *)(void *)((char *)request + NLMSG_ALIGN(request->header.nlmsg_len));

    attribute->rta_type = type;
    attribute->rta_len = (unsigned short)RTA_LENGTH(size);
    memcpy(RTA_DATA(attribute), data, size);
    request->header.nlmsg_len = (uint32_t)(NLMSG_ALIGN(request->header.nlmsg_len) + RTA_ALIGN(attribute->rta_len));
}

/* False with errno set. The answer's attributes are in `answer`. */
static ssize_t
ask(const request_t *request, char answer[ANSWER_MAX])
{
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    ssize_t length = -1;
    int code;

    if (fd < 0)
        return -1;
    if (send(fd, request, request->header.nlmsg_len, 0) >= 0)
        length = recv(fd, answer, ANSWER_MAX, 0);
    code = errno;
    close(fd);
    errno = code;
    return length;
}

static void
take_attribute(const struct rtattr *attribute, uint8_t family, unsigned *index, route_t *route)
{
    if (attribute->rta_type == RTA_OIF && RTA_PAYLOAD(attribute) >= sizeof *index)
        memcpy(index, RTA_DATA(attribute), sizeof *index);
    if (attribute->rta_type == RTA_PREFSRC && RTA_PAYLOAD(attribute) >= address_size(family))
        memcpy(route->source.bytes, RTA_DATA(attribute), address_size(family));
}

/* False with errno set. */
static bool
take_answer(const char *answer, ssize_t length, uint8_t family, route_t *route)
{
    const struct nlmsghdr *header = (const struct nlmsghdr *)(const void *)answer;
    const struct rtmsg *message = NLMSG_DATA(header);
    const struct rtattr *attribute;
    unsigned index = 0;
    int left;

    errno = EPROTO;
    if (length < (ssize_t)sizeof *header || !NLMSG_OK(header, (size_t)length))
        return false;
    if (header->nlmsg_type == NLMSG_ERROR) {
        errno = -((const struct nlmsgerr *)NLMSG_DATA(header))->error;
        return false;
    }
    if (header->nlmsg_type != RTM_NEWROUTE)
        return false;
    left = (int)RTM_PAYLOAD(header);
    for (attribute = RTM_RTA(message); RTA_OK(attribute, left); attribute = RTA_NEXT(attribute, left))
        take_attribute(attribute, family, &index, route);
    if (message->rtm_type == RTN_BROADCAST || message->rtm_type == RTN_MULTICAST)
        errno = EADDRNOTAVAIL;
    if (message->rtm_type == RTN_UNREACHABLE)
        errno = ENETUNREACH;
    if (message->rtm_type == RTN_PROHIBIT)
        errno = EACCES;
    if (message->rtm_type == RTN_BLACKHOLE)
        errno = EINVAL;
    route->index = index;
    return errno == EPROTO && index != 0 && if_indextoname(index, route->device) != NULL;
}

static uint16_t
device_mtu(const char *device)
{
    struct ifreq request = {0};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    int mtu = 1500;

    g_strlcpy(request.ifr_name, device, sizeof request.ifr_name);
    if (fd >= 0 && ioctl(fd, SIOCGIFMTU, &request) == 0)
        mtu = request.ifr_mtu;
    if (fd >= 0)
        close(fd);
    return (uint16_t)CLAMP(mtu, MTU_MIN, UINT16_MAX);
}

/* The kernel tells it when somebody wants to send from there; for IPv6 it does not look at the source of a route. */
static bool
is_own_address(uint8_t family, const ttr_address_t *address)
{
    struct sockaddr_in four = {.sin_family = AF_INET};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6};
    bool is_four = family == TTR_FAMILY_IPV4;
    int fd = socket(socket_family(family), SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bool is_own;

    memcpy(&four.sin_addr, address->bytes, sizeof four.sin_addr);
    memcpy(&six.sin6_addr, address->bytes, sizeof six.sin6_addr);
    is_own = fd < 0 || bind(fd, is_four ? (const void *)&four : (const void *)&six, is_four ? sizeof four : sizeof six) == 0 || errno != EADDRNOTAVAIL;
    if (fd >= 0)
        close(fd);
    return is_own;
}

/* Not a group of hosts, and not "any". */
static bool
is_one_host(uint8_t family, const ttr_address_t *address)
{
    static const ttr_address_t any = {{0}};

    if (memcmp(address, &any, address_size(family)) == 0)
        return false;
    return family == TTR_FAMILY_IPV4 ? address->bytes[0] < 224 || address->bytes[0] > 239 : address->bytes[0] != 0xff;
}

static bool
put_source(request_t *request, const route_query_t *query, ttr_address_t *source, GError **error)
{
    if (*query->source == '\0')
        return true;
    if (inet_pton(socket_family(query->family), query->source, source->bytes) != 1) {
        g_set_error(error, TRACER_ERROR, 0, "--source: '%.100s' is not an %s address", query->source,
                    query->family == TTR_FAMILY_IPV4 ? "IPv4" : "IPv6");
        return false;
    }
    if (!is_own_address(query->family, source)) {
        g_set_error(error, TRACER_ERROR, 0, "--source: %s is not an address of this host", query->source);
        return false;
    }
    put_attribute(request, RTA_SRC, source->bytes, address_size(query->family));
    request->route.rtm_src_len = (unsigned char)(8 * address_size(query->family));
    return true;
}

static bool
put_device(request_t *request, const route_query_t *query, GError **error)
{
    unsigned index = *query->device == '\0' ? query->scope : if_nametoindex(query->device);

    if (*query->device != '\0' && index == 0) {
        g_set_error(error, TRACER_ERROR, 0, "--device: there is no network device '%.100s'", query->device);
        return false;
    }
    if (index != 0)
        put_attribute(request, RTA_OIF, &index, sizeof index);
    return true;
}

static void
explain_group(const char *target, GError **error)
{
    g_set_error(error, TRACER_ERROR, 0, "--target: %s is not the address of one host", target);
}

/* The kernel says EINVAL of a blackhole, or that the route is one (fib_props in net/ipv4/fib_semantics.c,
 * ip6_rt_init_dst_reject() in net/ipv6/route.c); all else that we ask is valid. */
static void
explain_no_route(const char *target, int code, GError **error)
{
    if (code == EADDRNOTAVAIL)
        explain_group(target, error);
    else
        g_set_error(error, TRACER_ERROR, 0, "no route to %s: %s", target,
                    code == EINVAL ? "a blackhole route drops what is sent there" : g_strerror(code));
}

bool
route_find(const route_query_t *query, route_t *route, GError **error)
{
    request_t request = {
        .header = {.nlmsg_len = NLMSG_LENGTH(sizeof request.route), .nlmsg_type = RTM_GETROUTE, .nlmsg_flags = NLM_F_REQUEST},
        .route = {.rtm_family = (unsigned char)socket_family(query->family),
                  .rtm_dst_len = (unsigned char)(8 * address_size(query->family))},
    };
    static const ttr_address_t no_address = {{0}};
    char answer[ANSWER_MAX] __attribute__((aligned(8)));
    g_autofree char *target = route_address_text(query->family, &query->target);
    ttr_address_t source = {0};
    ssize_t length;

    *route = (route_t){0};
    if (!is_one_host(query->family, &query->target)) {
        explain_group(target, error);
        return false;
    }
    put_attribute(&request, RTA_DST, query->target.bytes, address_size(query->family));
    if (!put_source(&request, query, &source, error) || !put_device(&request, query, error))
        return false;
    length = ask(&request, answer);
    if (length < 0 || !take_answer(answer, length, query->family, route)) {
        explain_no_route(target, errno, error);
        return false;
    }
    if (*query->source != '\0')
        route->source = source;
    if (memcmp(&route->source, &no_address, sizeof no_address) == 0) {
        g_set_error(error, TRACER_ERROR, 0, "network device %s has no address to send from to %s", route->device,
                    target);
        return false;
    }
    route->mtu = device_mtu(route->device);
    return true;
}

char **
route_devices(void)
{
    struct if_nameindex *list = if_nameindex();
    GPtrArray *names = g_ptr_array_new();

    for (struct if_nameindex *at = list; at != NULL && at->if_index != 0; at++)
        g_ptr_array_add(names, g_strdup(at->if_name));
    g_ptr_array_add(names, NULL);
    if (list != NULL)
        if_freenameindex(list);
    return (char **)g_ptr_array_free(names, FALSE);
}
