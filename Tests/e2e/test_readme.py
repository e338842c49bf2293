"""What the README promises is so: commands, keys, and the configuration that it prints."""

from __future__ import annotations

import re
import subprocess

import pytest

from support.gateway import ROOT, binary, clean_environment

README = (ROOT / "README.md").read_text()


def test_every_command_it_names_exists():
    helps = subprocess.run([binary(), "--help"], capture_output=True, text=True, env=clean_environment()).stdout
    known = set(re.findall(r"^  ([a-z]+) ", helps, re.M))
    named = set(re.findall(r"`tollgate ([a-z]+)", README))
    assert named - known == set()
    assert known - {"help"} <= named | {"serve", "run"}


def test_its_configuration_is_accepted(tmp_path):
    example = re.search(r"```yaml\n(.*?)```", README, re.S)[1]
    file = tmp_path / "tollgate.yaml"
    file.write_text(example)
    file.chmod(0o600)
    done = subprocess.run(
        [binary(), "check", "--config", str(file)], capture_output=True, text=True, cwd=tmp_path,
        env=clean_environment(HOLYSHEEP_API_KEY="sk-x" * 10, JWT_SECRET="s" * 40),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("path", re.findall(r"\]\(([^)#]+)\)", README))
def test_every_link_leads_somewhere(path):
    assert path.startswith("http") or (ROOT / path).exists()


def test_it_is_short_enough_to_be_read():
    assert len(README.splitlines()) <= 250
