"""Decides where the servers keep data, sockets and programs, and as which user they run."""

import hashlib
import os
import pwd
import re
import shutil
import stat
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

# A socket's path has room for 107 bytes on Linux and 103 on macOS (sun_path, unix(7)).
SOCKET_PATH_MAX = 103
LONGEST_SOCKET_NAME = len("/.s.PGSQL.5432")
# What needs no escape in a URL, in a PostgreSQL list of folders or in a Redis option.
PLAIN_PATH = re.compile(r"[A-Za-z0-9/._-]+")


class ServiceFailed(RuntimeError):
    """An embedded server can't serve; the message says why and what to do."""


@dataclass(frozen=True)
class ServerUser:
    """The user that servers run as when we are root, as which PostgreSQL refuses to run."""

    uid: int
    gid: int

    def may_enter(self, folder: os.stat_result) -> bool:
        if folder.st_uid == self.uid:
            return bool(folder.st_mode & stat.S_IXUSR)
        if folder.st_gid == self.gid:
            return bool(folder.st_mode & stat.S_IXGRP)
        return bool(folder.st_mode & stat.S_IXOTH)

    def reaches(self, path: Path) -> bool:
        """Whether this user may walk down to `path`; what does not exist yet, we shall open."""
        return all(self.may_enter(part.stat()) for part in (path, *path.parents) if part.exists())


class Layout:
    """The folders of one home.

    The home itself, when the server user can reach it, holds everything. Below a folder that is
    closed to that user (a project in root's 0700 home) data and programs live in /var/tmp, which
    a reboot does not empty; no permission of a folder that is not ours is changed.
    """

    def __init__(self, home: Path) -> None:
        self.home = home.expanduser().resolve()
        digest = hashlib.sha256(os.fsencode(self.home)).hexdigest()
        # Fixed, where TMPDIR could differ between two processes; own_folder() refuses a squatter's.
        self.elsewhere = Path("/var/tmp").resolve() / f"switchboard-{digest[:16]}"  # noqa: S108
        self._short = Path("/tmp").resolve() / f"swb-{os.geteuid()}-{digest[:8]}"  # noqa: S108

    @cached_property
    def user(self) -> ServerUser | None:
        """Who runs the servers; None when that is simply us."""
        if os.geteuid() != 0:
            return None
        try:
            nobody = pwd.getpwnam("nobody")
        except KeyError as error:
            raise ServiceFailed(
                "PostgreSQL does not run as root and there is no user 'nobody' to run it as. "
                "Work as another user, or set DATABASE_URL and REDIS_URL."
            ) from error
        return ServerUser(nobody.pw_uid, nobody.pw_gid)

    @property
    def sockets(self) -> Path:
        """The folder of both sockets; the same for every process that asks, started or not."""
        inside = self.home / "run"
        room = SOCKET_PATH_MAX - LONGEST_SOCKET_NAME
        fits = len(str(inside)) <= room and PLAIN_PATH.fullmatch(str(inside))
        return inside if fits and self._is_open(self.home) else self._short

    @property
    def root(self) -> Path:
        """The folder of data and copied programs; data that exists stays where it is."""
        for place in (self.home, self.elsewhere) if self.user else ():
            if (place / "postgres").exists():
                return place
        return self.home if self._is_open(self.home) else self.elsewhere

    def _is_open(self, path: Path) -> bool:
        return self.user is None or self.user.reaches(path)

    def prepare_home(self) -> None:
        missing = [part for part in (self.home, *self.home.parents) if not part.exists()]
        try:
            for folder in reversed(missing):
                folder.mkdir(exist_ok=True)
                folder.chmod(0o711 if self.user else 0o700)
        except OSError as error:
            raise ServiceFailed(
                f"{self.home} cannot be made: {error.strerror}. Point SWITCHBOARD_HOME at a "
                "folder you may write to, or set DATABASE_URL and REDIS_URL."
            ) from error

    def prepare_servers(self) -> None:
        """Makes the folders that servers use; those they write to belong to the server user."""
        if self.root == self.elsewhere:
            own_folder(self.elsewhere, 0o711, None)
        elif not self._is_open(self.home):
            raise ServiceFailed(
                f"The data is in {self.root}, which the user 'nobody' cannot reach any more. Open "
                "its parent folders for others to pass (chmod o+x), or move the data away."
            )
        own_folder(self.sockets, 0o700, self.user)

    def runnable(self, program: Path, tree: Path) -> Path:
        """`program` itself, or its copy when the server user cannot reach the original.

        `tree` is the folder to copy, with the libraries that the program finds by relative path.
        """
        program, tree = program.resolve(), tree.resolve()
        if self._is_open(program):
            return program
        seen = program.stat()
        version = hashlib.sha256(f"{program}{seen.st_size}{seen.st_mtime_ns}".encode())
        copies = self.root / "programs"
        own_folder(copies, 0o755, None)
        copy = copies / f"{tree.name}-{version.hexdigest()[:8]}"
        if not copy.exists():
            _copy_programs(tree, copy)
        return copy / tree.name / program.relative_to(tree)

    def popen_options(self) -> dict[str, Any]:
        """What subprocess needs to run a server apart from us: user, session, environment."""
        identity: dict[str, Any] = {}
        if self.user:
            identity = {"user": self.user.uid, "group": self.user.gid, "extra_groups": []}
        # Nothing of our environment: PGDATA, PGPORT or a broken LC_ALL would steer the servers.
        environment = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
        # A session of its own: Ctrl-C reaches the application, which still needs its servers.
        return identity | {"env": environment, "cwd": "/", "start_new_session": True}


def own_folder(path: Path, mode: int, user: ServerUser | None) -> None:
    """Makes `path` a folder of `user` (of us when None), or refuses one that a stranger put there.

    Works on an open descriptor, so that nobody can swap in a link between check and change.
    """
    uid, gid = (user.uid, user.gid) if user else (os.geteuid(), os.getegid())
    with suppress(FileExistsError):
        path.mkdir(mode=0o700)
    try:
        folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError as error:
        raise ServiceFailed(f"{path} is not a folder of ours ({error.strerror}).") from error
    try:
        if os.fstat(folder).st_uid not in {os.geteuid(), uid}:
            raise ServiceFailed(f"{path} belongs to another user; remove it, or work as that user.")
        os.fchown(folder, uid, gid)
        os.fchmod(folder, mode)
    except OSError as error:
        raise ServiceFailed(
            f"{path} cannot be given to user {uid} ({error.strerror}). Work as another user than "
            "root, or set DATABASE_URL and REDIS_URL."
        ) from error
    finally:
        os.close(folder)


def _copy_programs(tree: Path, copy: Path) -> None:
    """Copies `tree`, and the `<name>.libs` beside it, so that all may read and run them."""
    for old in copy.parent.glob(f"{tree.name}-*"):
        shutil.rmtree(old)
    fresh = copy.parent / f"new-{copy.name}"
    shutil.rmtree(fresh, ignore_errors=True)
    skip = shutil.ignore_patterns("include", "__pycache__", "*.a", "*.py")
    for source in (tree, tree.with_name(f"{tree.name}.libs")):
        if source.exists():
            shutil.copytree(source, fresh / source.name, symlinks=True, ignore=skip)
    for part in (fresh, *fresh.rglob("*")):
        if not part.is_symlink():
            runs = part.is_dir() or part.stat().st_mode & stat.S_IXUSR
            part.chmod(0o755 if runs else 0o644)
    fresh.rename(copy)
