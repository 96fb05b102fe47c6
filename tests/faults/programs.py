"""Programs of their own, for faults that a test runner would not survive."""

import asyncio
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


async def run_program(module: str, *arguments: str) -> bytes:
    """What it prints. Fails with its last words where it ends with another code than 0."""
    process = await start_program(module, *arguments)
    output, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()[-3000:]
    return output


async def start_program(module: str, *arguments: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, *arguments,
        cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
