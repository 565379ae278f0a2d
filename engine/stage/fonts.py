"""Where the letters of the captions come from."""

from pathlib import Path

from engine.errors import StageError

# The face of a font collection with the Chinese forms: the first one has Japanese forms.
FONTS = (
    (Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"), 2),
    (Path("/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc"), 2),
    (Path("/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc"), 2),
    (Path("C:/Windows/Fonts/msyh.ttc"), 0),
    (Path("C:/Windows/Fonts/simhei.ttf"), 0),
)


def caption_font() -> tuple[Path, int]:
    """Return a font file with Chinese characters, and the face in it to use.

    Raises
    ------
    StageError
        If none of the known ones is installed.
    """
    for path, face in FONTS:
        if path.is_file():
            return path, face
    raise StageError(
        "no font with Chinese characters is installed",
        where="captions",
        hint="install Noto Sans CJK; on Debian: apt install fonts-noto-cjk",
    )


def caption_font_path() -> Path:
    """Return the font file the captions are drawn with."""
    return caption_font()[0]
