/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sandbox.h"

#ifdef TTR_HAS_SECCOMP

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <linux/sockios.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

/* Calls that a kernel or a C library does not know yet are answered so that the caller takes the older one. In builds
 * for tests they end the process instead, so that none that is needed stays unseen. */
#ifdef TTR_SECCOMP_KILLS
#define OTHERWISE SCMP_ACT_KILL_PROCESS
#else
#define OTHERWISE SCMP_ACT_ERRNO(ENOSYS)
#endif

#define CALL(name) SCMP_SYS(name)

/* Memory, time, signals, threads that are there, files that are open or are opened to be read: no harm to others. */
static const int reading[] = {
    CALL(read),
    CALL(readv),
    CALL(pread64),
    CALL(write),
    CALL(writev),
    CALL(close),
    CALL(lseek),
    CALL(_llseek),
    CALL(fstat),
    CALL(fstat64),
    CALL(stat),
    CALL(stat64),
    CALL(lstat),
    CALL(lstat64),
    CALL(newfstatat),
    CALL(fstatat64),
    CALL(statx),
    CALL(statfs),
    CALL(fstatfs),
    CALL(access),
    CALL(faccessat),
    CALL(faccessat2),
    CALL(readlink),
    CALL(readlinkat),
    CALL(getcwd),
    CALL(getdents64),
    CALL(fadvise64),
    CALL(dup),
    CALL(dup2),
    CALL(dup3),
    CALL(fcntl),
    CALL(fcntl64),
    CALL(mmap),
    CALL(mmap2),
    CALL(munmap),
    CALL(mremap),
    CALL(mprotect),
    CALL(madvise),
    CALL(brk),
    CALL(membarrier),
    CALL(clock_gettime),
    CALL(clock_gettime64),
    CALL(clock_getres),
    CALL(clock_nanosleep),
    CALL(clock_nanosleep_time64),
    CALL(nanosleep),
    CALL(gettimeofday),
    CALL(time),
    CALL(getrandom),
    CALL(rt_sigaction),
    CALL(rt_sigprocmask),
    CALL(rt_sigreturn),
    CALL(sigreturn),
    CALL(sigaltstack),
    CALL(restart_syscall),
    CALL(futex),
    CALL(futex_time64),
    CALL(set_robust_list),
    CALL(get_robust_list),
    CALL(rseq),
    CALL(sched_yield),
    CALL(sched_getaffinity),
    CALL(sched_getattr),
    CALL(sched_getparam),
    CALL(sched_getscheduler),
    CALL(getpid),
    CALL(gettid),
    CALL(tgkill),
    CALL(getuid),
    CALL(geteuid),
    CALL(getgid),
    CALL(getegid),
    CALL(uname),
    CALL(sysinfo),
    CALL(getrlimit),
    CALL(ugetrlimit),
    CALL(exit),
    CALL(exit_group),
};

/* Sockets are of the kinds below; to open one that is raw takes a capability besides. */
static const int tracing[] = {
    CALL(connect),
    CALL(bind),
    CALL(getsockname),
    CALL(getpeername),
    CALL(setsockopt),
    CALL(getsockopt),
    CALL(shutdown),
    CALL(send),
    CALL(sendto),
    CALL(sendmsg),
    CALL(sendmmsg),
    CALL(recv),
    CALL(recvfrom),
    CALL(recvmsg),
    CALL(recvmmsg),
    CALL(poll),
    CALL(ppoll),
    CALL(ppoll_time64),
    CALL(select),
    CALL(_newselect),
    CALL(pselect6),
    CALL(epoll_create1),
    CALL(epoll_ctl),
    CALL(epoll_wait),
    CALL(epoll_pwait),
    CALL(eventfd2),
    CALL(pipe2),
    CALL(capget),
    CALL(capset),
    CALL(prctl),
    CALL(set_tid_address),
};

static const int socket_families[] = {AF_INET, AF_INET6, AF_NETLINK, AF_UNIX, AF_PACKET};

/* Newer C libraries ask so for a terminal's settings and set them. The struct that the macros of <asm/ioctls.h> measure
 * cannot be had beside <termios.h>: it has four flags, a line discipline, 19 characters and two speeds. */
#define TERMIOS2_SIZE (4 * 4 + 1 + 19 + 2 * 4)
#define TCGETS2_REQUEST _IOC(_IOC_READ, 'T', 0x2A, TERMIOS2_SIZE)
#define TCSETS2_REQUEST _IOC(_IOC_WRITE, 'T', 0x2B, TERMIOS2_SIZE)

/* Questions about devices and what waits in a socket, and how a terminal takes keys; never what it would take for typed
 * (TIOCSTI). */
static const unsigned long questions[] = {
    FIONREAD,
    FIONBIO,
    SIOCGIFMTU,
    SIOCGIFINDEX,
    SIOCGIFNAME,
    SIOCGIFHWADDR,
    SIOCGIFFLAGS,
    SIOCGIFADDR,
    SIOCETHTOOL,
    TCGETS,
    TCSETS,
    TCGETS2_REQUEST,
    TCSETS2_REQUEST,
    TIOCGWINSZ,
};

/* Nothing here has a use for these: whoever calls them has taken the process over. */
static const int attacks[] = {
    CALL(execve),
    CALL(execveat),
    CALL(fork),
    CALL(vfork),
    CALL(ptrace),
    CALL(process_vm_readv),
    CALL(process_vm_writev),
};

static void
allow_all(scmp_filter_ctx filter, const int *calls, size_t count)
{
    for (size_t i = 0; i < count; i++)
        seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0);
}

/* Flags are the argument with this number. Reading alone is allowed. */
static void
allow_open(scmp_filter_ctx filter, int call, unsigned flags)
{
    const scmp_datum_t mask = O_ACCMODE | O_CREAT | O_TRUNC;

    seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 1, SCMP_CMP(flags, SCMP_CMP_MASKED_EQ, mask, O_RDONLY));
    seccomp_rule_add(filter, SCMP_ACT_ERRNO(EACCES), call, 1, SCMP_CMP(flags, SCMP_CMP_MASKED_EQ, O_ACCMODE, O_WRONLY));
    seccomp_rule_add(filter, SCMP_ACT_ERRNO(EACCES), call, 1, SCMP_CMP(flags, SCMP_CMP_MASKED_EQ, O_ACCMODE, O_RDWR));
}

/* Threads, but no process. What clone3() is told cannot be looked at; the C library takes clone() where there is none. */
static void
allow_threads(scmp_filter_ctx filter)
{
    const scmp_datum_t thread = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD;

    seccomp_rule_add(filter, SCMP_ACT_ALLOW, CALL(clone), 1, SCMP_A0(SCMP_CMP_MASKED_EQ, thread, thread));
    seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), CALL(clone3), 0);
}

/* Limits may be asked for, and none set. */
static void
allow_limits(scmp_filter_ctx filter)
{
    seccomp_rule_add(filter, SCMP_ACT_ALLOW, CALL(prlimit64), 1, SCMP_A2(SCMP_CMP_EQ, 0));
}

static void
allow_questions(scmp_filter_ctx filter)
{
    for (size_t i = 0; i < G_N_ELEMENTS(questions); i++)
        seccomp_rule_add(filter, SCMP_ACT_ALLOW, CALL(ioctl), 1, SCMP_A1(SCMP_CMP_MASKED_EQ, 0xffffffff, questions[i]));
}

static void
allow_sockets(scmp_filter_ctx filter)
{
    for (size_t i = 0; i < G_N_ELEMENTS(socket_families); i++)
        seccomp_rule_add(filter, SCMP_ACT_ALLOW, CALL(socket), 1,
                         SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)socket_families[i]));
}

void
sandbox_enter(sandbox_t sandbox)
{
    scmp_filter_ctx filter = seccomp_init(OTHERWISE);

    if (filter == NULL)
        return;
    for (size_t i = 0; i < G_N_ELEMENTS(attacks); i++)
        seccomp_rule_add(filter, SCMP_ACT_KILL_PROCESS, attacks[i], 0);
    allow_all(filter, reading, G_N_ELEMENTS(reading));
    allow_open(filter, CALL(open), 1);
    allow_open(filter, CALL(openat), 2);
    allow_threads(filter);
    allow_limits(filter);
    allow_questions(filter);
    if (sandbox == SANDBOX_TRACE) {
        allow_all(filter, tracing, G_N_ELEMENTS(tracing));
        allow_sockets(filter);
    }
    seccomp_load(filter);
    seccomp_release(filter);
}

#else

void
sandbox_enter(sandbox_t sandbox)
{
    (void)sandbox;
}

#endif
