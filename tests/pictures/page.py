# SPDX-License-Identifier: GPL-2.0-or-later
"""The HTML document as a reader sees it: traces with their words, rows and dots. Knows the markup, judges nothing."""
import dataclasses
import html.parser

VOID = {"meta", "br", "line"}
ELEMENTS = {
    "html", "head", "meta", "title", "style", "body", "h1", "h2", "h3", "main", "nav", "section", "p", "small",
    "b", "a", "span", "ul", "ol", "li", "dl", "dt", "dd", "br", "table", "caption", "thead", "tbody", "tr",
    "th", "td", "figure", "figcaption", "svg", "line", "text", "circle"}
ATTRIBUTES = {
    "lang", "charset", "http-equiv", "content", "name", "class", "id", "href", "scope", "xmlns", "role", "width",
    "height", "x", "y", "dx", "x1", "x2", "y1", "y2", "cx", "cy", "r"}


class Node:
    def __init__(self, tag, attributes=()):
        self.tag, self.attributes, self.children = tag, dict(attributes), []

    @property
    def words(self):
        return "".join(child if isinstance(child, str) else child.words for child in self.children)

    @property
    def classes(self):
        return self.attributes.get("class", "").split()

    def each(self, tag, name=None):
        """All descendants of this kind (and class), in order."""
        for child in self.children:
            if isinstance(child, str):
                continue
            if child.tag == tag and (name is None or name in child.classes):
                yield child
            yield from child.each(tag, name)

    def one(self, tag, name=None):
        return next(self.each(tag, name), None)


class Reader(html.parser.HTMLParser):
    """Builds the tree. What is not closed, or closed twice, or not in the lists above, is an error."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.top = Node("document")
        self.open = [self.top]
        self.errors = []

    def handle_starttag(self, tag, attributes):
        self.check(tag, attributes)
        node = Node(tag, attributes)
        self.open[-1].children.append(node)
        if tag not in VOID:
            self.open.append(node)

    def handle_startendtag(self, tag, attributes):
        self.check(tag, attributes)
        self.open[-1].children.append(Node(tag, attributes))

    def handle_endtag(self, tag):
        if self.open[-1].tag != tag:
            self.errors.append(f"</{tag}> closes <{self.open[-1].tag}>")
        else:
            self.open.pop()

    def handle_data(self, data):
        self.open[-1].children.append(data)

    def handle_comment(self, data):
        self.errors.append(f"a comment: {data!r}")

    def check(self, tag, attributes):
        if tag not in ELEMENTS:
            self.errors.append(f"<{tag}> is none of ours")
        for name, value in attributes:
            if name not in ATTRIBUTES:
                self.errors.append(f"<{tag} {name}> is none of ours")
            if name == "href" and not value.startswith("#trace-"):
                self.errors.append(f"a link leads to {value!r}")


@dataclasses.dataclass
class Trace:
    anchor: str
    heading: str
    facts: dict        # name -> words
    notes: list
    path: list         # words of each entry
    rows: list         # of the hop table: words of each cell
    probes: dict       # hop -> words of each probe
    dots: list         # (title, percent from the left)
    axis_end: float    # ms; None without a chart


def trace_of(section):
    chart = section.one("svg")
    ticks = [] if chart is None else [tick.words for tick in chart.each("text", "tick")]
    probes = section.one("dl", "probes")
    facts = [(fact.one("small").words, fact.words) for fact in section.one("ul", "facts").each("li")]
    notes = section.one("ul", "notes")
    return Trace(
        anchor=section.attributes["id"],
        heading=section.one("h2").words,
        facts={name: words.removeprefix(name).strip() for name, words in facts},
        notes=[] if notes is None else [note.words for note in notes.each("li")],
        path=[entry.words for entry in section.one("ol", "path").each("li")],
        rows=[[cell.words for cell in row.children if not isinstance(cell, str)]
              for row in section.one("tbody").each("tr")],
        probes={int(term.words): [probe.words for probe in data.each("li")]
                for term, data in zip(probes.each("dt"), probes.each("dd"))},
        dots=[] if chart is None else [(dot.one("title").words, float(dot.attributes["cx"].rstrip("%")))
                                       for dot in chart.each("circle")],
        axis_end=float(ticks[-1].split()[0]) if ticks else None)


@dataclasses.dataclass
class Page:
    title: str
    index: list        # of the table at the top: (anchor, words of each cell); None without one
    traces: list
    names: list        # every host name, as it reads
    errors: list       # when there are any, `traces` is empty: what is out of shape is not read


def read(text):
    reader = Reader()
    reader.feed(text)
    reader.close()
    top = reader.top
    errors = reader.errors + [f"<{node.tag}> is not closed" for node in reader.open[1:]]
    index = top.one("table", "index")
    lines = [] if index is None else [line for line in index.one("tbody").each("tr")]
    return Page(
        title=top.one("title").words,
        index=None if index is None else [
            (line.one("a").attributes["href"], [cell.words for cell in line.children if not isinstance(cell, str)])
            for line in lines],
        traces=[] if errors else [trace_of(section) for section in top.each("section", "trace")],
        names=[name.words for name in top.each("span", "name")],
        errors=errors)
