"""Where a practice may lie: on a disk of this machine, in no folder that something syncs."""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path
from typing import Final

from desktop.errors import EnvironmentProblem

# As the programs name their folders; iCloud's is “Mobile Documents”, Google's drive “My Drive”.
_SYNCED: Final = (
    "dropbox",
    "onedrive",
    "google drive",
    "googledrive",
    "my drive",
    "icloud",
    "mobile documents",
    "box sync",
    "nextcloud",
    "owncloud",
    "pcloud",
)
_REMOTE_TYPES: Final = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "9p", "ceph", "glusterfs", "fuse.sshfs"}
)
_DRIVE_REMOTE: Final = 4


def refuse_shared_folder(folder: Path) -> None:
    """Refuse a folder whose file locks or writes cannot be trusted.

    Raises:
        EnvironmentProblem: a network share, or a folder that a sync program copies about.
    """
    resolved = folder.resolve()
    for part in resolved.parts:
        if any(part.lower().startswith(name) for name in _SYNCED):
            raise EnvironmentProblem(
                f"“{folder}” lies in a folder that is synced ({part}); a database would be torn "
                "there. Choose a folder on this machine's own disk."
            )
    if _is_remote(resolved):
        raise EnvironmentProblem(
            f"“{folder}” lies on a network share; a database would be damaged there. "
            "Choose a folder on this machine's own disk."
        )


def _is_remote(folder: Path) -> bool:
    if sys.platform == "win32":
        anchor = folder.anchor
        if anchor.startswith("\\\\"):
            return True
        return bool(ctypes.windll.kernel32.GetDriveTypeW(anchor) == _DRIVE_REMOTE)
    return mount_type(folder, _mounts()) in _REMOTE_TYPES


def _mounts() -> str:
    try:
        return Path("/proc/mounts").read_text("utf-8", "replace")
    except OSError:
        return ""


def mount_type(folder: Path, mounts: str) -> str:
    """The file-system type of the mount that holds a folder, from /proc/mounts text."""
    best, kind = "", ""
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        point = fields[1].replace("\\040", " ")
        inside = str(folder) == point or str(folder).startswith(point.rstrip("/") + os.sep)
        if inside and len(point) >= len(best):
            best, kind = point, fields[2]
    return kind
