# The API over a PostgreSQL that AMUPREV_DATABASE_URL names. Migrate first, as the owner: docker run … amuprev migrate
FROM python:3.12-slim
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_DISABLE_PIP_VERSION_CHECK=1 AMUPREV_HOST=0.0.0.0
WORKDIR /app
COPY requirements.lock ./
RUN pip install --no-cache-dir --require-hashes -r requirements.lock
COPY pyproject.toml README.md ./
COPY api api
COPY migrations migrations
RUN pip install --no-cache-dir --no-deps --no-build-isolation --editable . || pip install --no-cache-dir --no-deps --editable .
RUN useradd --system --no-create-home amuprev
USER amuprev
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]
CMD ["amuprev", "serve"]
