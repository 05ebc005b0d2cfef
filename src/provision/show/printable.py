"""Texts of others made safe to print."""


def printable(text: str) -> str:
    """Without line breaks, and without what would take control of a terminal."""
    if text.isprintable():
        return text
    return "".join(
        character if character.isprintable() else " " if character.isspace() else "�" for character in text
    )
