/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scn_file.h"

#include <string.h>

#include "scn_expect.h"
#include "scn_frame.h"
#include "scn_words.h"

typedef struct scn_file {
    GKeyFile *keys;             /* owned */
    GStrv defaults;             /* owned; NULL: none */
    scn_capture_t capture;      /* its frames are owned */
    ttr_config_t config;
} scn_file_t;

static bool
fail(GError **error, const char *group, const char *key, const char *what)
{
    g_set_error(error, SCN_ERROR, SCN_ERROR_SYNTAX, "[%s] %s: %s", group, key, what);
    return false;
}

/* GKeyFile takes two lines with the same key without a word: so compare with the number of lines. */
static bool
has_each_key_once(const char *text, GKeyFile *keys)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_auto(GStrv) groups = g_key_file_get_groups(keys, NULL);
    gsize expected = g_strv_length(groups);
    gsize found = 0;

    for (char **group = groups; *group != NULL; group++) {
        g_auto(GStrv) names = g_key_file_get_keys(keys, *group, NULL, NULL);
        g_autoptr(GHashTable) different = g_hash_table_new(g_str_hash, g_str_equal);

        for (char **name = names; *name != NULL; name++)
            g_hash_table_add(different, *name);
        expected += g_hash_table_size(different);
    }
    for (char **line = lines; *line != NULL; line++) {
        g_strstrip(*line);
        found += (*line)[0] != '\0' && (*line)[0] != '#' ? 1 : 0;
    }
    return found == expected;
}

static bool
read_flow(scn_file_t *file, const char *key, const char *value, GError **error)
{
    scn_flow_t *flow = &file->capture.flow;
    uint8_t family;

    if (strcmp(key, "defaults") == 0) {
        file->defaults = scn_words_split(value, error);
        flow->defaults = file->defaults;
        return file->defaults != NULL;
    }
    if (strcmp(key, "source") == 0) {
        if (!scn_endpoint_parse(value, &flow->family, &flow->source, &flow->sport))
            return fail(error, "flow", key, "is no ADDRESS:PORT");
    } else if (strcmp(key, "destination") == 0) {
        if (!scn_endpoint_parse(value, &family, &flow->target, &flow->dport))
            return fail(error, "flow", key, "is no ADDRESS:PORT");
        if (family != flow->family)
            return fail(error, "flow", key, "is not of the family of the source, which stands before it");
    } else {
        return fail(error, "flow", key, "unknown key");
    }
    return true;
}

static bool
read_setting(scn_file_t *file, const char *key, const char *value, GError **error)
{
    ttr_config_t *config = &file->config;
    uint64_t number;
    bool is_read;

    if (strcmp(key, "candidate-ttl") == 0) {
        is_read = scn_number_parse(value, UINT8_MAX, &number);
        config->candidate_ttl = (uint8_t)number;
    } else if (strcmp(key, "candidate-bound") == 0) {
        is_read = scn_number_parse(value, UINT32_MAX, &number);
        config->candidate_bound = (uint32_t)number;
    } else if (strcmp(key, "reply-limit") == 0) {
        is_read = scn_time_parse(value, &config->reply_limit_ns);
    } else if (strcmp(key, "run-gap") == 0) {
        is_read = scn_time_parse(value, &config->run_gap_ns);
    } else {
        return fail(error, "settings", key, "unknown key");
    }
    return is_read || fail(error, "settings", key, "has no value that fits");
}

static uint32_t
last_frame(const GArray *frames)
{
    return frames->len == 0 ? 0 : g_array_index(frames, ttr_observation_t, frames->len - 1).frame;
}

static bool
read_frame(scn_file_t *file, const char *key, const char *value, GError **error)
{
    g_auto(GStrv) words = scn_words_split(value, error);
    ttr_observation_t observation;
    uint64_t number;

    if (words == NULL) {
        g_prefix_error(error, "[frames] %s: ", key);
        return false;
    }
    if (!scn_number_parse(key, UINT32_MAX, &number) || number <= last_frame(file->capture.frames))
        return fail(error, "frames", key, "frame numbers must rise");
    if (!scn_frame_parse(&file->capture, (uint32_t)number, words, &observation, error)) {
        g_prefix_error(error, "[frames] %s: ", key);
        return false;
    }
    g_array_append_val(file->capture.frames, observation);
    return true;
}

typedef bool (*scn_reader_t)(scn_file_t *file, const char *key, const char *value, GError **error);

static bool
read_group(scn_file_t *file, const char *group, scn_reader_t read, bool is_required, GError **error)
{
    g_auto(GStrv) keys = g_key_file_get_keys(file->keys, group, NULL, NULL);

    if (keys == NULL || keys[0] == NULL)
        return !is_required || fail(error, group, "-", "the section is missing or empty");
    for (char **key = keys; *key != NULL; key++) {
        g_autofree char *value = g_key_file_get_value(file->keys, group, *key, error);

        if (value == NULL || !read(file, *key, value, error))
            return false;
    }
    return true;
}

static bool
has_only_known_groups(GKeyFile *keys, GError **error)
{
    static const char *const known[] = {"settings", "flow", "frames", "expect", NULL};
    g_auto(GStrv) groups = g_key_file_get_groups(keys, NULL);

    for (char **group = groups; *group != NULL; group++) {
        if (!g_strv_contains(known, *group))
            return fail(error, *group, "-", "unknown section");
    }
    return true;
}

static bool
read_file(scn_file_t *file, const char *text, GError **error)
{
    if (text[0] != '#')
        return fail(error, "-", "first line", "must be a comment that says which rule this is about");
    if (!g_key_file_load_from_data(file->keys, text, strlen(text), G_KEY_FILE_NONE, error))
        return false;
    if (!has_each_key_once(text, file->keys))
        return fail(error, "-", "file", "a key or section is there twice");
    return has_only_known_groups(file->keys, error) && read_group(file, "settings", read_setting, false, error) &&
           read_group(file, "flow", read_flow, true, error) && read_group(file, "frames", read_frame, true, error);
}

static ttr_store_t *
play(const scn_file_t *file)
{
    ttr_store_t *store = ttr_store_new(&file->config);

    for (guint i = 0; i < file->capture.frames->len; i++)
        ttr_store_observe(store, &g_array_index(file->capture.frames, ttr_observation_t, i));
    return store;
}

static scn_result_t
compare(const scn_file_t *file, GString *report, GError **error)
{
    g_auto(GStrv) keys = g_key_file_get_keys(file->keys, "expect", NULL, NULL);
    ttr_store_t *store;
    guint failures = 0;

    if (keys == NULL || keys[0] == NULL) {
        fail(error, "expect", "-", "checks nothing");
        return SCN_UNREADABLE;
    }
    store = play(file);
    for (char **key = keys; *key != NULL && *error == NULL; key++) {
        g_autofree char *value = g_key_file_get_value(file->keys, "expect", *key, NULL);

        failures += scn_expect_check(store, *key, value, report, error);
        if (*error != NULL)
            g_prefix_error(error, "[expect] %s: ", *key);
    }
    failures += scn_expect_invariants(store, report);
    ttr_store_free(store);
    if (*error != NULL)
        return SCN_UNREADABLE;
    return failures == 0 ? SCN_AGREES : SCN_DISAGREES;
}

scn_result_t
scn_file_run_text(const char *text, GString *report)
{
    scn_file_t file = {.keys = g_key_file_new(), .config = ttr_config_default()};
    g_autoptr(GError) error = NULL;
    scn_result_t result = SCN_UNREADABLE;

    file.capture.frames = g_array_new(FALSE, FALSE, sizeof(ttr_observation_t));
    if (read_file(&file, text, &error))
        result = compare(&file, report, &error);
    if (error != NULL)
        g_string_append_printf(report, "%s\n", error->message);
    g_array_unref(file.capture.frames);
    g_strfreev(file.defaults);
    g_key_file_unref(file.keys);
    return result;
}
