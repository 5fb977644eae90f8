"""shop.toml found, read and checked; every mistake names the file, the line and the key."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from profithunt.config.shop import ShopConfig
from profithunt.errors import ConfigError

FILE_NAME = "shop.toml"


def find(start: Path) -> Path:
    """The `shop.toml` that `start` (a file, a folder, or a folder below one) belongs to.

    Raises ConfigError when there is none.
    """
    if start.is_file():
        return start
    if not start.exists():
        raise ConfigError(
            "there is no such file or folder",
            where=str(start),
            expected=f"a folder with a {FILE_NAME}",
            do="make one with: profithunt init DIR --from FOLDER",
        )
    for folder in (start, *start.resolve().parents):
        if (folder / FILE_NAME).is_file():
            return folder / FILE_NAME
    raise ConfigError(
        f"no {FILE_NAME} here or above",
        where=str(start),
        expected=f"a shop, a folder with a {FILE_NAME}",
        do="make one with: profithunt init DIR --from FOLDER",
    )


def read(path: Path) -> ShopConfig:
    """Read and check `shop.toml` at `path` (file or folder). Raises ConfigError."""
    file = find(path)
    try:
        text = file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"can't be read ({error})", where=str(file), expected="UTF-8 text") from error
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"is not TOML: {error}", where=str(file), do="mend that line") from error
    return parse(data, file=file, text=text)


def parse(data: dict[str, Any], *, file: Path, text: str = "") -> ShopConfig:
    """Check settings that were read already; `file` and `text` serve the messages and relative paths."""
    try:
        config = ShopConfig.model_validate({key: value for key, value in data.items() if key != "folder"})
    except ValidationError as error:
        raise _config_error(error, file, text) from error
    return config.model_copy(update={"folder": file.parent})


def _config_error(error: ValidationError, file: Path, text: str) -> ConfigError:
    first = next(iter(error.errors()))
    location = [part for part in first["loc"] if part not in ("str", "Expression", "Constant")]
    key = ".".join(str(part) for part in location)
    line = _line_of(text, location)
    where = f"{file}, line {line}, {key}" if line else f"{file}, {key}"
    if first["type"] == "extra_forbidden":
        return ConfigError(
            f"unknown setting '{location[-1]}'",
            where=where,
            do="see docs/reference/settings.md for the settings there are",
        )
    message = first["msg"].removeprefix("Value error, ")
    shown = first.get("input")
    got = f", got {shown!r}" if isinstance(shown, (str, int, float, bool)) else ""
    return ConfigError(f"{message[:1].lower()}{message[1:]}{got}", where=where)


def _line_of(text: str, location: list[Any]) -> int | None:
    """Line of the deepest key of `location` that stands in the text: a header that matches, then the key below it."""
    lines = text.splitlines()
    at: int | None = None
    start = 0
    index = 0
    while index < len(location):
        part = location[index]
        count = 0
        if index + 1 < len(location) and isinstance(location[index + 1], int):
            count = int(location[index + 1])
            index += 1
        name = re.escape(str(part))
        pattern = re.compile(rf"^\s*(\[+[^\]]*\b{name}\]+|[\"']?{name}[\"']?\s*=)")
        hits = [number for number in range(start, len(lines)) if pattern.match(lines[number])]
        if len(hits) > count:
            at = hits[count] + 1
            start = hits[count]
        index += 1
    return at
