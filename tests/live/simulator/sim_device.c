/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <unistd.h>

#include "sim_device.h"
#include "sim_error.h"
#include "sim_neighbour.h"

enum { TYPE_IPV4 = 0x0800, TYPE_IPV6 = 0x86dd };

static bool
fail(GError **error, const char *operation, const char *object)
{
    int code = errno;

    g_set_error(error, SIM_ERROR, SIM_ERROR_SYSTEM, "%s %s: %s", operation, object, g_strerror(code));
    return false;
}

bool
sim_device_open(sim_device_t *device, const char *name, bool is_ethernet, GError **error)
{
    struct ifreq request = {.ifr_flags = (short)((is_ethernet ? IFF_TAP : IFF_TUN) | IFF_NO_PI)};

    device->is_ethernet = is_ethernet;
    device->fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (device->fd < 0)
        return fail(error, "open", "/dev/net/tun");
    g_strlcpy(request.ifr_name, name, sizeof request.ifr_name);
    if (ioctl(device->fd, TUNSETIFF, &request) == 0)
        return true;
    fail(error, "make the device", name);
    close(device->fd);
    return false;
}

void
sim_device_close(sim_device_t *device)
{
    close(device->fd);
}

static ssize_t
read_frame(int fd, uint8_t *bytes)
{
    uint8_t frame[SIM_ETHERNET_HEADER + SIM_PACKET_MAX];
    uint8_t answer[SIM_NEIGHBOUR_MAX];
    ssize_t length = read(fd, frame, sizeof frame);
    size_t answer_length;
    uint16_t type;

    if (length < SIM_ETHERNET_HEADER)
        return length < 0 ? -1 : 0;
    answer_length = sim_neighbour_answer(frame, (size_t)length, answer);
    if (answer_length > 0)
        return write(fd, answer, answer_length) < 0 ? -1 : 0;
    type = sim_get16(frame + 12);
    if (type != TYPE_IPV4 && type != TYPE_IPV6)
        return 0;
    memcpy(bytes, frame + SIM_ETHERNET_HEADER, (size_t)length - SIM_ETHERNET_HEADER);
    return length - SIM_ETHERNET_HEADER;
}

ssize_t
sim_device_read(const sim_device_t *device, uint8_t *bytes)
{
    return device->is_ethernet ? read_frame(device->fd, bytes) : read(device->fd, bytes, SIM_PACKET_MAX);
}

ssize_t
sim_device_write(const sim_device_t *device, const uint8_t *bytes, size_t length)
{
    uint8_t header[SIM_ETHERNET_HEADER];
    struct iovec parts[] = {{header, sizeof header}, {(void *)bytes, length}};

    if (!device->is_ethernet)
        return write(device->fd, bytes, length);
    memcpy(header, sim_neighbour_sender, 6);
    memcpy(header + 6, sim_neighbour_gateway, 6);
    sim_put16(header + 12, bytes[0] >> 4 == 4 ? TYPE_IPV4 : TYPE_IPV6);
    return writev(device->fd, parts, 2);
}
