"""`make run`, really: everything comes up on a home of its own, and nothing is left behind."""

import http.cookiejar
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from contextlib import ExitStack

import psutil
import pytest

from config.embedded import PROJECT, Services
from tests.lab.processes import free_ports, living_on

# A shell that runs the tests in the background has its children ignore SIGINT.
HEARING = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execv(sys.executable, [sys.executable, "manage.py", "run"])
"""


@pytest.fixture
def environment(home):
    """A first start: an empty home and ports of its own."""
    web, sandbox, flower = map(str, free_ports(3))
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("SWITCHBOARD_", "DJANGO_"))}
    return kept | {
        "SWITCHBOARD_HOME": str(home),
        "SWITCHBOARD_SANDBOX_URL": f"http://127.0.0.1:{sandbox}",
        "SWITCHBOARD_WORKERS": "1",
        "DATABASE_URL": "",
        "REDIS_URL": "",
        "PORT": web,
        "FLOWER_PORT": flower,
        "WEB_PROCESSES": "1",
    }


@pytest.fixture
def start(environment):
    """Starts `make run`; it is killed if the test leaves it."""
    with ExitStack() as stack:

        def start_it():
            process = stack.enter_context(launch(environment))
            stack.callback(process.kill)
            return process

        yield start_it


def launch(environment):
    return subprocess.Popen(
        [sys.executable, "-c", HEARING],
        cwd=PROJECT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def read_until(process, words):
    """Read the output up to the line that holds these words, and return it all."""
    said = []
    while line := process.stdout.readline():
        said.append(line)
        if words in line:
            return "".join(said)
    pytest.fail(f"it never said {words!r}:\n{''.join(said)}")


def sign_in(port, password):
    """Sign in as a browser does and return the page that it leads to."""
    opener = urllib.request.build_opener(
        urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
    )
    address = f"http://127.0.0.1:{port}/admin/login/?next=/admin/"
    page = opener.open(address).read().decode()
    token = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[0]
    form = {"csrfmiddlewaretoken": token, "username": "admin", "password": password}
    return opener.open(address, urllib.parse.urlencode(form).encode()).read().decode()


def test_first_start_leads_in_and_ctrl_c_leaves_nothing(start, environment, home):
    process = start()
    greeting = read_until(process, "Ctrl-C stops all of it")
    (password,) = re.findall(r"one-time password (\S+)", greeting)

    page = sign_in(environment["PORT"], password)
    running = len(living_on(home))
    process.send_signal(signal.SIGINT)
    rest = process.stdout.read()

    assert f"http://localhost:{environment['PORT']}/" in greeting
    assert "nothing is bought, nothing is sent" in greeting
    assert "Sandbox: nothing is bought, nothing is sent" in page
    assert running > 5
    assert (process.wait(timeout=300), rest.splitlines()[-1]) == (0, "Everything is stopped.")
    assert living_on(home) == []
    assert not Services(home).is_running()


def test_one_process_that_dies_stops_the_rest(start, environment, home):
    process = start()
    read_until(process, "Ctrl-C stops all of it")
    beat = [p for p in psutil.Process(process.pid).children() if "beat" in p.cmdline()]

    beat[0].kill()
    rest = process.stdout.read()

    assert "beat ended (SIGKILL); stopping the rest" in rest
    assert process.wait(timeout=300) == 1
    assert living_on(home) == []


def test_taken_port_is_said_with_the_way_to_another(start, environment):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", int(environment["PORT"])))
        taken.listen()
        process = start()
        said, _ = process.communicate(timeout=300)

    port = int(environment["PORT"])
    assert process.returncode == 1
    assert f"Port {port}, for web, cannot be used" in said
    assert f"make run PORT={port + 1}" in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("after_s", "number"), [(0.8, signal.SIGTERM), (1.2, signal.SIGINT), (2.5, signal.SIGTERM)]
)
def test_stopped_while_starting_leaves_nothing(start, environment, home, after_s, number):
    process = start()
    time.sleep(after_s)

    process.send_signal(number)
    said, _ = process.communicate(timeout=300)

    is_python_up = "Fatal Python error: init_" not in said  # else it ends with 1
    assert process.returncode in ((-number, 128 + number, 0) if is_python_up else (1,))
    assert living_on(home) == []
    assert not Services(home).is_running() and not list((home / "run").glob("*"))
