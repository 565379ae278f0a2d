"""Whether people can be told, in their language, what a device does."""

from collections.abc import Iterable, Iterator

from engine.streams import Output
from engine.vocabulary import is_chinese, output_names


def unnamed(outputs: Iterable[Output]) -> Iterator[str]:
    """Yield each of ``outputs`` that the officer and the counselor would know by its key alone."""
    for output in outputs:
        names = output_names(output.name, output.zh, output.en)
        if names is None:
            yield (
                f'output {output.name!r} has no name for people: give it zh="..." and en="..." '
                "(names as recline, legs, vibration, massage, warmth are known)"
            )
        elif not is_chinese(names[0]):
            yield f"output {output.name!r} is called {names[0]!r} in Chinese, with no Chinese in it"
