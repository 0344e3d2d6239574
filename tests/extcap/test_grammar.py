#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The parser of the other tests finds what it is for: each case breaks one thing in sentences that are sound."""
import pathlib
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent))
import grammar  # noqa: E402

CONFIG = (
    "arg {number=0}{call=--host}{display=Host}{tooltip=A host; or two}{type=string}{required=true}"
    "{validation=^[a-z]{1,3}$}\n"
    "arg {number=1}{call=--first-ttl}{display=TTL}{type=integer}{range=1,9}{default=3}{group=More}\n"
    "arg {number=2}{call=--mode}{display=Mode}{type=selector}\n"
    "arg {number=3}{call=--dns}{display=DNS}{type=boolean}{default=true}\n"
    "value {arg=2}{value=a}{display=One}{default=true}\n"
    "value {arg=2}{value=b}{display=Other}\n")
INTERFACES = (
    "extcap {version=1.0}{help=file:///usr/share/doc/a.html}{display=Name}\n"
    "interface {value=demo}{display=Demo}\n"
    "control {number=0}{type=string}{display=Host}{placeholder=host}\n"
    "control {number=1}{type=selector}{display=Mode}\n"
    "control {number=2}{type=button}{role=logger}{display=Log}\n"
    "value {control=1}{value=a}{display=One}{default=true}\n"
    "value {control=1}{value=b}{display=Other}\n")
DLTS = "dlt {number=101}{name=RAW}{display=Raw IP}\n"

# What is wrong: old text, new text.
BROKEN_CONFIGS = {
    "no line end": ("{display=Other}\n", "{display=Other}"),
    "an empty line": ("arg {number=1}", "\narg {number=1}"),
    "an unknown sentence": ("value {arg=2}{value=b}", "choice {arg=2}{value=b}"),
    "no blank before the braces": ("arg {number=1}", "arg{number=1}"),
    "an unknown key": ("{group=More}", "{tab=More}"),
    "a key twice": ("{group=More}", "{group=More}{group=Less}"),
    "an empty value": ("{group=More}", "{group=}"),
    "a brace in a text": ("{tooltip=A host; or two}", "{tooltip=A {host} or two}"),
    "a text that ends early": ("^[a-z]{1,3}$", "^[a-z]{1,3} $"),
    "a type of a later version": ("{type=selector}", "{type=editselector}"),
    "no type": ("{type=boolean}", ""),
    "no call": ("{call=--dns}", ""),
    "an option without dashes": ("{call=--dns}", "{call=dns}"),
    "an option's name with a capital": ("{call=--dns}", "{call=--Dns}"),
    "the same preference": ("{call=--dns}", "{call=--firstttl}"),
    "the same number": ("arg {number=3}", "arg {number=1}"),
    "a number that is none": ("arg {number=3}", "arg {number=x}"),
    "a default out of range": ("{default=3}", "{default=10}"),
    "a default that is no number": ("{default=3}", "{default=three}"),
    "a range of one": ("{range=1,9}", "{range=3}"),
    "a range that is empty": ("{range=1,9}", "{range=9,1}"),
    "a range of a text": ("{type=string}", "{type=string}{range=1,2}"),
    "a boolean default that is neither": ("{type=boolean}{default=true}", "{type=boolean}{default=1}"),
    "a validation that matches anywhere": ("^[a-z]{1,3}$", "[a-z]{1,3}"),
    "a validation that is none": ("^[a-z]{1,3}$", "^[a-z{1,3}($"),
    "a default that is not valid": ("{required=true}", ""),
    "a default at the selector": ("{type=selector}", "{type=selector}{default=a}"),
    "two defaults": ("{display=Other}", "{display=Other}{default=true}"),
    "no default": ("{display=One}{default=true}", "{display=One}"),
    "a value of nothing": ("value {arg=2}{value=b}", "value {arg=9}{value=b}"),
    "a value of a text": ("value {arg=2}{value=b}", "value {arg=0}{value=b}"),
    "a value twice": ("{value=b}", "{value=a}"),
    "a display twice": ("{display=Other}", "{display=One}"),
    "only one value": ("value {arg=2}{value=b}{display=Other}\n", ""),
}
BROKEN_INTERFACES = {
    "no program": (INTERFACES.splitlines(True)[0], ""),
    "two programs": ("interface {", "extcap {version=1}\ninterface {"),
    "no version": ("{version=1.0}", ""),
    "an interface without display": ("{display=Demo}", ""),
    "an interface with a blank": ("{value=demo}", "{value=de mo}"),
    "an argument": ("interface {", "arg {number=0}{call=--a}{display=A}{type=string}\ninterface {"),
    "a type of an argument": ("{type=string}", "{type=integer}"),
    "an unknown role": ("{role=logger}", "{role=log}"),
    "a role of a text": ("{type=string}", "{type=string}{role=help}"),
    "the same number": ("control {number=2}", "control {number=1}"),
    "a value before its control": ("control {number=1}", "control {number=5}"),
    "two defaults": ("{display=Other}", "{display=Other}{default=true}"),
}


class Grammar(unittest.TestCase):
    def check_broken(self, read, sound, broken):
        for what, (old, new) in broken.items():
            with self.subTest(what):
                text = sound.replace(old, new, 1)
                self.assertNotEqual(text, sound)
                with self.assertRaises(grammar.Wrong):
                    read(text)

    def test_sound_sentences_are_read(self):
        host, ttl, mode, dns = grammar.read_config(CONFIG)
        self.assertEqual(host["validation"], "^[a-z]{1,3}$")
        self.assertEqual(host["tooltip"], "A host; or two")
        self.assertEqual((ttl["group"], ttl["default"], ttl["range"]), ("More", "3", "1,9"))
        self.assertEqual([value["value"] for value in mode["values"]], ["a", "b"])
        self.assertEqual(dns["type"], "boolean")
        program, interfaces, controls = grammar.read_interfaces(INTERFACES)
        self.assertEqual((program["version"], interfaces[0]["value"], len(controls)), ("1.0", "demo", 3))
        self.assertEqual(grammar.read_dlts(DLTS)[0]["number"], "101")

    def test_broken_configurations_are_refused(self):
        self.check_broken(grammar.read_config, CONFIG, BROKEN_CONFIGS)

    def test_broken_interfaces_are_refused(self):
        self.check_broken(grammar.read_interfaces, INTERFACES, BROKEN_INTERFACES)

    def test_broken_link_types_are_refused(self):
        self.check_broken(grammar.read_dlts, DLTS, {
            "no number": ("{number=101}", ""), "a name as number": ("=101", "=RAW"), "nothing": (DLTS, ""),
            "another sentence": (DLTS, "interface {value=a}{display=b}\n")})

    def test_reloaded_values_are_read(self):
        mode = grammar.read_config(CONFIG)[2]
        values = "value {arg=2}{value=c}{display=C}{default=true}\nvalue {arg=2}{value=d}{display=D}\n"
        self.assertEqual([value["value"] for value in grammar.read_reload(values, mode)], ["c", "d"])
        self.check_broken(lambda text: grammar.read_reload(text, mode), values, {
            "another argument": ("{arg=2}", "{arg=1}"), "nothing": (values, ""), "an argument": ("value {", "arg {")})


if __name__ == "__main__":
    unittest.main()
