# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
#
# Stages of a long run, for run-tests, which reads this file: each is a command whose output is kept and whose time is
# taken. A stage that fails does not keep the others from running; stages_end tells, and ends.
#
#   $stages/NAME.log      what it printed
#   $stages/NAME.status   its exit status
#   $stages/NAME.took     seconds

stages_begin() {
    stages=$1
    rm -rf "$stages"
    mkdir -p "$stages"
    stages=$(cd "$stages" && pwd)
    rm -f "$top"/build/junit-*.xml
    stages_began=$(date +%s)
    stage_names=
    beside=
    trap stages_stop EXIT
    trap 'exit 130' INT TERM
}

# What runs beside us does not outlive us.
stages_stop() {
    for process in $beside; do
        kill "$process" 2>/dev/null || true
    done
}

# stage_run NAME COMMAND...: prints what the command prints.
stage_run() {
    stage_name=$1
    shift
    stage_began=$(date +%s)
    stage_status=0
    ("$@") || stage_status=$?
    echo "$stage_status" >"$stages/$stage_name.status"
    echo $(($(date +%s) - stage_began)) >"$stages/$stage_name.took"
}

# stage NAME COMMAND...: runs it, and says what it took.
stage() {
    echo "== $1: $(date +%T)"
    stage_names="$stage_names $1"
    stage_run "$@" 2>&1 | tee "$stages/$1.log"
    stage_tell "$1"
}

# stage_beside NAME COMMAND...: starts it beside what follows; stage_wait NAME shows what it printed.
stage_beside() {
    echo "== $1, beside what follows: $(date +%T)"
    stage_names="$stage_names $1"
    stage_run "$@" >"$stages/$1.log" 2>&1 &
    eval "beside_$(echo "$1" | tr - _)=$!"
    beside="$beside $!"
}

stage_wait() {
    eval "wait \$beside_$(echo "$1" | tr - _)" || true
    echo "== $1, which ran beside them"
    cat "$stages/$1.log"
    stage_tell "$1"
}

stage_tell() { echo "== $1: $(stage_said "$1") after $(stage_time "$(cat "$stages/$1.took")")"; }

# stage_said NAME: passed, or FAILED.
stage_said() {
    if [ "$(cat "$stages/$1.status" 2>/dev/null)" = 0 ]; then echo passed; else echo FAILED; fi
}

# stage_time SECONDS: as minutes and seconds.
stage_time() { printf '%d:%02d' $(($1 / 60)) $(($1 % 60)); }

# stage_skipped LOG: what ctest, or packaging/suites/test, printed about tests that were skipped: by name, with the reason
# where it is known.
stage_skipped() {
    sed -n 's/^SKIP \([^ ]*: .*\)/\1/p' "$1" | sort -u
    sed -n 's/^[[:space:]]*[0-9]* - \([^ ]*\) (Skipped)$/\1/p' "$1" | sort -u | while read -r skipped; do
        echo "$skipped$(stage_reason "$skipped")"
    done
}

# stage_reason TEST: what it said when it was skipped, as the presets of ctest have written it down.
stage_reason() {
    for report in "$top"/build/junit-*.xml; do
        [ ! -e "$report" ] || awk -v "test=$1" '
            /<testcase / { here = index($0, "name=\"" test "\"") && /status="notrun"/ }
            here && sub(/.*<system-out>/, ": ") { sub(/<\/system-out>.*/, ""); print; exit }' "$report"
    done | head -n 1
}

stage_second_tries() {
    "$top/packaging/second-tries" "$1"
    sed -n 's/^needed a second try: //p' "$1"
}

# stages_end: the table, what needed a second try, what was skipped. Ends with 1 if a stage failed; with CI=true, too, if
# something was skipped in a stage that is meant to have all it needs.
stages_end() {
    stages_result=0
    printf '\n%-12s %8s  %-6s %7s %7s\n' stage took '' 'second' 'skipped'
    for name in $stage_names; do
        stage_second_tries "$stages/$name.log" >"$stages/$name.second"
        stage_skipped "$stages/$name.log" >"$stages/$name.skipped"
        printf '%-12s %8s  %-6s %7d %7d\n' "$name" "$(stage_time "$(cat "$stages/$name.took")")" "$(stage_said "$name")" \
            "$(wc -l <"$stages/$name.second")" "$(wc -l <"$stages/$name.skipped")"
        [ "$(stage_said "$name")" = passed ] || stages_result=1
    done
    printf '%-12s %8s\n' 'all of it' "$(stage_time $(($(date +%s) - stages_began)))"
    stages_list second 'needed a second try'
    stages_list skipped 'could not run here'
    if [ "${CI:-}" = true ] && stages_missing; then
        echo "run-tests: with CI=true all of it must run"
        stages_result=1
    fi
    exit "$stages_result"
}

# stages_list ENDING TITLE: the tests in the files of that ending, with their stage.
stages_list() {
    for name in $stage_names; do
        sed "s/^/$2: $name: /" "$stages/$name.$1"
    done
}

# Whether a test was skipped on this machine. In other releases a program that is not installed there skips tests by
# design; a release that could not be set up has failed there already.
stages_missing() {
    for name in $stage_names; do
        [ "$name" = releases ] || [ ! -s "$stages/$name.skipped" ] || return 0
    done
    return 1
}
