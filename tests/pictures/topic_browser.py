# SPDX-License-Identifier: GPL-2.0-or-later
"""What Chromium makes of a page: nothing sticks out to the right, nothing runs, nothing is asked for."""

WINDOWS = (("a wide screen", 1280, False), ("a phone", 390, False), ("paper", 700, True))

# What lies further down is not laid out before it is needed, and would seem narrow.
LAY_OUT = "document.querySelectorAll('.trace').forEach(one => one.style.contentVisibility = 'visible')"
STICKING_OUT = """
[...document.body.querySelectorAll('*')].filter(one => {
    const box = one.getBoundingClientRect();
    return box.width > 1 && box.height > 1 && (box.right > innerWidth + 0.5 || box.left < -0.5);
}).map(one => one.tagName + '.' + (one.getAttribute('class') || '') + ' ' + one.textContent.slice(0, 40)).slice(0, 5)
"""
RUNNING = """
[document.scripts.length, [...document.querySelectorAll('*')].filter(
    one => [...one.attributes].some(two => two.name.startsWith('on'))).length, String(window.ran), document.title]
"""
WORDS = "document.body.innerText.length"


def check_page(window, path):
    for name, width, paper in WINDOWS:
        window.open(path, width, paper=paper)
        window.evaluate(LAY_OUT)
        for error in check_window(window, path, width):
            yield f"{name}: {error}"


def check_window(window, path, width):
    for one in window.evaluate(STICKING_OUT):
        yield f"sticks out: {one}"
    if window.evaluate("document.documentElement.scrollWidth") > width:
        yield f"is wider than {width}"
    scripts, handlers, ran, title = window.evaluate(RUNNING)
    if scripts or handlers or ran != "undefined" or not title.endswith("s") and " to " not in title:
        yield f"{scripts} scripts, {handlers} handlers, ran: {ran}, title: {title!r}"
    if window.requests != [f"file://{path}"]:
        yield f"it asked for {window.requests}"
    if window.evaluate(WORDS) < 200:
        yield "there is next to nothing to read"


def check_that_it_finds(window, folder):
    """A page with all these faults has errors."""
    bad = folder / "bad.html"
    bad.write_text("<!DOCTYPE html><title>x</title><body onload='1'><p style='width:2000px'>wide</p>"
                   "<script>window.ran = 1</script><img src='other.png'>", encoding="utf-8")
    found = " ".join(check_page(window, bad))
    for sign in ("a phone: sticks out", "is wider than 390", "1 scripts, 1 handlers, ran: 1", "other.png",
                 "next to nothing"):
        if sign not in found:
            yield f"a page that is wrong passes: no {sign!r} in {found!r}"
