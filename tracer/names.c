/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "names.h"

#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "privilege.h"

enum {
    THREADS = 8,
    NAMES_MAX = 4096            /* hostile answers come from any number of addresses */
};

typedef struct question {
    uint8_t family;
    ttr_address_t address;
    char *name;                 /* owned: the answer */
} question_t;

/* What the threads know; it outlives names_free() as long as one of them runs. */
typedef struct box {
    gatomicrefcount references;
    GAsyncQueue *questions;     /* owned: question_t, owned */
    GAsyncQueue *answers;       /* owned: likewise */
    gint is_over;               /* atomic: nobody waits for answers any more */
    int fd;                     /* owned */
} box_t;

struct names {
    box_t *box;                 /* a reference */
    unsigned threads;
    GHashTable *asked;          /* owned: text of the address (owned) */
    unsigned pending;
};

static void
free_question(void *data)
{
    question_t *question = data;

    g_free(question->name);
    g_free(question);
}

static void
box_unref(box_t *box)
{
    if (!g_atomic_ref_count_dec(&box->references))
        return;
    g_async_queue_unref(box->questions);
    g_async_queue_unref(box->answers);
    close(box->fd);
    g_free(box);
}

static void
look_up(question_t *question)
{
    struct sockaddr_in four = {.sin_family = AF_INET};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6};
    bool is_four = question->family == TTR_FAMILY_IPV4;
    char name[NI_MAXHOST];

    memcpy(&four.sin_addr, question->address.bytes, sizeof four.sin_addr);
    memcpy(&six.sin6_addr, question->address.bytes, sizeof six.sin6_addr);
    if (getnameinfo(is_four ? (struct sockaddr *)(void *)&four : (struct sockaddr *)(void *)&six,
                    is_four ? sizeof four : sizeof six, name, sizeof name, NULL, 0, NI_NAMEREQD) == 0)
        question->name = g_strdup(name);
}

static gpointer
run(gpointer data)
{
    box_t *box = data;
    question_t *question;

    privilege_give_up();
    while (question = g_async_queue_pop(box->questions), g_atomic_int_get(&box->is_over) == 0) {
        look_up(question);
        g_async_queue_push(box->answers, question);
        eventfd_write(box->fd, 1);
    }
    free_question(question);
    box_unref(box);
    return NULL;
}

/* Not a GThreadPool: the thread that starts the threads of one would keep the privilege. Where no thread can be had,
 * the questions wait for those that there are. */
static void
start_thread(names_t *names)
{
    GThread *thread;

    g_atomic_ref_count_inc(&names->box->references);
    thread = g_thread_try_new("names", run, names->box, NULL);
    if (thread == NULL) {
        box_unref(names->box);
        return;
    }
    g_thread_unref(thread);
    names->threads++;
}

names_t *
names_new(void)
{
    names_t *names = g_new0(names_t, 1);

    names->box = g_new0(box_t, 1);
    g_atomic_ref_count_init(&names->box->references);
    names->box->questions = g_async_queue_new_full(free_question);
    names->box->answers = g_async_queue_new_full(free_question);
    names->box->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    names->asked = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return names;
}

void
names_free(names_t *names)
{
    if (names == NULL)
        return;
    g_atomic_int_set(&names->box->is_over, 1);
    for (unsigned i = 0; i < names->threads; i++)
        g_async_queue_push(names->box->questions, g_new0(question_t, 1));   /* wakes one that waits */
    g_hash_table_destroy(names->asked);
    box_unref(names->box);
    g_free(names);
}

void
names_ask(names_t *names, uint8_t family, const ttr_address_t *address)
{
    g_autofree char *key = g_base64_encode(address->bytes, sizeof address->bytes);
    question_t *question;

    if (g_hash_table_size(names->asked) >= NAMES_MAX || !g_hash_table_add(names->asked, g_steal_pointer(&key)))
        return;
    question = g_new0(question_t, 1);
    question->family = family;
    question->address = *address;
    names->pending++;
    g_async_queue_push(names->box->questions, question);
    if (names->threads < MIN(names->pending, THREADS))
        start_thread(names);
}

int
names_fd(const names_t *names)
{
    return names->box->fd;
}

bool
names_next(names_t *names, uint8_t *family, ttr_address_t *address, char **name)
{
    question_t *question = g_async_queue_try_pop(names->box->answers);
    eventfd_t count;

    if (question == NULL) {
        eventfd_read(names->box->fd, &count);
        question = g_async_queue_try_pop(names->box->answers);
    }
    if (question == NULL)
        return false;
    *family = question->family;
    *address = question->address;
    *name = g_steal_pointer(&question->name);
    names->pending--;
    free_question(question);
    return true;
}

unsigned
names_pending(const names_t *names)
{
    return names->pending;
}
