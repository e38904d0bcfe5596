"""Our top-level package names are ours alone: a dependency with the same name would be imported in our place."""

import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).parents[2]
OURS = "pulang"


def our_names() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return {package.partition(".")[0] for package in project["tool"]["setuptools"]["packages"]}


def test_no_installed_distribution_provides_a_package_of_ours() -> None:
    providers = packages_distributions()

    taken = {name: set(providers.get(name, ())) - {OURS} for name in our_names()}

    assert {name: by for name, by in taken.items() if by} == {}


def test_no_package_of_ours_hides_one_of_the_standard_library() -> None:
    assert our_names() & sys.stdlib_module_names == set()
