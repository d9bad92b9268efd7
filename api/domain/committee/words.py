"""Sentences that explain a computation, in each language: what a front end shows beside a number."""

from collections.abc import Mapping

Words = dict[str, str]
"""Language (en, es, pt) -> a sentence."""
LANGUAGES = ("en", "es", "pt")


def said(sentence: Mapping[str, str], **values: Mapping[str, str] | int | str) -> Words:
    """`sentence` in every language with its values put in; a value that is words itself is put in by language."""
    return {
        language: text.format(**{name: value[language] if isinstance(value, Mapping) else value for name, value in values.items()})
        for language, text in sentence.items()
    }


def joined(parts: list[Words]) -> Words:
    """The sentences one after the other, in each language."""
    return {language: " ".join(part[language] for part in parts) for language in LANGUAGES}
