/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scn_facts.h"

#include <stdarg.h>
#include <string.h>

#include "scn_words.h"

typedef struct scn_fact {
    char *key;                  /* owned */
    char *value;                /* owned; NULL: a word without value, or a strict number that is not so */
    bool is_flag;
    bool is_so;
    bool is_text;
    scn_fact_sort_t sort;
} scn_fact_t;

struct scn_facts {
    GArray *list;               /* owned: scn_fact_t */
};

static void
clear_fact(gpointer data)
{
    scn_fact_t *fact = data;

    g_free(fact->key);
    g_free(fact->value);
}

scn_facts_t *
scn_facts_new(void)
{
    scn_facts_t *facts = g_new0(scn_facts_t, 1);

    facts->list = g_array_new(FALSE, TRUE, sizeof(scn_fact_t));
    g_array_set_clear_func(facts->list, clear_fact);
    return facts;
}

void
scn_facts_free(scn_facts_t *facts)
{
    if (facts == NULL)
        return;
    g_array_unref(facts->list);
    g_free(facts);
}

void
scn_facts_add(scn_facts_t *facts, const char *key, const char *format, ...)
{
    scn_fact_t fact = {.key = g_strdup(key), .is_so = true};
    va_list arguments;

    va_start(arguments, format);
    fact.value = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_array_append_val(facts->list, fact);
}

void
scn_facts_add_text(scn_facts_t *facts, const char *key, const char *text)
{
    scn_fact_t fact = {.key = g_strdup(key), .value = g_strdup(text), .is_so = true, .is_text = true};

    g_array_append_val(facts->list, fact);
}

void
scn_facts_add_strict(scn_facts_t *facts, const char *key, guint number)
{
    scn_fact_t fact = {.key = g_strdup(key), .is_so = number != 0, .sort = SCN_FACT_STRICT};

    if (number != 0)
        fact.value = g_strdup_printf("%u", number);
    g_array_append_val(facts->list, fact);
}

void
scn_facts_add_flag(scn_facts_t *facts, const char *key, bool is_so, scn_fact_sort_t sort)
{
    scn_fact_t fact = {.key = g_strdup(key), .is_flag = true, .is_so = is_so, .sort = sort};

    g_array_append_val(facts->list, fact);
}

/* Does `word` speak of this fact? */
static bool
names(const char *word, const scn_fact_t *fact)
{
    return fact->is_flag ? strcmp(word, fact->key) == 0 : scn_word_value(word, fact->key) != NULL;
}

static bool
agrees(const char *word, const scn_fact_t *fact)
{
    const char *value = scn_word_value(word, fact->key);

    if (fact->is_flag || !fact->is_so)
        return fact->is_so;
    if (fact->is_text)
        return value[0] != '\0' && strstr(fact->value, value) != NULL;
    return strcmp(value, fact->value) == 0;
}

static void
append_fact(GString *to, const scn_fact_t *fact)
{
    if (fact->is_flag || !fact->is_so)
        g_string_append_printf(to, " %s'%s'", fact->is_so ? "" : "not ", fact->key);
    else
        g_string_append_printf(to, " '%s=%s'", fact->key, fact->value);
}

static bool
check_word(const scn_facts_t *facts, const char *word, const char *prefix, GString *report)
{
    g_autoptr(GString) there = g_string_new(NULL);

    for (guint i = 0; i < facts->list->len; i++) {
        const scn_fact_t *fact = &g_array_index(facts->list, scn_fact_t, i);

        if (!names(word, fact))
            continue;
        if (agrees(word, fact))
            return true;
        append_fact(there, fact);
    }
    if (there->len == 0)
        g_string_append_printf(report, "%s: expected '%s', but nothing here has that name\n", prefix, word);
    else
        g_string_append_printf(report, "%s: expected '%s', there was%s\n", prefix, word, there->str);
    return false;
}

guint
scn_facts_check(const scn_facts_t *facts, char **words, const char *prefix, GString *report)
{
    guint failures = 0;

    for (char **word = words; *word != NULL; word++)
        failures += check_word(facts, *word, prefix, report) ? 0 : 1;
    for (guint i = 0; i < facts->list->len; i++) {
        const scn_fact_t *fact = &g_array_index(facts->list, scn_fact_t, i);
        bool is_named = false;

        if (fact->sort != SCN_FACT_STRICT || !fact->is_so)
            continue;
        for (char **word = words; *word != NULL; word++)
            is_named = is_named || names(*word, fact);
        if (is_named)
            continue;
        g_string_append_printf(report, "%s: not expected, but there was", prefix);
        append_fact(report, fact);
        g_string_append_c(report, '\n');
        failures++;
    }
    return failures;
}
