# One image for web, worker, beat and Flower; docker-compose.yml says which a container is.
FROM python:3.12-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 \
    SWITCHBOARD_HOME=/var/lib/switchboard WEB_BIND=0.0.0.0

WORKDIR /app
COPY requirements.lock ./
RUN pip install --require-hashes -r requirements.lock

RUN useradd --system --uid 10001 --home-dir /var/lib/switchboard --create-home switchboard \
    && install -d -o switchboard -g switchboard /var/lib/switchboard/uploads \
        /var/lib/switchboard/exports
COPY . .

# The keys are for this step only; a container brings its own.
RUN SWITCHBOARD_PRODUCTION=1 SECRET_KEY=build SWITCHBOARD_SECRET_KEYS=build-build-build-build \
    DATABASE_URL=postgres://build REDIS_URL=redis://build STATIC_ROOT=/app/static \
    python manage.py collectstatic --noinput
ENV STATIC_ROOT=/app/static

USER switchboard
EXPOSE 8000
CMD ["sh", "-c", "exec gunicorn config.wsgi --preload --no-control-socket --worker-class config.web.Worker \
--workers ${WEB_PROCESSES:-2} --threads 16 --bind ${WEB_BIND}:${PORT:-8000}"]
