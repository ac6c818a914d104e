"""The launcher, as far as it can be tried without a network: what it says, what it keeps, what it parses on."""

import ast
import importlib.util
import subprocess
import sys
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent
OLDEST_THAT_MUST_PARSE = (3, 7)


@pytest.fixture
def launcher(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script as a module, with its environment in a folder of the test."""
    loader = SourceFileLoader("launcher", str(ROOT / "kerong"))
    specification = importlib.util.spec_from_loader("launcher", loader)
    assert specification
    module = importlib.util.module_from_spec(specification)
    # nothing may be written beside the script
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    loader.exec_module(module)
    for name, folder in {"ROOT": tmp_path, "VENV": tmp_path, "LOG": tmp_path / "log"}.items():
        monkeypatch.setattr(module, name, folder)
    return module


def test_an_old_python_can_parse_the_launcher_and_so_say_what_is_missing() -> None:
    ast.parse((ROOT / "kerong").read_text(encoding="utf-8"), feature_version=OLDEST_THAT_MUST_PARSE)


def test_help_needs_no_environment_and_names_the_two_commands() -> None:
    done = subprocess.run([sys.executable, str(ROOT / "kerong"), "--help"], capture_output=True, text=True, check=True)
    assert "./kerong up" in done.stdout
    assert "./kerong test" in done.stdout


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        ("OSError: [Errno 28] No space left on device", "the disk is full"),
        ("npm error code EAI_AGAIN", "the package index cannot be reached"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES\nhashes do not match", "not the file that was pinned"),
        (
            "ERROR: No versions (from versions: none)\nERROR: No matching distribution",
            "no package index answers with it",
        ),
        ("noise\nERROR: something new\nmore noise", "ERROR: something new"),
        ("", "it said nothing"),
    ],
)
def test_a_failed_installer_ends_in_one_line_with_its_cause(launcher: ModuleType, output: str, sentence: str) -> None:
    cause = launcher.cause(output)
    assert sentence in cause
    assert "\n" not in cause


def test_an_installer_that_fails_leaves_its_words_in_the_log(launcher: ModuleType, tmp_path: Path) -> None:
    with pytest.raises(launcher.Failure, match="trial failed: ERROR: no luck"):
        launcher.quietly("trial", [sys.executable, "-c", "print('ERROR: no luck'); raise SystemExit(1)"], tmp_path)
    assert "no luck" in (tmp_path / "log").read_text(encoding="utf-8")


def test_a_stamp_holds_until_the_file_behind_it_changes(launcher: ModuleType, tmp_path: Path) -> None:
    pins = tmp_path / "pins.txt"
    pins.write_text("one")
    launcher.stamp("base", launcher.digest(pins))
    assert launcher.is_stamped("base", launcher.digest(pins))
    pins.write_text("two")
    assert not launcher.is_stamped("base", launcher.digest(pins))


@pytest.mark.parametrize("comment", ["//# sourceMappingURL=a.js.map", "/*# sourceMappingURL=a.css.map */"])
def test_copied_assets_lose_the_comment_that_names_a_source_map(
    launcher: ModuleType, tmp_path: Path, comment: str
) -> None:
    source, target = tmp_path / "a.js", tmp_path / "vendor" / "a.js"
    source.write_text(f"work()\n{comment}\n")
    launcher.copy_asset(source, target)
    assert target.read_text() == "work()\n"


def test_an_asset_that_the_package_lacks_is_named(launcher: ModuleType, tmp_path: Path) -> None:
    with pytest.raises(launcher.Failure, match=r"gone\.css"):
        launcher.copy_asset(tmp_path / "gone.css", tmp_path / "vendor" / "gone.css")


def test_an_unknown_option_of_the_checks_is_refused() -> None:
    command = [sys.executable, str(ROOT / "tests" / "steps.py"), "--quick"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "--quick" in done.stderr
