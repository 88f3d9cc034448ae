"""A folder of results, in which only what the program wrote itself is replaced.

What one can do with this file: write several files at once, or take a path in the
folder for a file that grows; write all again later.

The one idea: a folder that a command wrote has a marker in it. In any other folder a
file that is in the way is an error and stays as it is, and no link leads outside.
"""

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from autograd_core.files import write_whole

__all__ = ["Folder"]


class Folder:
    """Where one command writes.

    Parameters
    ----------
    path
        Made, with the folders around it, when the first file is written.
    marker
        The name of the file that says whose folder it is.
    command
        Which command of the program writes here.
    owner
        Whose the files are, as an error says it: ``"the book's"``.
    """

    def __init__(
        self, path: str | os.PathLike[str], marker: str, *, command: str, owner: str
    ) -> None:
        self.path = Path(path)
        self.marker, self.command, self.owner = marker, command, owner
        self._ours = (self.path / marker).is_file()
        self._taken: set[Path] = set()
        self._made: list[Path] = []

    def check(self, names: Iterable[str]) -> list[Path]:
        """Paths for files of these names, if nothing foreign is in the way.

        Writes nothing, so that it can be asked before a long computation.

        Raises
        ------
        FileExistsError
            If a file of that name is there and the folder had no marker.
        """
        targets = [self.path / name for name in names]
        for target in targets:
            mine = self._ours or target in self._taken
            if target.exists() and not mine:
                raise FileExistsError(
                    f"{target} exists and is not {self.owner}; choose another folder"
                )
        return targets

    def take(self, names: Iterable[str]) -> list[Path]:
        """Paths for files of these names, after every check; marks the folder.

        Raises
        ------
        FileExistsError
            If a file of that name is there and the folder had no marker.
        NotADirectoryError
            If the folder, or a folder in it, is something else or leads elsewhere.
        """
        targets = self.check(names)
        places = (self.path, *self.path.parents)
        self._made += [place for place in places if not place.exists()]
        self.path.mkdir(parents=True, exist_ok=True)
        home = self.path.resolve()
        for folder in dict.fromkeys(target.parent for target in targets):
            folder.mkdir(exist_ok=True)
            if home not in (folder.resolve(), *folder.resolve().parents):
                raise NotADirectoryError(
                    f"{folder} leads out of {self.path}; remove the link"
                )
        marked = (
            f"`autograd-core {self.command}` wrote this folder and may write it again."
        )
        write_whole(self.path / self.marker, f"{marked}\n".encode())
        self._taken.update(targets)
        return targets

    def give_back(self) -> None:
        """Take away the new marker and folders, if no file that was taken is there.

        A marker on a folder in which nothing of the program is would let it replace
        whatever is put there later.
        """
        if self._ours or any(target.exists() for target in self._taken):
            return
        with suppress(OSError):  # a folder in which there is something else stays
            (self.path / self.marker).unlink(missing_ok=True)
            for folder in self._made:
                folder.rmdir()

    def write(self, files: Mapping[str, bytes]) -> list[Path]:
        """Write files, by their names in the folder; all are checked before the first.

        Returns where they are; raises as `take`.
        """
        targets = self.take(files)
        for target, content in zip(targets, files.values(), strict=True):
            write_whole(target, content)
        return targets
