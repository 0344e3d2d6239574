# SPDX-License-Identifier: GPL-2.0-or-later
"""The sentences of an extcap as Wireshark 4.0 reads them, and stricter: what Wireshark would pass over in silence is
an error here. Knows only what 4.0 knows; written from doc/README.extcap, not from the tracer."""
import re

ARGUMENT_TYPES = {"integer", "unsigned", "long", "double", "boolean", "boolflag", "selector", "radio", "string",
                  "password", "fileselect", "multicheck", "timestamp"}     # 4.2 knows more; 4.0 prints a complaint
NUMBERS = {"integer": int, "unsigned": int, "long": int, "double": float}
WITH_VALUES = {"selector", "radio", "multicheck"}
CONTROL_TYPES = {"boolean", "button", "selector", "string"}
ROLES = {"control", "help", "logger", "restore"}
# Sentence: what must be there, what may be.
SENTENCES = {
    "extcap": ({"version"}, {"help", "display"}),
    "interface": ({"value", "display"}, set()),
    "dlt": ({"number", "name", "display"}, set()),
    "control": ({"number", "type", "display"},
                {"tooltip", "placeholder", "validation", "required", "default", "role"}),
    "arg": ({"number", "call", "display", "type"},
            {"tooltip", "group", "range", "default", "required", "validation", "placeholder", "reload", "save",
             "mustexist", "fileext"}),
    "value": ({"value", "display"}, {"arg", "control", "default", "enabled", "parent"}),
}
LINE = re.compile(r"([a-z]+) (\{.*\})")
TRUTHS = {"true": True, "false": False}


class Wrong(Exception):
    """A sentence that Wireshark 4.0 does not take, or not as it was meant."""


def demand(holds, line, reason):
    if not holds:
        raise Wrong(f"{reason}: {line!r}")


def read_line(line):
    """One sentence: its first word and what stands in braces."""
    match = LINE.fullmatch(line)
    demand(match, line, "no sentence")
    word, braces = match.groups()
    demand(word in SENTENCES, line, "an unknown sentence")
    found = {}
    for part in braces[1:-1].split("}{"):
        key, sign, value = part.partition("=")
        demand(sign and re.fullmatch("[a-z]+", key), line, "no key")
        demand(key not in found, line, f"{key} stands there twice")
        demand(key == "validation" or not set(value) & set("{}"), line, f"a brace in {key}")
        # Wireshark ends a value at a brace before white space, too.
        demand(not re.search(r"\}\s", value), line, f"{key} would end early")
        demand(value != "", line, f"{key} is empty")
        found[key] = value
    needed, allowed = SENTENCES[word]
    demand(needed <= set(found), line, f"not there: {sorted(needed - set(found))}")
    demand(set(found) <= needed | allowed, line, f"not of this sentence: {sorted(set(found) - needed - allowed)}")
    return word, found


def read(text):
    """All sentences of an output."""
    demand(text == "" or text.endswith("\n"), text[-80:], "the last line is not ended")
    return [(line, *read_line(line)) for line in text.splitlines()]


def truth(line, text):
    demand(text in TRUTHS, line, f"{text!r} is neither true nor false")
    return TRUTHS[text]


def number_of(line, text):
    demand(re.fullmatch("[0-9]+", text), line, f"{text!r} is no number")
    return int(text)


def check_range(line, found):
    kind = NUMBERS.get(found["type"])
    demand(kind or "range" not in found, line, "a range of no number")
    try:
        default = kind(found["default"]) if kind and "default" in found else None
        low, high = map(kind, found["range"].split(",")) if "range" in found else (default, default)
    except ValueError as error:
        raise Wrong(f"{error}: {line!r}") from error
    demand("range" not in found or low < high, line, "an empty range")
    demand(default is None or low <= default <= high, line, "the default is out of range")


def check_validation(line, found):
    if "validation" not in found:
        return
    pattern = found["validation"]
    demand(found["type"] == "string", line, "a validation of no text")
    demand(pattern.startswith("^") and pattern.endswith("$"), line, "Wireshark looks for a match anywhere")
    try:
        matches = re.search(pattern, found.get("default", ""))
    except re.error as error:
        raise Wrong(f"{error}: {line!r}") from error
    demand(matches or found.get("required") == "true", line, "the default is not valid")


def check_argument(line, found):
    demand(found["type"] in ARGUMENT_TYPES, line, "a type that 4.0 does not know")
    demand(re.fullmatch("--[a-z][a-z0-9-]*", found["call"]), line, "no option's name")
    for key in {"required", "reload", "save", "mustexist"} & set(found):
        truth(line, found[key])
    if found["type"] in {"boolean", "boolflag"} and "default" in found:
        truth(line, found["default"])
    if found["type"] in WITH_VALUES:
        demand("default" not in found, line, "4.0 looks for the default among the values")
    check_range(line, found)
    check_validation(line, found)


def add_value(line, found, owners, key):
    """A value belongs to a sentence that came before it."""
    demand(key in found, line, f"no {key}")
    owner = owners.get(number_of(line, found[key]))
    demand(owner is not None, line, f"no {key} with this number before it")
    demand(owner["type"] in WITH_VALUES, line, f"its {key} has no values")
    value = {"value": found["value"], "display": found["display"],
             "default": truth(line, found.get("default", "false"))}
    for name in ("value", "display"):
        demand(value[name] not in [other[name] for other in owner["values"]], line, f"the same {name} twice")
    owner["values"].append(value)


def check_values(owners):
    for owner in owners.values():
        if owner["type"] not in WITH_VALUES:
            continue
        demand(len(owner["values"]) > 1, owner["line"], "nothing to choose from")
        demand(sum(value["default"] for value in owner["values"]) == 1, owner["line"], "not one default")


def add_owner(line, found, owners):
    number = number_of(line, found["number"])
    demand(number not in owners, line, "the same number twice")
    owners[number] = {**found, "number": number, "line": line, "values": []}


def preference(call):
    """What `tshark -o extcap.INTERFACE.` is followed by."""
    return call.replace("-", "")


def read_config(text):
    """Answer to --extcap-config: the arguments, in order."""
    arguments = {}
    for line, word, found in read(text):
        demand(word in {"arg", "value"}, line, "not of a configuration")
        if word == "value":
            add_value(line, found, arguments, "arg")
            continue
        check_argument(line, found)
        names = [preference(other["call"]) for other in arguments.values()]
        demand(preference(found["call"]) not in names, line, "the same preference twice")
        add_owner(line, found, arguments)
    check_values(arguments)
    return list(arguments.values())


def read_reload(text, argument):
    """Answer to --extcap-reload-option: the values of one argument, afresh."""
    again = {argument["number"]: {**argument, "values": []}}
    for line, word, found in read(text):
        demand(word == "value", line, "not of a list of values")
        add_value(line, found, again, "arg")
    check_values(again)
    return again[argument["number"]]["values"]


def read_interfaces(text):
    """Answer to --extcap-interfaces: the program, its interfaces, its toolbar."""
    program, interfaces, controls = None, [], {}
    for line, word, found in read(text):
        demand(word in {"extcap", "interface", "control", "value"}, line, "not of a list of interfaces")
        if word == "extcap":
            demand(program is None, line, "two programs")
            program = found
        elif word == "interface":
            demand(re.fullmatch("[a-z0-9_-]+", found["value"]), line, "an interface that makes a poor preference")
            interfaces.append(found)
        elif word == "value":
            add_value(line, found, controls, "control")
        else:
            demand(found["type"] in CONTROL_TYPES, line, "a type that no toolbar knows")
            demand(found.get("role", "control") in ROLES, line, "a role that no toolbar knows")
            demand(found.get("role", "control") == "control" or found["type"] == "button", line, "not on a button")
            add_owner(line, found, controls)
    demand(program is not None, text, "no program")
    check_values(controls)
    return program, interfaces, list(controls.values())


def read_dlts(text):
    """Answer to --extcap-dlts: the link types."""
    dlts = []
    for line, word, found in read(text):
        demand(word == "dlt", line, "not of a list of link types")
        number_of(line, found["number"])
        dlts.append(found)
    demand(dlts, text, "no link type")
    return dlts
