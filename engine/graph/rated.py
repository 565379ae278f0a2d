"""A stream whose samples are counted has to say how many come a second."""

from engine.errors import GraphError
from engine.streams import Stream


def rate_of(stream: Stream) -> float:
    """Return the declared rate of ``stream``, Hz.

    Raises
    ------
    GraphError
        If it is irregular.
    """
    if stream.rate is None:
        raise GraphError(
            "has no rate",
            where=stream.name,
            hint="declare it in the driver",
            zh="没有声明采样率，请在驱动中写明",
        )
    return stream.rate
