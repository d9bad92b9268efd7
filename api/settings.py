"""Settings, each read from the environment as AMUPREV_<NAME>; the README's table is made from here."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

Some = Annotated[int, Field(ge=1)]
Seconds = Annotated[float, Field(gt=0)]


class Settings(BaseSettings):
    """Everything that may differ from one installation to the next. Nothing here is needed to start on one's own machine."""

    model_config = SettingsConfigDict(env_prefix="AMUPREV_", use_attribute_docstrings=True, extra="ignore")

    database_url: SecretStr | None = None
    """PostgreSQL (18) that the API uses, as a role that owns nothing; unset: an embedded one under AMUPREV_HOME."""
    owner_database_url: SecretStr | None = None
    """The same database as its owner; used by `migrate`, `demo`, `user`, `key`, `import`, `backup` and `restore`, never by `serve`."""
    report_database_url: SecretStr | None = None
    """A replica that may serve exports; unset: the primary."""
    home: Path = Path(".amuprev")
    """Folder of the embedded PostgreSQL, where AMUPREV_DATABASE_URL is unset, and of the documents, where AMUPREV_DOCUMENTS_URL is."""
    documents_url: SecretStr | None = None
    """Bucket of the documents (`s3://bucket/prefix`, `gs://…`, `az://…`; credentials in `AWS_…`); unset: AMUPREV_HOME/documents."""
    frameworks_folder: Path | None = None
    """Folder of further frameworks of steps (`*.json`, as GET /v1/frameworks shows them); unset: those that come with the service."""
    host: str = "127.0.0.1"
    """Address to listen on."""
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    """Port to listen on."""
    public_url: str = ""
    """Address under which clients reach the API, for the links it hands out; unset: relative links."""
    cors_origins: str = ""
    """Origins of front ends that may call from a browser, separated by spaces; `*` for any."""
    read_connections: Some = 8
    """Connections of the read door, per process."""
    read_admissions: Some = 3
    """Reads that may be inside PostgreSQL at once, per process; the others wait in order of arrival."""
    write_connections: Some = 8
    """Connections of the write door, per process."""
    export_connections: Some = 2
    """Connections of the exports, per process."""
    import_connections: Some = 2
    """Connections of the imports, per process; more uploads wait, after they have arrived whole."""
    db_statement_cache: Annotated[int, Field(ge=0)] = 512
    """Prepared statements kept per connection; 0 behind PgBouncer in transaction mode."""
    statement_timeout_s: Seconds = 30
    """Longest statement of a read or a single write, in seconds."""
    import_timeout_s: Seconds = 900
    """Longest statement of an import, in seconds."""
    body_limit_bytes: Some = 1_000_000
    """Largest body of a request that is not an upload, in bytes."""
    upload_limit_bytes: Some = 64_000_000
    """Largest uploaded file, in bytes."""
    document_limit_bytes: Some = 20_000_000
    """Largest document, in bytes."""
    header_timeout_s: Seconds = 10
    """How long a connection may take to send its request line and headers, in seconds."""
    idle_timeout_s: Seconds = 30
    """How long an upload may send nothing, in seconds; there is no limit on its total time."""
    access_token_s: Annotated[int, Field(ge=1, le=900)] = 900
    """Lifetime of an access token, in seconds; at most 900."""
    refresh_token_days: Some = 30
    """Lifetime of a refresh token, in days; renewed each time it is used."""
    invitation_days: Some = 7
    """How long an invitation or a reset link is good, in days."""
    attempts_per_minute: Some = 30
    """Sign-in attempts taken from one address per minute, before authentication."""
    log_level: str = "info"
    """debug, info, warning or error."""
