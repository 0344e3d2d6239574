/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * replay FILE-OR-FOLDER...: runs a fuzz target over inputs that are there, for compilers without libFuzzer.
 */
#include <glib.h>

#include "fuzz_check.h"

/* Says the name first: what fails ends the process. Returns false when the file can't be read. */
static bool
replay_file(const char *path)
{
    GError *error = NULL;
    char *data;
    gsize size;

    if (!g_file_get_contents(path, &data, &size, &error)) {
        fprintf(stderr, "%s\n", error->message);
        g_error_free(error);
        return false;
    }
    printf("%s\n", path);
    fflush(stdout);
    LLVMFuzzerTestOneInput((const uint8_t *)data, size);
    g_free(data);
    return true;
}

/* Returns how many inputs were run, -1 when one could not be read. */
static int
replay_folder(const char *path)
{
    GDir *folder = g_dir_open(path, 0, NULL);
    const char *name;
    int count = 0;

    if (folder == NULL)
        return replay_file(path) ? 1 : -1;
    while (count >= 0 && (name = g_dir_read_name(folder)) != NULL) {
        char *file = g_build_filename(path, name, NULL);

        count = replay_file(file) ? count + 1 : -1;
        g_free(file);
    }
    g_dir_close(folder);
    return count;
}

int
main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        int count = replay_folder(argv[i]);

        if (count <= 0) {
            fprintf(stderr, "%s: no input could be run\n", argv[i]);
            return 1;
        }
        printf("%s: %d inputs\n", argv[i], count);
    }
    return argc > 1 ? 0 : 2;
}
