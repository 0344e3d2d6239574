/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Plays scenarios into the model and says where it does not do as they expect. See README.md.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scn_file.h"
#include "scn_selftest.h"

static void
print_report(const char *path, const GString *report)
{
    g_auto(GStrv) lines = g_strsplit(report->str, "\n", -1);

    for (char **line = lines; *line != NULL; line++) {
        if ((*line)[0] != '\0')
            printf("%s: %s\n", path, *line);
    }
}

static bool
run_file(const char *path)
{
    g_autoptr(GString) report = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    scn_result_t result;

    if (!g_file_get_contents(path, &text, NULL, &error)) {
        fprintf(stderr, "%s\n", error->message);
        return false;
    }
    result = scn_file_run_text(text, report);
    print_report(path, report);
    printf("%s %s\n", result == SCN_AGREES ? "ok      " : result == SCN_DISAGREES ? "FAILED  " : "REFUSED ", path);
    return result == SCN_AGREES;
}

static int
compare_paths(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Paths of the scenarios in a directory, sorted; NULL when it can't be read. */
static GPtrArray *
list_directory(const char *path)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GDir) directory = g_dir_open(path, 0, &error);
    GPtrArray *paths;
    const char *name;

    if (directory == NULL) {
        fprintf(stderr, "%s\n", error->message);
        return NULL;
    }
    paths = g_ptr_array_new_with_free_func(g_free);
    while ((name = g_dir_read_name(directory)) != NULL) {
        if (g_str_has_suffix(name, ".scn"))
            g_ptr_array_add(paths, g_build_filename(path, name, NULL));
    }
    g_ptr_array_sort(paths, compare_paths);
    return paths;
}

static bool
run_directory(const char *path)
{
    g_autoptr(GPtrArray) paths = list_directory(path);
    guint failures = 0;

    if (paths == NULL)
        return false;
    for (guint i = 0; i < paths->len; i++)
        failures += run_file(g_ptr_array_index(paths, i)) ? 0 : 1;
    printf("%u scenarios, %u failed\n", paths->len, failures);
    return paths->len > 0 && failures == 0;
}

static int
run_selftest(void)
{
    g_autoptr(GString) report = g_string_new(NULL);
    guint failures = scn_selftest_run(report);

    print_report("self-test", report);
    return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int
main(int argc, char **argv)
{
    bool is_ok = true;

    if (argc == 2 && strcmp(argv[1], "--self-test") == 0)
        return run_selftest();
    if (argc < 2 || argv[1][0] == '-') {
        fprintf(stderr, "usage: %s FILE.scn… | DIRECTORY | --self-test\n", argv[0]);
        return 2;
    }
    for (int i = 1; i < argc; i++) {
        bool is_directory = g_file_test(argv[i], G_FILE_TEST_IS_DIR);

        is_ok = (is_directory ? run_directory(argv[i]) : run_file(argv[i])) && is_ok;
    }
    return is_ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
