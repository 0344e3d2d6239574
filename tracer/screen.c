/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "screen.h"

#include <glib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

enum { WIDTH = 80,
       HEIGHT = 24 };       /* of a terminal that does not say */

struct screen {
    struct termios before;
};

screen_t *
screen_open(void)
{
    screen_t *screen;
    struct termios settings;

    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO) || tcgetattr(STDIN_FILENO, &settings) != 0)
        return NULL;
    screen = g_new0(screen_t, 1);
    screen->before = settings;
    settings.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    settings.c_cc[VMIN] = 0;
    settings.c_cc[VTIME] = 0;
    tcsetattr(STDIN_FILENO, TCSANOW, &settings);
    return screen;
}

void
screen_close(screen_t *screen)
{
    if (screen == NULL)
        return;
    tcsetattr(STDIN_FILENO, TCSANOW, &screen->before);
    g_free(screen);
}

int
screen_fd(const screen_t *screen)
{
    return screen == NULL ? -1 : STDIN_FILENO;
}

char
screen_key(const screen_t *screen)
{
    char key = '\0';

    if (screen == NULL || read(STDIN_FILENO, &key, 1) != 1)
        return 0;
    return key;
}

void
screen_size(const screen_t *screen, unsigned *width, unsigned *height)
{
    struct winsize size = {.ws_col = 0};

    *width = WIDTH;
    *height = HEIGHT;
    if (screen == NULL || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0)
        return;
    *width = size.ws_col;
    *height = size.ws_row;
}
