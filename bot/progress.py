"""Progress bars in the terminal; a line for each thing begun where nobody watches."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

from knowledge.types import Progress


@contextmanager
def progress_bars() -> Iterator[Progress]:
    """Yield a progress callable that draws one bar for each thing done, on standard error.

    Without a terminal one line is written when each thing begins.
    """
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _lines(console)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Bars(*columns, TimeElapsedColumn(), console=console) as bars:
        yield _bars(bars)


def _lines(console: Console) -> Progress:
    begun: set[str] = set()

    def report(done: int, total: int | None, what: str) -> None:  # noqa: ARG001
        if what not in begun:
            begun.add(what)
            console.print(f"{what} ...", markup=False, highlight=False, soft_wrap=True)

    return report


def _bars(bars: Bars) -> Progress:
    drawn = {}

    def report(done: int, total: int | None, what: str) -> None:
        if what not in drawn:
            drawn[what] = bars.add_task(what, total=total)
        bars.update(drawn[what], completed=done, total=total)

    return report
