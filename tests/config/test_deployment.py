"""The files of a deployment agree with the settings, the Procfile and each other."""

import re
from pathlib import Path

import yaml
from django.conf import settings

from config.embedded import PROJECT
from config.processes import PROCFILE, read_procfile
from integrations.registry import PROVIDERS

COMPOSE = yaml.safe_load((PROJECT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
OURS = ("migrate", "web", "worker", "beat", "flower")


def read(name: str) -> str:
    return (PROJECT / name).read_text()


def read_by_settings() -> set[str]:
    """The variables that Python reads, by whichever method of django-environ."""
    return set(re.findall(r'env(?:\.\w+)?\(\s*"([A-Z_]+)"', read("config/settings.py")))


def read_by_deployment() -> set[str]:
    text = PROCFILE.read_text() + read("docker-compose.yml") + read("Dockerfile")
    return set(re.findall(r"(?<!\$)\$\{([A-Z_]+)", text))


def test_env_example_has_every_variable_and_no_other():
    listed = re.findall(r"^#([A-Z_]+)=", read(".env.example"), re.MULTILINE)

    providers = {secret.env for of in PROVIDERS for secret in of.secrets}
    wanted = read_by_settings() | read_by_deployment() | providers
    assert len(listed) == len(set(listed))
    assert set(listed) == wanted


def test_env_example_sets_nothing_by_itself():
    lines = [line for line in read(".env.example").splitlines() if line.strip()]

    assert [line for line in lines if not line.startswith("#")] == []


def test_env_example_explains_every_variable():
    lines = read(".env.example").splitlines()
    unexplained = [
        line
        for before, line in zip(["", *lines], lines, strict=False)
        if re.match(r"#[A-Z_]+=", line) and not before.strip()
    ]

    assert unexplained == ["#LOG_LEVEL=INFO"]


def test_compose_has_the_processes_of_the_procfile_but_the_sandbox():
    processes = set(read_procfile(PROCFILE)) - {"sandbox"}

    assert set(SERVICES) == {"postgres", "redis", "migrate"} | processes


def test_compose_waits_for_what_each_needs():
    for name in OURS:
        waits = {key: one["condition"] for key, one in SERVICES[name]["depends_on"].items()}
        assert waits["postgres"] == waits["redis"] == "service_healthy"
        if name != "migrate":
            assert waits["migrate"] == "service_completed_successfully"
    assert {name for name in SERVICES if "healthcheck" in SERVICES[name]} == {
        "postgres", "redis", "web", "worker", "flower",
    }  # fmt: skip


def test_compose_runs_production_on_its_own_servers():
    for name in OURS:
        environment = SERVICES[name]["environment"]
        assert environment["SWITCHBOARD_PRODUCTION"] == "1"
        assert environment["DATABASE_URL"].endswith("@postgres:5432/switchboard")
        assert environment["REDIS_URL"] == "redis://redis:6379/0"
        assert SERVICES[name]["env_file"] == ".env"


def test_compose_keeps_the_database_and_the_files_and_nothing_of_redis():
    assert SERVICES["postgres"]["volumes"] == ["database:/var/lib/postgresql/data"]
    files = [f"{name}:/var/lib/switchboard/{name}" for name in ("uploads", "exports")]
    assert all(SERVICES[name]["volumes"] == files for name in OURS)
    assert set(COMPOSE["volumes"]) == {"database", "uploads", "exports"}
    assert SERVICES["redis"]["command"] == [
        "redis-server", "--save", "", "--appendonly", "no", "--maxmemory-policy", "noeviction",
    ]  # fmt: skip
    assert "volumes" not in SERVICES["redis"]


def test_flower_is_reached_by_the_web_process_only():
    assert "ports" not in SERVICES["flower"]
    assert SERVICES["web"]["environment"]["FLOWER_URL"] == "http://flower:5555"
    assert read_procfile(PROCFILE)["flower"] == "python -m config.flower"
    assert settings.FLOWER_ADDRESS == "127.0.0.1"


def test_image_holds_every_room_and_installs_by_hash():
    taken = set(re.findall(r"^!(\S+)", read(".dockerignore"), re.MULTILINE))
    rooms = {path.parent.name for path in PROJECT.glob("*/apps.py")}

    assert rooms < taken
    assert "pip install --require-hashes -r requirements.lock" in read("Dockerfile")
    assert re.search(r"^USER (?!root)\w+", read("Dockerfile"), re.MULTILINE)


def test_no_file_names_where_packages_come_from():
    names = ("Makefile", "Dockerfile", "docker-compose.yml", ".ci/run", "requirements.lock")
    hosts = re.compile(r"py" r"pi\.org|python" r"hosted|npm" r"js\.|--index-url|--extra-index")

    assert [name for name in names if hosts.search((Path(PROJECT) / name).read_text())] == []
