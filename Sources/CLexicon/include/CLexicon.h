#pragma once
#include <stddef.h>

// The English lexicon, made from WordNet 3.0 by scripts/make-lexicon.py: lines of UTF-8, sorted by bytes, without a
// closing zero. See NOTICE for its licence.
const unsigned char *operon_lexicon(void);
size_t operon_lexicon_count(void);
