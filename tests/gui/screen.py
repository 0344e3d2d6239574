# SPDX-License-Identifier: GPL-2.0-or-later
"""A screen nobody looks at: Xvfb, read by tesseract and driven by xdotool."""
import csv
import dataclasses
import fcntl
import io
import itertools
import os
import pathlib
import re
import subprocess
import time

SIZE = (1760, 900)
SCALE = 2                   # tesseract reads text of the size on a screen badly
DISPLAYS = range(200, 300)
WORD_GAP = 14               # between words of one phrase there is less
WAIT_S = 240                # a busy machine
LOOK_S = 0.1                # between two looks at what is waited for
DIFFERS_WHEN_READ = str.maketrans({"|": "", "‘": "'", "’": "'", "“": '"', "”": '"', "—": "-", "«": "", "»": ""})


class NotOnScreen(Exception):
    """What was waited for did not appear."""


@dataclasses.dataclass(frozen=True)
class Box:
    """A rectangle of the screen, in pixels."""
    left: int
    top: int
    width: int
    height: int

    @property
    def middle(self):
        return self.left + self.width // 2, self.top + self.height // 2

    @property
    def geometry(self):
        return f"{self.width}x{self.height}+{self.left}+{self.top}"


@dataclasses.dataclass(frozen=True)
class Word:
    text: str
    line: tuple
    box: Box


WHOLE = Box(0, 0, *SIZE)


def free_displays():
    """(lock, number) of displays that nobody has; whoever uses one holds its lock meanwhile. Two servers that pick their
    numbers in the same moment take each other's socket away."""
    for number in DISPLAYS:
        try:
            lock = os.open(f"/tmp/ttr-display-{number}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        except OSError:                 # another user's
            continue
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:                 # another test holds it
            os.close(lock)
            continue
        if os.path.exists(f"/tmp/.X11-unix/X{number}"):
            os.close(lock)
        else:
            yield lock, number


class Screen:
    """One X server. Ends with the `with` block."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)      # for pictures
        self._read = {}                         # where and how: the last picture, and what was read in it

    def __enter__(self):
        for self._lock, number in free_displays():
            self.display = f":{number}"
            if self._start(number):
                break
            os.close(self._lock)
        else:
            raise RuntimeError("Xvfb did not start")
        # More threads make tesseract slower, and on a busy machine much slower.
        self.environment = {**os.environ, "DISPLAY": self.display, "OMP_THREAD_LIMIT": "1"}
        return self

    def _start(self, number):
        """Whether the server is ready; not when somebody else has this display."""
        reading, writing = os.pipe()
        self.server = subprocess.Popen(
            ["Xvfb", self.display, "-displayfd", str(writing), "-screen", "0", f"{SIZE[0]}x{SIZE[1]}x24",
             "-nolisten", "tcp", "-ac"],
            pass_fds=[writing], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(writing)
        with os.fdopen(reading) as pipe:
            if pipe.readline().strip() == str(number):
                return True
        self.server.kill()
        self.server.wait()
        return False

    def __exit__(self, *_):
        self.server.terminate()
        self.server.wait()
        os.close(self._lock)

    def _run(self, *command):
        return subprocess.run(command, env=self.environment, capture_output=True, check=True).stdout

    # Driving

    # What was done is seen in what appears: nothing here waits for it. A pointer that comes and clicks in the same
    # moment opens no menu, hence the pauses within xdotool.

    def click(self, position, button=1, times=1):
        x, y = position
        self._run("xdotool", "mousemove", str(x), str(y), "sleep", "0.05",
                  "click", "--repeat", str(times), "--delay", "60", str(button), "sleep", "0.05")

    def key(self, *names):
        self._run("xdotool", "key", "--delay", "30", *names)

    def type(self, text):
        """And lets a list of proposals come, which takes the next key."""
        self._run("xdotool", "type", "--delay", "25", text)
        time.sleep(0.3)

    def windows(self, name):
        """Ids of the visible windows whose title matches."""
        done = subprocess.run(["xdotool", "search", "--onlyvisible", "--name", name], env=self.environment,
                              capture_output=True, text=True, check=False)
        return done.stdout.split()

    def wait_for_window(self, name, wait_s=WAIT_S):
        end = time.monotonic() + wait_s
        while time.monotonic() < end:
            found = self.windows(name)
            if found:
                return found[-1]
            time.sleep(LOOK_S)
        raise NotOnScreen(f"no window named {name!r} after {wait_s} s; on the screen: {self.text()!r}")

    def place(self, window, box):
        """There is no window manager: windows come up where they like. This one gets the keys."""
        self._run("xdotool", "windowmove", window, str(box.left), str(box.top))
        self._run("xdotool", "windowsize", window, str(box.width), str(box.height))
        self.focus(window)

    def focus(self, window):
        """Brings a window to the front, and the keys to it."""
        self._run("xdotool", "windowraise", window, "windowfocus", "--sync", window, "sleep", "0.05")

    # Reading

    def picture(self, name, box=WHOLE, kind="png"):
        path = self.folder / f"{name}.{kind}"
        self._run("import", "-window", "root", "-crop", box.geometry, "+repage", str(path))
        return path

    def words(self, box=WHOLE, scattered=False):
        """What can be read: by default as lines of text, or here and there in a drawing, whose long lines are wiped
        out before."""
        picture = self.picture("read", box, "ppm")
        content = picture.read_bytes()
        before, words = self._read.get((box, scattered), (None, None))
        if content != before:
            words = list(self._parse(self._recognise(picture, scattered), box))
            self._read[box, scattered] = content, words
        return words

    def _recognise(self, picture, scattered):
        """tesseract's table. Reading takes most of a test's time: pictures without compression save some of it."""
        large = picture.with_name("large.pgm")
        wipe = ["(", "+clone", "-morphology", "Close", "rectangle:61x1", "-negate", ")", "-compose", "Plus",
                "-composite"] if scattered else []
        self._run("convert", str(picture), "-colorspace", "Gray", "-filter", "Lanczos", "-resize", f"{SCALE * 100}%", "-depth", "8",
                  *wipe, str(large))
        return self._run("tesseract", str(large), "-", "--dpi", "192", "--psm", "11" if scattered else "6",
                         "tsv").decode()

    @staticmethod
    def _parse(table, box):
        for row in csv.DictReader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE):
            text = (row["text"] or "").translate(DIFFERS_WHEN_READ).strip()
            if text:
                left, top, width, height = (int(row[key]) // SCALE for key in ("left", "top", "width", "height"))
                yield Word(text, (row["block_num"], row["par_num"], row["line_num"]),
                           Box(box.left + left, box.top + top, width, height))

    def text(self, box=WHOLE):
        """All that can be read, one line of the screen a line."""
        return as_text(self.words(box))

    def wait_for(self, *phrases, box=WHOLE, scattered=False, entire=False, wait_s=WAIT_S):
        """Returns the box of the last phrase, when all of them can be read at once. `scattered`: how to read, or several
        ways, which take turns."""
        end = time.monotonic() + wait_s
        ways = itertools.cycle(scattered if isinstance(scattered, tuple) else (scattered,))
        while True:
            words = self.words(box, next(ways))
            found = [find_phrase(words, phrase, entire) for phrase in phrases]
            if all(found):
                return found[-1]
            if time.monotonic() > end:
                missing = [phrase for phrase, place in zip(phrases, found) if place is None]
                raise NotOnScreen(f"{missing} not on the screen after {wait_s} s, where one reads {as_text(words)!r}")
            time.sleep(LOOK_S)

    def wait_until_gone(self, phrase, box=WHOLE, wait_s=WAIT_S):
        end = time.monotonic() + wait_s
        while find_phrase(self.words(box), phrase) is not None:
            if time.monotonic() > end:
                raise NotOnScreen(f"{phrase!r} is still there after {wait_s} s")
            time.sleep(LOOK_S)

    def click_on(self, phrase, box=WHOLE, scattered=False):
        place = self.wait_for(phrase, box=box, scattered=scattered)
        self.click(place.middle)
        return place


def as_text(words):
    lines = {}
    for word in words:
        lines.setdefault(word.line, []).append(word.text)
    return "\n".join(" ".join(line) for line in lines.values())


def plain(text):
    """What of a word tesseract reads the same each time: no case, no blanks, no dots; O and 0, l, I and 1, G and 6 are
    alike."""
    return re.sub(r"[^a-z0-9]", "", text.lower().translate(str.maketrans("olig", "0116")))


def find_phrase(words, phrase, entire=False):
    """The phrase may begin and end within a word, and run over several words of one line. `entire`: no other word
    stands close to it, as with an entry of a menu."""
    wanted = plain(phrase)
    lines = {}
    for word in words:
        if plain(word.text):
            lines.setdefault(word.line, []).append(word)
    for line in lines.values():
        at = "".join(plain(word.text) for word in line).find(wanted)
        if at < 0:
            continue
        covered = _covered(line, at, at + len(wanted))
        if not entire or _stands_alone(line, covered):
            return _around([line[index].box for index in covered])
    return None


def _covered(line, begin, end):
    """Which words of the line hold some of its signs from `begin` up to `end`."""
    covered = []
    position = 0
    for index, word in enumerate(line):
        length = len(plain(word.text))
        if position < end and position + length > begin:
            covered.append(index)
        position += length
    return covered


def _stands_alone(line, covered):
    before, first = covered[0] - 1, line[covered[0]].box
    after, last = covered[-1] + 1, line[covered[-1]].box
    if before >= 0 and first.left - line[before].box.left - line[before].box.width < WORD_GAP:
        return False
    return after >= len(line) or line[after].box.left - last.left - last.width >= WORD_GAP


def _around(boxes):
    left = min(box.left for box in boxes)
    top = min(box.top for box in boxes)
    return Box(left, top, max(box.left + box.width for box in boxes) - left,
               max(box.top + box.height for box in boxes) - top)
