"""A text file as plain UTF-8: unpacked, decoded, and looked over once.

One pass over the bytes gives the checksum, the size and what would trouble a parser (NUL bytes, endless lines, bytes
that are not UTF-8). Files that are packed or encoded otherwise are rewritten into the work folder, within a size limit.
"""

from __future__ import annotations

import bz2
import codecs
import gzip
import hashlib
import lzma
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING

from profithunt.errors import SourceError
from profithunt.sources.found import Found

if TYPE_CHECKING:
    from profithunt.sources.workplace import Workplace

CHUNK = 1 << 20
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_PROBE = 400_000
_SMALLEST = 4


@dataclass(frozen=True)
class Content:
    """What a file holds: checksum and size as stored, and where its plain UTF-8 text is.

    `clean` says that no byte needs care: UTF-8 throughout, no NUL, no line longer than a chunk.
    """

    sha256: str
    size: int
    path: Path
    encoding: str
    clean: bool
    empty: bool


def digest(path: Path, *, where: str) -> tuple[str, int]:
    """SHA-256 and size of a file. Raises SourceError when it can't be opened."""
    total = hashlib.sha256()
    size = 0
    for chunk in chunks(path, where=where):
        total.update(chunk)
        size += len(chunk)
    return total.hexdigest(), size


def chunks(path: Path, *, where: str) -> Iterator[bytes]:
    """The bytes of a file in pieces. Raises SourceError when it can't be read."""
    try:
        with path.open("rb") as stream:
            while chunk := stream.read(CHUNK):
                yield chunk
    except OSError as error:
        raise SourceError(f"can't be read ({error.strerror or error})", where=where) from error


def read(found: Found, place: Workplace, *, encoding: str | None = None) -> Content:
    """Look a text file over and make it plain UTF-8. Raises SourceError."""
    sha256, size = digest(found.path, where=found.name)
    if size > place.max_file_bytes:
        raise SourceError(
            f"is {size:,} bytes long", where=found.name, expected=f"at most {place.max_file_bytes:,}", do=_LIMIT
        )
    path = unpack(found, place)
    head = _head(path, found.name)
    chosen = _encoding(head, path, found.name, encoding)
    if chosen not in ("utf-8", "utf-8-sig"):
        path = _decode(path, chosen, place, found.name)
    look = _look(path, found.name)
    return replace(look, sha256=sha256, size=size, encoding=chosen)


_LIMIT = "raise [limits] max_file_bytes in shop.toml if that is right"


def unpack(found: Found, place: Workplace) -> Path:
    """The file itself, or its unpacked copy in the work folder, never larger than the limit."""
    if not found.packing:
        return found.path
    if found.packing == ".zst":
        return place.unpack_zstd(found)
    target = place.path("unpacked", found.ending or ".txt")
    written = 0
    try:
        with _opened(found) as source, target.open("wb") as out:
            while chunk := source.read(CHUNK):
                written += len(chunk)
                _refuse_bomb(written, found, place)
                out.write(chunk)
    except (OSError, EOFError, lzma.LZMAError, zipfile.BadZipFile, RuntimeError, ValueError) as error:
        if isinstance(error, EOFError):
            raise SourceError("is cut off: the packed file ends too early", where=found.name, do=_AGAIN) from error
        raise SourceError(f"can't be unpacked ({_short(error)})", where=found.name, do=_AGAIN) from error
    except Exception as error:
        if type(error).__module__ == "zlib":
            raise SourceError(f"can't be unpacked ({_short(error)})", where=found.name, do=_AGAIN) from error
        raise
    return target


def _refuse_bomb(written: int, found: Found, place: Workplace) -> None:
    if written > place.max_file_bytes:
        raise SourceError(f"unpacks to more than {place.max_file_bytes:,} bytes", where=found.name, do=_LIMIT)


_AGAIN = "export or copy the file again"


def _short(error: BaseException) -> str:
    return str(error).rstrip(".").split("\n")[0][:120]


def _opened(found: Found) -> IO[bytes]:
    if found.packing == ".gz":
        return gzip.open(found.path, "rb")  # type: ignore[return-value]
    if found.packing == ".bz2":
        return bz2.open(found.path, "rb")
    if found.packing == ".xz":
        return lzma.open(found.path, "rb")
    archive = zipfile.ZipFile(found.path)
    members = [item for item in archive.infolist() if not item.is_dir() and not item.filename.startswith("__MACOSX")]
    if len(members) != 1:
        raise SourceError(
            f"holds {len(members)} files", where=found.name, expected="a zip with one file", do="unpack it first"
        )
    return archive.open(members[0])


def _head(path: Path, where: str) -> bytes:
    return next(chunks(path, where=where), b"")


def _encoding(head: bytes, path: Path, where: str, wanted: str | None) -> str:
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    if wanted:
        try:
            return codecs.lookup(wanted).name
        except LookupError as error:
            raise SourceError(
                f"there is no encoding '{wanted}'", where=where, do="use a name such as utf-8, cp1252 or utf-16"
            ) from error
    wide = _wide(head)
    if wide:
        return wide
    odd = _odd_lines(path, where)
    return "utf-8" if not odd else _guess(odd)


def _wide(head: bytes) -> str:
    """UTF-16 without a mark: every other byte of plain text is zero."""
    sample = head[:4000]
    if len(sample) < _SMALLEST or b"\0" not in sample:
        return ""
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    if odd > half * 0.6 and even < half * 0.1:
        return "utf-16-le"
    if even > half * 0.6 and odd < half * 0.1:
        return "utf-16-be"
    return ""


def _odd_lines(path: Path, where: str) -> bytes:
    """Lines whose bytes are not UTF-8, up to a probe; nothing when the file is UTF-8 but for single broken lines."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    odd: list[bytes] = []
    found = good = 0
    tail = b""
    for chunk in chunks(path, where=where):
        try:
            decoder.decode(chunk)
            if not odd and chunk.isascii():
                continue
        except UnicodeDecodeError:
            decoder.reset()
        lines = (tail + chunk).split(b"\n")
        tail = lines.pop()[-65536:]
        for line in lines:
            if line.isascii():
                continue
            if _is_utf8(line):
                good += 1
            elif found < _PROBE:
                odd.append(line)
                found += len(line)
    if tail and not tail.isascii() and not _is_utf8(tail):
        odd.append(tail)
    return b"" if good > len(odd) else b"\n".join(odd)


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _guess(sample: bytes) -> str:
    """The likeliest single-byte or East Asian encoding; Western European when nothing speaks against it."""
    from charset_normalizer import from_bytes

    best = from_bytes(sample, cp_isolation=_CANDIDATES).best()
    name = best.encoding if best is not None else "cp1252"
    western = {"cp1252", "latin_1", "cp850", "cp437", "mac_roman", "iso8859_15"}
    if name in western or len(sample) < _SMALL:
        try:
            sample.decode("cp1252")
        except UnicodeDecodeError:
            return "latin-1"
        return "cp1252" if name in western or name not in ("cp1250", "cp1251") else name
    return codecs.lookup(name).name


_SMALL = 64
_CANDIDATES = ["cp1252", "latin_1", "cp1250", "cp1251", "cp1253", "cp1254", "shift_jis", "gb18030", "big5", "euc_kr"]


def _decode(path: Path, encoding: str, place: Workplace, where: str) -> Path:
    """A UTF-8 copy; bytes that the encoding does not know become the replacement sign, which is quarantined later."""
    target = place.path("decoded", ".txt")
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    with target.open("w", encoding="utf-8", newline="") as out:
        for chunk in chunks(path, where=where):
            out.write(decoder.decode(chunk))
        out.write(decoder.decode(b"", final=True))
    return target


def _look(path: Path, where: str) -> Content:
    decoder = codecs.getincrementaldecoder("utf-8")()
    clean, empty = True, True
    for chunk in chunks(path, where=where):
        empty = empty and not chunk.strip(b" \t\r\n\xef\xbb\xbf")
        if b"\0" in chunk or (len(chunk) == CHUNK and b"\n" not in chunk):
            clean = False
        if clean:
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError:
                clean = False
    return Content("", 0, path, "", clean, empty)
