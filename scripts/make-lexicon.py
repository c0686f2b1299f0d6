#!/usr/bin/env python3
"""Makes Sources/CLexicon/english.txt, the English lexicon that questions are read with, from WordNet 3.0.

    scripts/make-lexicon.py /usr/share/wordnet > Sources/CLexicon/english.txt

Run by hand (Debian: wordnet-base); the output is committed. The same input gives the same bytes.

One line per word, sorted by bytes, so that a reader finds a word by bisection and loads nothing:

    departure n23 &n1going,leaving @n1act +nvdepart

    n23        part of speech (n noun, v verb, a adjective, r adverb) with how often it was seen in tagged text
    =vpay      the base form of an irregular form, with its part of speech ("paid =vpay")
    *vpaid     irregular forms of a verb
    +nvdepart  derived from or giving "depart": own part of speech, that of the other
    &n1going,leaving  synonyms in the first sense of the noun
    @n1act     a direct hypernym in the first sense of the noun
    !a1open    an antonym

Kept are single words that tagged text holds, words that are derived from one, and words of few senses that share a
sense with one; senses that are rare beside the first are dropped.
"""

import re
import sys
from collections import defaultdict
from pathlib import Path

POS = {"noun": "n", "verb": "v", "adj": "a", "adv": "r"}
TYPE = {"1": "n", "2": "v", "3": "a", "4": "r", "5": "a"}
WORD = re.compile(r"^[a-z][a-z-]+$")
SENSES = {"n": 2, "v": 2, "a": 2, "r": 1}


def main(folder: Path) -> None:
    counts = defaultdict(int)  # (lemma, pos, sense number) -> times seen
    for line in (folder / "cntlist.rev").read_text().splitlines():
        key, sense, count = line.split()
        lemma, rest = key.split("%")
        counts[lemma, TYPE[rest[0]], int(sense)] += int(count)

    synsets = {}  # (pos, offset) -> (words, pointers)
    senses = {}  # (lemma, pos) -> offsets, most frequent first
    for name, pos in POS.items():
        for line in (folder / f"data.{name}").read_text().splitlines():
            if line.startswith(" "):
                continue
            fields = line.split(" | ")[0].split()
            number = int(fields[3], 16)
            words = [re.sub(r"\(.*\)$", "", fields[4 + 2 * i]) for i in range(number)]
            at = 4 + 2 * number
            pointers = []
            for i in range(int(fields[at])):
                symbol, offset, other, ends = fields[at + 1 + 4 * i : at + 5 + 4 * i]
                pointers.append((symbol, offset, "a" if other == "s" else other, int(ends[:2], 16), int(ends[2:], 16)))
            synsets[pos, fields[0]] = (words, pointers)
        for line in (folder / f"index.{name}").read_text().splitlines():
            if line.startswith(" "):
                continue
            fields = line.split()
            senses[fields[0], pos] = fields[-int(fields[2]) :]

    seen = defaultdict(int)
    for (lemma, pos, _), count in counts.items():
        seen[lemma, pos] += count

    def kept_senses(lemma, pos):
        """The senses worth keeping: the first, and others seen at least a tenth as often."""
        offsets = senses.get((lemma, pos), [])[: SENSES[pos]]
        first = counts[lemma, pos, 1]
        return [
            (rank, offset)
            for rank, offset in enumerate(offsets, 1)
            if rank == 1 or counts[lemma, pos, rank] * 10 >= max(first, 1) or (first <= 5 and rank <= 2)
        ]

    total = defaultdict(int)
    for (lemma, _), count in seen.items():
        total[lemma] += count
    kept = {lemma for lemma, count in total.items() if WORD.match(lemma) and "-" not in lemma}
    more = set()
    for lemma, pos in senses:
        if lemma in kept or not WORD.match(lemma):
            continue
        for rank, offset in kept_senses(lemma, pos):
            words, pointers = synsets[pos, offset]
            lower = [word.lower() for word in words]
            here = lower.index(lemma) + 1 if lemma in lower else 0
            derived = any(
                symbol == "+" and source == here and total[synsets[other, target][0][goal - 1].lower()] >= 15
                for symbol, target, other, source, goal in pointers
            )
            few = len(senses[lemma, pos]) == 1 and any(total[word] >= 15 for word in lower if word != lemma)
            proper = any(word[:1].isupper() for word in words)
            if "-" not in lemma and rank == 1 and (derived or (few and not proper)):
                more.add(lemma)
    vocabulary = kept | more

    bases = defaultdict(set)
    for name, pos in POS.items():
        for line in (folder / f"{name}.exc").read_text().splitlines():
            form, *origin = line.split()
            for base in origin:
                if base in vocabulary and WORD.match(form) and base != form and "-" not in form:
                    bases[form].add((pos, base))

    forms = defaultdict(set)
    for form, origins in bases.items():
        for pos, base in origins:
            if pos == "v":
                forms[base].add(form)

    out = []
    for word in sorted(vocabulary | set(bases)):
        parts = []
        for pos in "nvar":
            if (word, pos) in senses and word in vocabulary:
                parts.append(f"{pos}{seen[word, pos] or ''}")
        parts += [f"={pos}{base}" for pos, base in sorted(bases.get(word, ()))]
        if word in forms:
            parts.append("*v" + ",".join(sorted(forms[word])))
        relations = []

        def add(mark, other):
            if other == word or not WORD.match(other):
                return
            for at, known in enumerate(relations):
                if known.startswith(mark):
                    if other not in known[len(mark) :].split(","):
                        relations[at] += "," + other
                    return
            relations.append(mark + other)

        for pos in "nvar" if word in vocabulary else "":
            for rank, offset in kept_senses(word, pos):
                words, pointers = synsets[pos, offset]
                lower = [one.lower() for one in words]
                here = lower.index(word) + 1 if word in lower else 0
                for other in words:
                    if other in vocabulary:
                        add(f"&{pos}{rank}", other)
                for symbol, target, other, source, goal in pointers:
                    names = synsets[other, target][0]
                    if symbol == "@" and pos == "n" and rank == 1:
                        for name in names[:1]:
                            if name in vocabulary:
                                add(f"@{pos}{rank}", name)
                    if source == here and goal:
                        if symbol in ("+", "\\", "<") and names[goal - 1] in vocabulary:
                            add(f"+{pos}{other}", names[goal - 1])
                        if symbol == "!" and names[goal - 1] in vocabulary:
                            add(f"!{pos}{rank}", names[goal - 1])
        out.append(" ".join([word] + parts + relations))
    print("\n".join(out))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
