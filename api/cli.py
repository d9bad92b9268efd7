"""amuprev: serve, migrate and the rest. Whatever takes more than a second shows how far it is."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import asyncpg
import typer
from pydantic import ValidationError
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from api import db, founding, logs
from api.access import House
from api.domain.errors import Refusal
from api.embedded import EmbeddedPostgres, EmbeddedPostgresError
from api.intake import plans
from api.loading import unwatched
from api.settings import Settings
from migrations.apply import Tell, migrate

cli = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="The AMUPREV API.")
user = typer.Typer(no_args_is_help=True, help="People.")
take = typer.Typer(no_args_is_help=True, help="Take files in.")
key = typer.Typer(no_args_is_help=True, help="Service keys.")
cli.add_typer(user, name="user")
cli.add_typer(key, name="key")
cli.add_typer(take, name="import")
err = Console(stderr=True)


@dataclass(frozen=True)
class Database:
    """Where the database is, for the API and for its owner; embedded where none was named."""

    url: str
    owner_url: str
    embedded: bool


@contextmanager
def progress() -> Iterator[Tell]:
    """Bars for what is being done, on the terminal of errors."""
    with Progress(
        TextColumn("{task.description:<12}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}"),
        TimeElapsedColumn(),
        console=err,
        transient=True,
    ) as bars:
        tasks: dict[str, TaskID] = {}

        def tell(what: str, done: int, of: int) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=of)
            bars.update(tasks[what], completed=done, total=of)

        yield tell


def part(name: str) -> Any:
    """A module of `api` over all routes, for the commands that need them: it loads in three seconds."""
    return import_module(f"api.{name}")


@unwatched()
def _load(needs: Sequence[str]) -> None:
    for name in needs:
        part(name)


@contextmanager
def database(settings: Settings, *needs: str, ready: bool = True) -> Iterator[Database]:
    """The database that the settings name, or the embedded one, started; `ready` also brings the embedded one to the newest schema.

    `needs` names the parts that what follows loads, so that it need not wait for both one after the other (measured: 0.6 s of 4.4).
    Frameworks are loaded with `ready` alone, for whatever else judges no steps; faults in them stop it before anything is started.
    """
    if ready and settings.frameworks_folder is not None:
        part("domain.steps.frameworks").load(settings.frameworks_folder)
    if settings.database_url is not None:
        _load(needs)
        url = settings.database_url.get_secret_value()
        owner = settings.owner_database_url.get_secret_value() if settings.owner_database_url else url
        yield Database(url, owner, embedded=False)
        return
    postgres = EmbeddedPostgres(settings.home)
    with ThreadPoolExecutor(1) as aside:
        up = aside.submit(lambda: postgres.start().prepare())
        _load(needs)
        up.result()
    with postgres:
        found = Database(postgres.dsn("amuprev", "api"), postgres.dsn("amuprev", "owner"), embedded=True)
        if ready:
            with progress() as tell:
                asyncio.run(migrate(found.owner_url, tell))
        yield found


async def _fit(settings: Settings, url: str) -> None:
    """Give a new database its first signing key. Raises BypassingRole where row security would not hold for the role of `url`."""
    doors = await db.open_doors(settings, url)
    try:
        await db.refuse_bypass(doors)
    finally:
        await doors.close()
    await founding.sign_keys(url)


@cli.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on (AMUPREV_HOST).")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on (AMUPREV_PORT).")] = None,
    demo: Annotated[bool, typer.Option(help="Fill the embedded database with the demonstration.")] = True,
) -> None:
    """Serve the API: with the embedded PostgreSQL, or with the one AMUPREV_DATABASE_URL names."""
    said: dict[str, Any] = {name: value for name, value in {"host": host, "port": port}.items() if value is not None}
    settings = Settings(**said)
    logs.as_json(settings.log_level)
    with database(settings, "server", "demo") as found:
        asyncio.run(_fit(settings, found.url))
        if found.embedded and demo:
            with progress() as tell:
                asyncio.run(part("demo").fill(settings, found.url, found.owner_url, tell))
        _welcome(settings, demo and found.embedded)
        part("server").run(settings, found.url)


def _welcome(settings: Settings, demo: bool) -> None:
    base = f"http://{settings.host}:{settings.port}"
    err.print(f"Documentation  {base}/docs  and  {base}/docs/network", highlight=False, soft_wrap=True)
    if demo:
        people = ", ".join(f"{name}@demo.example" for name in part("demo").names())
        err.print(f"A token        ./run amuprev token mx@demo.example\nDemonstration  {people}", highlight=False, soft_wrap=True)
        err.print(f"Password       of all of them: {part('demo').password(settings.home)}", highlight=False, soft_wrap=True)
    else:
        err.print("First person   amuprev user add --admin EMAIL", highlight=False, soft_wrap=True)


@cli.command("migrate")
def migrate_command() -> None:
    """Bring the schema and the catalogues up to date, as the owner (AMUPREV_OWNER_DATABASE_URL)."""
    settings = Settings()
    with database(settings, ready=False) as found, progress() as tell:
        asyncio.run(migrate(found.owner_url, tell))


@cli.command()
def demo() -> None:
    """Fill the database with the demonstration: an invented region, and committees in it. Also a named one: think twice."""
    settings = Settings()
    with database(settings, "demo") as found, progress() as tell:
        asyncio.run(part("demo").fill(settings, found.url, found.owner_url, tell))


@cli.command()
def token(email: str) -> None:
    """Print an access token of EMAIL, and nothing else."""
    with database(Settings(), ready=False) as found:
        sys.stdout.write(asyncio.run(founding.token(found.url, email)) + "\n")


@user.command("add")
def user_add(email: str, name: Annotated[str, typer.Option(help="As others see it.")] = "Administrator", admin: bool = False) -> None:
    """Add a person; with --admin as administrator of the region. Prints a link, good once, that sets the password."""
    with database(Settings()) as found:
        sys.stdout.write(asyncio.run(founding.add_person(found.owner_url, email, name, admin)) + "\n")


@key.command("create")
def key_create(email: Annotated[str, typer.Argument(help="Of whom the account gets the offices.")], days: int = 365) -> None:
    """Print a new key of the service account of EMAIL, made on first use with the same offices; two may be alive."""
    with database(Settings(), ready=False) as found:
        sys.stdout.write(asyncio.run(founding.create_key(found.owner_url, email, days)) + "\n")


@key.command("revoke")
def key_revoke(key_id: Annotated[str, typer.Argument(help="The part between the underscores of amp_…_….")]) -> None:
    """Revoke a key; its next request is refused."""
    with database(Settings(), ready=False) as found:
        asyncio.run(founding.revoke_key(found.owner_url, key_id))


@cli.command("rotate-keys")
def rotate_keys() -> None:
    """Sign tokens with a new key from a minute on, when every process knows it; those signed before stay good."""
    with database(Settings(), ready=False) as found:
        sys.stdout.write(asyncio.run(founding.rotate(found.url)) + "\n")


@take.command("observations")
def import_observations(
    file: Path,
    reader: str = typer.Option(..., help="Layout of the file, as GET /v1/readers names it."),
    source: str = typer.Option(..., help="Code of the source."),
    country: str = typer.Option(None, help="ISO code; where names are looked up."),
    admin1: str = typer.Option(None, help="ISO 3166-2 code of the first level names are looked up in."),
    dry_run: bool = typer.Option(False, "--dry-run", help="Check everything, keep only the report."),
    accept_warnings: bool = typer.Option(False, "--accept-warnings", help="Keep it though it is unlike what is known."),
    restate: bool = typer.Option(False, "--restate", help="Replace also what was corrected since the same file came in before."),
    person: str = typer.Option(None, "--as", help="Whose rights count; the first administrator of the region."),
) -> None:
    """Take in a file of figures, like POST /v1/imports/observations. Prints the report."""
    where, how = plans.Where(country, admin1), plans.How(dry_run, accepted=accept_warnings, restate=restate)
    _take(person, file, lambda house: plans.observations(house, reader, source, where, how))


@take.command("populations")
def import_populations(
    file: Path,
    year: int = typer.Option(..., help="Year the residents are of."),
    source: str = typer.Option(..., help="Code of the source, such as censo."),
    country: str = typer.Option(None, help="ISO code; where names are looked up."),
    admin1: str = typer.Option(None, help="ISO 3166-2 code of the first level names are looked up in."),
    scheme: str = typer.Option(None, help="Scheme of the code column, instead of names."),
    dry_run: bool = typer.Option(False, "--dry-run", help="Check everything, keep only the report."),
    accept_warnings: bool = typer.Option(False, "--accept-warnings", help="Keep it though it is unlike what is known."),
    restate: bool = typer.Option(False, "--restate", help="Replace also what was corrected since the same file came in before."),
    person: str = typer.Option(None, "--as", help="Whose rights count; the first administrator of the region."),
) -> None:
    """Take in a table of residents, like POST /v1/imports/populations. Prints the report."""
    where, how = plans.Where(country, admin1, scheme), plans.How(dry_run, accepted=accept_warnings, restate=restate)
    _take(person, file, lambda house: plans.populations(house, year, source, where, how))


def _take(person: str | None, file: Path, plan: Callable[[House], Awaitable[plans.Plan]]) -> None:
    settings = Settings()
    with database(settings, "errand") as found, progress() as tell:
        report = asyncio.run(part("errand").take_in(settings, (found.url, found.owner_url), person, (file, plan), tell))
    sys.stdout.write(json.dumps(json.loads(report), indent=1, ensure_ascii=False) + "\n")


@cli.command()
def openapi(folder: Path = Path("openapi")) -> None:
    """Write the documents of both applications."""
    folder.mkdir(exist_ok=True)
    for name, app in (("backend", part("app").backend()), ("network", part("app").network())):
        (folder / f"{name}.json").write_text(json.dumps(app.openapi(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _tool(program: str, *arguments: str) -> None:
    settings = Settings()
    with database(settings, ready=False) as found:
        folder = EmbeddedPostgres(settings.home).binaries if found.embedded else None
        path = str(folder / program) if folder and (folder / program).exists() else program
        if os.spawnvp(os.P_WAIT, path, [program, *(a.replace("{url}", found.owner_url) for a in arguments)]):  # noqa: S606 - a program of PostgreSQL.
            raise typer.Exit(1)


@cli.command()
def backup(file: Path) -> None:
    """Write the whole database to FILE (pg_dump, custom format), as the owner."""
    # With row security, under which the owner has a policy of its own: without it pg_dump refuses, because the owner may not pass it by.
    _tool("pg_dump", "--enable-row-security", "--format=custom", f"--file={file}", "--dbname={url}")


@cli.command()
def restore(file: Path) -> None:
    """Bring an EMPTY database to what FILE holds, as the owner. Feed cursors from before are answered 410 afterwards."""
    _tool("pg_restore", "--no-owner", "--exit-on-error", "--dbname={url}", str(file))
    with database(Settings(), ready=False) as found:
        asyncio.run(founding.new_epoch(found.owner_url))


TOLD = (Refusal, founding.Unknown, db.BypassingRole, EmbeddedPostgresError, OSError, asyncpg.PostgresError)
"""What stops a command is told in a line, with the way out, not as a traceback."""


def _leave(number: int, _: Any) -> None:
    sys.exit(128 + number)


def main() -> None:
    """Run the command line. The signals that would end us at once unwind instead, so that the embedded server goes with its last user."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _leave)
    try:
        cli()
    except ValidationError as error:
        for wrong in error.errors(include_url=False, include_input=False):
            name = "AMUPREV_" + "_".join(str(part) for part in wrong["loc"]).upper()
            err.print(f"{name}: {wrong['msg']}", style="red", markup=False, highlight=False, soft_wrap=True)
        sys.exit(1)
    except TOLD as error:
        err.print(str(error) or type(error).__name__, style="red", markup=False, highlight=False, soft_wrap=True)
        sys.exit(1)
