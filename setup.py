"""Ships the root's config.toml inside the package; all else stands in pyproject.toml."""

from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

EXAMPLE = "config.toml"


class BuildWithExample(build_py):
    """There is one config.toml: an editable install reads the root's own."""

    def run(self) -> None:
        super().run()
        if not self.editable_mode:
            self.copy_file(EXAMPLE, str(Path(self.build_lib) / "bot" / EXAMPLE))

    def get_source_files(self) -> list[str]:
        return [*super().get_source_files(), EXAMPLE]


setup(cmdclass={"build_py": BuildWithExample})
