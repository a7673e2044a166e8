"""One-time codes: an sshd that asks for the password and for the code of a clock."""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
import time
from pathlib import Path

from .folder import Folder
from .users import User

STEP = 30


def pam_service(folder: Folder) -> Path:
    """PAM's file for this sshd; sshd takes the service's name from its program's."""
    return Path("/etc/pam.d") / f"tomo-codes-{folder.tag}"


def write_secret(folder: Folder, user: User) -> None:
    """Let the codes' sshd know a user's secret, and PAM know the service."""
    link = folder.configuration / pam_service(folder).name
    if not link.is_symlink():
        link.symlink_to("/usr/sbin/sshd")
    secrets_folder = folder.keys / "codes"
    secrets_folder.mkdir(mode=0o700, exist_ok=True)
    pam_service(folder).write_text(
        "auth required pam_unix.so\n"
        "auth required pam_google_authenticator.so user=root no_increment_hotp "
        f"allowed_perm=0600 secret={secrets_folder}/${{USER}}\n"
        "account required pam_permit.so\n"
        "session required pam_permit.so\n"
    )
    file = secrets_folder / user.name
    file.touch(0o600)
    secret = base64.b32encode(bytes.fromhex(user.codeSecret)).decode()
    file.write_text(f'{secret}\n" WINDOW_SIZE 3\n" TOTP_AUTH\n')
    file.chmod(0o600)


def code_of(user: User) -> str:
    """The six digits that hold now."""
    counter = struct.pack(">Q", int(time.time()) // STEP)
    digest = hmac.new(bytes.fromhex(user.codeSecret), counter, hashlib.sha1).digest()
    start = digest[-1] & 15
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"
